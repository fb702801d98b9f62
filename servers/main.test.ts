/** How a server starts, refuses to start, and leaves. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { promisify } from 'node:util'
import { issued, login, loginCall, me, prefer, send } from './testing/client.ts'
import { quickStarting } from './testing/harness.ts'
import { cleanUp, everyScheme, keygen, makeKeys, spawnServer, startServer } from './testing/servers.ts'

let keys: string
before(async () => {
  keys = await makeKeys()
})
after(cleanUp)

describe('refuses to start, in one line', { concurrency: true }, () => {
  const ring = () => JSON.parse(keys)
  const bad: Record<string, [settings: () => NodeJS.ProcessEnv, says: RegExp]> = {
    'no scheme': [() => ({ SCHEME: undefined }), /SCHEME/],
    'an unknown scheme': [() => ({ SCHEME: 'toString' }), /SCHEME is "toString".*jwt-hs256/],
    'no keys': [() => ({ KEYS: undefined }), /KEYS is not set.*keygen/],
    'keys that are no JSON': [() => ({ KEYS: keys.slice(1) }), /KEYS/],
    'a missing key': [() => ({ KEYS: JSON.stringify({ ...ring(), ES256: undefined }) }), /KEYS lacks ES256/],
    'a short secret': [
      () => ({ KEYS: JSON.stringify({ ...ring(), sessionSecret: 'c2hvcnQ' }) }),
      /sessionSecret.*32/,
    ],
    'a short HS256 key': [
      () => ({
        KEYS: JSON.stringify({ ...ring(), HS256: { kty: 'oct', k: Buffer.alloc(31).toString('base64url') } }),
      }),
      /HS256.*31 bytes.*32/,
    ],
    'a key of another kind': [
      () => ({ SCHEME: 'jwt-rs256', KEYS: JSON.stringify({ ...ring(), RS256: ring().ES256 }) }),
      /KEYS\.RS256/,
    ],
    'a public half that does not fit': [
      () => ({
        SCHEME: 'jwt-eddsa',
        KEYS: JSON.stringify({ ...ring(), EdDSA: { ...ring().EdDSA, x: 'A'.repeat(43) } }),
      }),
      /KEYS\.EdDSA/,
    ],
    'a lifetime of nothing': [() => ({ TTL_SEC: '0' }), /TTL_SEC/],
    'a negative lifetime': [() => ({ TTL_SEC: '-5' }), /TTL_SEC/],
    'a port out of range': [() => ({ PORT: '65536' }), /PORT/],
    'a switch that is none': [() => ({ PLAIN_HTTP: 'yes' }), /PLAIN_HTTP/],
    'more state than there is': [() => ({ STATE_BYTES: '65537' }), /STATE_BYTES is "65537".*0 to 65536/],
    'a password hash that is none': [() => ({ PASSWORD_HASH: 'md5' }), /PASSWORD_HASH is "md5".*off, scrypt/],
    'a touch that is none': [() => ({ TOUCH: 'never' }), /TOUCH is "never".*0 or 1/],
    'a pipelining that is none': [() => ({ AUTO_PIPELINING: '2' }), /AUTO_PIPELINING is "2".*0 or 1/],
    'a key form that is none': [
      () => ({ KEY_FORM: 'pem' }),
      /KEY_FORM is "pem".*crypto-key, key-object, bytes/,
    ],
    'a denylist that is believed for ever': [() => ({ DENYLIST_CACHE_SEC: '3601' }), /DENYLIST_CACHE_SEC/],
    'no Redis named': [() => ({ SCHEME: 'session-redis' }), /REDIS_URL is not set/],
    'a Redis URL that is none': [() => ({ SCHEME: 'jwt-denylist', REDIS_URL: 'localhost' }), /REDIS_URL/],
    'a socket without a path': [
      () => ({ SCHEME: 'session-redis', REDIS_URL: 'unix://localhost/redis.sock' }),
      /REDIS_URL is not .*unix:\/\/\/path/,
    ],
    'a socket that is not there': [
      () => ({ SCHEME: 'session-redis', REDIS_URL: 'unix:///nowhere/redis%20a.sock' }),
      /Redis at \/nowhere\/redis a\.sock .*ENOENT/,
    ],
    'a Redis that is not there': [
      () => ({ SCHEME: 'session-redis-tuned', REDIS_URL: 'redis://:open-sesame@127.0.0.1:1' }),
      /Redis at 127\.0\.0\.1:1 .*ECONNREFUSED/,
    ],
  }
  for (const [what, [settings, says]] of Object.entries(bad)) {
    test(what, () => assertRefuses({ SCHEME: 'none', KEYS: keys, ...settings() }, says))
  }

  test('a port that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1')
    await once(holder, 'listening')
    const { port } = holder.address() as AddressInfo
    await assertRefuses({ SCHEME: 'none', KEYS: keys, PORT: String(port) }, /is taken.*PORT/)
    holder.close()
  })
})

test('keygen and the agent refuse what they do not know, in one line', async () => {
  const agent = async (env: NodeJS.ProcessEnv) => {
    const [node = '', ...program] = await quickStarting(new URL('agent.ts', import.meta.url))
    return promisify(execFile)(node, program, { env: { PATH: process.env.PATH, ...env } })
  }
  const refuses = (running: Promise<unknown>, says: RegExp) =>
    assert.rejects(running, (error: { stderr: string; code: number }) => {
      assert.match(error.stderr, says)
      assert.deepEqual([error.stderr.split('\n').length, error.code], [2, 1])
      return true
    })
  await refuses(keygen(['--rotat'], { KEYS: keys }), /^keygen: takes nothing but --rotate/)
  await refuses(keygen(['--rotate'], { KEYS: '{' }), /^keygen: KEYS is not a JSON object/)
  await refuses(agent({ AGENT_PORT: 'x' }), /^authscale agent: AGENT_PORT is "x"/)
})

async function assertRefuses(settings: NodeJS.ProcessEnv, says: RegExp): Promise<void> {
  const { child, output } = await spawnServer(settings)
  // `close` comes after the last output, `exit` may come before it.
  const [code] = await once(child, 'close')
  assert.equal(code, 1)
  assert.match(output(), says)
  assert.equal(output().split('\n').length, 2, `one line: ${output()}`)
  for (const secret of [JSON.parse(keys).sessionSecret, JSON.parse(keys).RS256.d, 'open-sesame']) {
    assert.ok(!output().includes(secret))
  }
}

describe('leaving', { concurrency: true }, () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} lets the request under way finish`, async () => {
      const server = await startServer({ SCHEME: 'none', KEYS: keys })
      let sendBody = (_text: string) => {}
      const body = new Promise<string>((resolve) => {
        sendBody = resolve
      })
      const underWay = prefer(server, { 'X-User': 'user1' }, body)
      await new Promise((resolve) => setTimeout(resolve, 100))
      const exit = server.stop(signal)
      await untilRefused(server.url)
      sendBody('{}')
      assert.equal((await underWay).status, 200)
      assert.equal(await exit, 0)
    })
  }

  test('its parent goes', async () => {
    const server = await startServer({ SCHEME: 'none', KEYS: keys })
    const exit = once(server.child, 'exit')
    server.child.disconnect()
    assert.deepEqual(await exit, [0, null])
  })

  test('a client that never finishes is not waited for', async () => {
    const server = await startServer({ SCHEME: 'none', KEYS: keys })
    const stuck = prefer(server, { 'X-User': 'user1' }, new Promise(() => {}))
    stuck.catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 100))
    const started = performance.now()
    assert.equal(await server.stop(), 0)
    assert.ok(performance.now() - started < 7000)
    await assert.rejects(stuck)
  })
})

/** Opens connections until one is refused; the listener closes a moment after the signal. */
async function untilRefused(url: string): Promise<void> {
  let code: string | undefined
  while (code !== 'ECONNREFUSED') {
    code = await new Promise((resolve) => {
      get(`${url}/public`, { agent: false }, (reply) =>
        reply.resume().once('end', () => resolve(undefined)),
      ).once('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    })
  }
}

describe('PLAIN_HTTP=1', { concurrency: true }, () => {
  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.transport === 'cookie')) {
    if (scheme.traits.state === 'redis') continue
    test(`${name}: warns once and sets cookies without Secure`, async () => {
      const server = await startServer({ SCHEME: name, KEYS: keys, PLAIN_HTTP: '1' })
      const reply = await send(server, '/login', {
        ...loginCall(1),
        headers: { 'X-Forwarded-Proto': 'http' },
      })
      assert.match(
        String(reply.headers['set-cookie']),
        /^(sid|token)=[^;]+; (?!.*Secure).*HttpOnly; SameSite=Lax$/,
      )
      assert.equal((await me(server, issued(scheme, reply) ?? {})).status, 200)
      await server.stop()
      assert.equal(server.output().match(/PLAIN_HTTP/g)?.length, 1)
    })
  }
})

test('garbage is collected before the metrics are read, when asked and possible', async () => {
  const server = await startServer({ SCHEME: 'none', KEYS: keys, NODE_OPTIONS: '--expose-gc' })
  await login(server, everyScheme[0]?.scheme as never, 1)
  const heap = async (path: string) =>
    Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec((await send(server, path)).text)?.[1])
  assert.ok((await heap('/metrics?gc=1')) < (await heap('/metrics')))
  await server.stop()
})

test('handler work has a route for each amount, behind the guard, and takes as long as it says', async (t) => {
  const scheme = everyScheme.find(({ name }) => name === 'session-memory')?.scheme ?? assert.fail()
  const settings = { SCHEME: 'session-memory', KEYS: keys }
  const [working, plain] = await Promise.all([
    startServer({ ...settings, HANDLER_US: '500,20000' }),
    startServer(settings),
  ])
  t.after(() => Promise.all([working.stop(), plain.stop()]))
  const credential = await login(working, scheme, 3)
  const began = performance.now()
  const reply = await send(working, '/me/work/20000', { headers: credential })
  assert.ok(performance.now() - began >= 20)
  assert.equal(reply.status, 200)
  assert.equal(reply.text, (await me(working, credential)).text)
  assert.equal((await send(working, '/me/work/20000', {})).status, 401)
  const others = ['/me/work/501', '/me/work/0', '/me/work/500x', '/me/work'].map((path) =>
    send(working, path, { headers: credential }),
  )
  assert.deepEqual(new Set((await Promise.all(others)).map(({ status }) => status)), new Set([404]))
  const elsewhere = await login(plain, scheme, 3)
  assert.equal((await send(plain, '/me/work/500', { headers: elsewhere })).status, 404)
})
