/** What a real browser lets another site's page and an injected script do with a login, at real servers. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser } from 'playwright-core'
import { cleanUp, makeKeys, type Server, startServer } from '../../../../servers/testing/servers.ts'
import { openBrowser } from '../../../fleet/tools/chromium.ts'
import type { BrowserSeen } from '../../../record/types.ts'
import { forge, REQUESTS } from './forgery.ts'
import { readableIn } from './readable.ts'
import { steal } from './theft.ts'

type Forgery = BrowserSeen['forgeries'][number]

let browser: Browser
let keys: string
before(async () => {
  ;[browser, keys] = await Promise.all([openBrowser(), makeKeys()])
})
after(async () => {
  await browser.close()
  cleanUp()
})

/** What another page may change where nothing but CORS is in its way: all that needs no leave beforehand. */
const SIMPLE = REQUESTS.filter((request) => request !== 'fetch-json')

/** The requests that changed something. */
function changes(forgeries: readonly Forgery[], wanted: Partial<Forgery>): string[] {
  return forgeries
    .filter((one) => Object.entries(wanted).every(([key, value]) => one[key as keyof Forgery] === value))
    .flatMap(({ request, changed }) => (changed ? [request] : []))
}

// One that keeps its state at the server, one whose cookie is the state: what the browser drops is lost to it.
for (const scheme of ['session-memory', 'jwt-cookie']) {
  describe(`${scheme}, in a cookie`, () => {
    let server: Server
    let forgeries: Forgery[]
    before(async () => {
      server = await startServer({ SCHEME: scheme, KEYS: keys })
      forgeries = await forge(browser, server.url, 'cookie')
    })
    after(() => server.stop())

    test('with SameSite=None and no check, whatever needs no leave of CORS changes something', () => {
      assert.deepEqual(changes(forgeries, { from: 'cross-site', sameSite: 'None', check: false }), SIMPLE)
      for (const { request, arrived } of forgeries) if (request === 'fetch-json') assert.equal(arrived, null)
    })

    test('the check alone stops everything, although the cookie came along', () => {
      const checked = forgeries.filter(({ sameSite, check }) => sameSite === 'None' && check)
      assert.deepEqual(changes(checked, {}), [])
      for (const { request, arrived } of checked) {
        if (request !== 'fetch-json') assert.deepEqual(arrived, { attached: true, status: 403 }, request)
      }
    })

    test('SameSite=Lax alone lets a link through, Strict nothing', () => {
      const alone = { from: 'cross-site', check: false } as const
      assert.deepEqual(changes(forgeries, { ...alone, sameSite: 'Lax' }), ['link-get'])
      assert.deepEqual(changes(forgeries, { ...alone, sameSite: 'Strict' }), [])
      const withheld = forgeries.find(({ sameSite, check }) => sameSite === 'Strict' && !check)
      assert.deepEqual(withheld?.arrived, { attached: false, status: 401 })
    })

    test('SameSite stops nothing that a subdomain does', () => {
      for (const sameSite of ['Lax', 'Strict'] as const)
        assert.deepEqual(changes(forgeries, { from: 'same-site', sameSite, check: false }), SIMPLE)
    })

    test('the server’s own defences together stop everything', () => {
      assert.deepEqual(changes(forgeries, { sameSite: 'Lax', check: true }), [])
    })

    test('a script reads the cookie where it is not HttpOnly, and uses it in any case', async () => {
      assert.deepEqual(await steal(browser, server.url, 'cookie'), [
        { keptIn: 'plain-cookie', readable: true, usable: true },
        { keptIn: 'http-only-cookie', readable: false, usable: true },
      ])
    })
  })
}

test('a token in a header: nothing that another page does carries it, and a script reads it', async () => {
  const server = await startServer({ SCHEME: 'jwt-hs256', KEYS: keys })
  try {
    const forgeries = await forge(browser, server.url, 'bearer')
    assert.equal(forgeries.length, 2 * REQUESTS.length)
    assert.deepEqual(changes(forgeries, {}), [])
    for (const { request, arrived } of forgeries) {
      const expected = request === 'fetch-json' ? null : { attached: false, status: 401 }
      assert.deepEqual(arrived, expected, request)
    }
    assert.deepEqual(await readableIn(browser, server.url), ['username', 'name', 'email', 'roles'])
    const thefts = await steal(browser, server.url, 'bearer')
    assert.deepEqual(thefts, [{ keptIn: 'local-storage', readable: true, usable: true }])
  } finally {
    await server.stop()
  }
})
