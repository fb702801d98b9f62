/** Remembered state of any size: the same bodies under every scheme, and a defined answer where one breaks. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { CredentialTooLarge, type Scheme } from '../contract.ts'
import { issued, login, loginCall, me, prefer, secretOf, send } from '../testing/client.ts'
import { everyScheme, type Server, startServer, startShared } from '../testing/servers.ts'
import { requireKept } from '../wire/credentials.ts'
import { createDirectory } from './directory.ts'

/** Node's default limit for all headers of a request (--max-http-header-size). */
const HEADER_LIMIT_BYTES = 16 * 1024
const COOKIE_LIMIT_BYTES = 4096

const { redis, keys } = await startShared()

describe('the preferences that the directory gives', () => {
  const given = (index: number, stateBytes: number) =>
    createDirectory({ users: 1_000_000, stateBytes }).find(`user${index}`)?.preferences

  test('have so many bytes of JSON, all ASCII, and are the same every time', () => {
    const property = fc.property(
      fc.nat(999_999),
      fc.integer({ min: 12, max: 65_536 }),
      (index, stateBytes) => {
        const json = JSON.stringify(given(index, stateBytes))
        assert.equal(Buffer.byteLength(json), stateBytes)
        assert.match(json, /^[ -~]*$/)
        assert.equal(JSON.stringify(given(index, stateBytes)), json)
      },
    )
    fc.assert(property, { numRuns: 50 })
  })

  test('are none for 0, and the smallest that there are for less than 12', () => {
    assert.deepEqual(given(7, 0), {})
    for (const stateBytes of [1, 11]) assert.deepEqual(given(7, stateBytes), { notes: '' })
  })

  test('differ between users, and compress to no less than three quarters', () => {
    const texts = Array.from({ length: 1_000 }, (_, index) => given(index, 200)?.notes)
    assert.equal(new Set(texts).size, texts.length)
    const json = JSON.stringify(given(7, 65_536))
    assert.ok(gzipSync(json).length > 0.75 * json.length)
  })
})

/** A server whose users carry so much state, for as long as the visit lasts; it must then leave in peace. */
async function visit(
  name: string,
  stateBytes: number,
  use: (server: Server) => Promise<void>,
): Promise<void> {
  const settings = { SCHEME: name, KEYS: keys, REDIS_URL: redis.url, KEY_PREFIX: `${name}:${stateBytes}:` }
  const server = await startServer({ ...settings, STATE_BYTES: String(stateBytes) })
  await use(server)
  assert.equal((await send(server, '/healthz')).status, 200)
  assert.equal(await server.stop(), 0)
  assert.equal(server.output().split('\n').length, 2, `more than the listening line: ${server.output()}`)
}

const carriesState = ({ traits }: Scheme) => traits.state === 'token' || traits.state === 'token+redis'

describe('every scheme', { concurrency: 3 }, () => {
  for (const { name, scheme } of everyScheme) {
    test(`${name}: 2,000 bytes in the same body as the control's`, () =>
      visit(name, 2_000, async (server) => {
        const user = createDirectory({ users: 1_000, stateBytes: 2_000 }).find('user7')
        let credential = await login(server, scheme, 7)
        assert.equal((await me(server, credential)).text, JSON.stringify(user))
        const change = await prefer(server, credential, { theme: 'dark' })
        credential = issued(scheme, change) ?? credential
        assert.deepEqual(JSON.parse((await me(server, credential)).text).preferences, { theme: 'dark' })
        const tooMuch = await prefer(server, credential, { a: 'x'.repeat(2_048) })
        assert.equal(tooMuch.status, 400, 'what a client may send is limited as before')
      }))

    if (!carriesState(scheme))
      test(`${name}: 65,536 bytes`, () =>
        visit(name, 65_536, async (server) => {
          const reply = await me(server, await login(server, scheme, 7))
          assert.equal(reply.status, 200)
          assert.equal(JSON.stringify(JSON.parse(reply.text).preferences).length, 65_536)
        }))
    else if (scheme.traits.transport === 'bearer')
      test(`${name}: a token over Node's header limit is answered 431`, () =>
        visit(name, 13_000, async (server) => {
          const credential = await login(server, scheme, 7)
          assert.ok(secretOf(credential).secret.length > HEADER_LIMIT_BYTES)
          assert.equal((await me(server, credential)).status, 431)
        }))
    else
      test(`${name}: a cookie that browsers would drop is refused at the login`, () =>
        cookieLimit(name, scheme))
  }
})

test('a cookie of 4,096 bytes is kept, one of a byte more is not', () => {
  requireKept('token', 'x'.repeat(COOKIE_LIMIT_BYTES - 'token'.length))
  assert.throws(
    () => requireKept('token', 'x'.repeat(COOKIE_LIMIT_BYTES - 'token'.length + 1)),
    CredentialTooLarge,
  )
})

/** Base64url takes four characters for three bytes, so two sizes three apart stand on both sides of the limit. */
async function cookieLimit(name: string, scheme: Scheme): Promise<void> {
  let lengthAt2000 = 0
  await visit(name, 2_000, async (server) => {
    lengthAt2000 = String((await login(server, scheme, 7)).Cookie).replace('=', '').length
  })
  const fits = 2_000 + Math.floor((COOKIE_LIMIT_BYTES - lengthAt2000) / 4) * 3
  await visit(name, fits, async (server) => {
    const credential = await login(server, scheme, 7)
    const length = String(credential.Cookie).replace('=', '').length
    assert.ok(length > COOKIE_LIMIT_BYTES - 4 && length <= COOKIE_LIMIT_BYTES, `${length} bytes`)
    assert.equal((await me(server, credential)).status, 200)
  })
  await visit(name, fits + 3, async (server) => {
    const refused = await send(server, '/login', loginCall(7))
    assert.deepEqual(
      [refused.status, refused.text, refused.headers['set-cookie']],
      [500, '{"error":"credential too large"}', undefined],
    )
  })
}
