/** Whatever becomes of a credential on its way: nobody is let in with it as somebody else, or after it has expired. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { type Credential, login, me, secretOf } from '../testing/client.ts'
import { everyScheme, startServer, startShared } from '../testing/servers.ts'

const LIFETIME = { TTL_SEC: '2', ACCESS_TTL_SEC: '2', ABSOLUTE_TTL_SEC: '2' }
/** Lifetimes are counted in whole seconds, and one more is tolerated between clocks. */
const EXPIRED_MS = 4_500
const RUNS = 120

const { redis, keys } = await startShared()

type Mutation = (own: string, other: string) => string
const place = fc.nat(10_000)
const text = fc.oneof(fc.string({ maxLength: 4 }), fc.constantFrom('.', '%', '=', 'A', '-', '"'))
const at = (whole: string, where: number) => where % (whole.length + 1)

/** Of single characters, of ranges, and of what is left of another user's credential. */
const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(place, text).map(
    ([where, put]): Mutation =>
      (own) =>
        own.slice(0, at(own, where)) + put + own.slice(at(own, where)),
  ),
  fc.tuple(place, text).map(
    ([where, put]): Mutation =>
      (own) =>
        own.slice(0, at(own, where)) + put + own.slice(at(own, where) + put.length),
  ),
  fc.tuple(place, place).map(
    ([from, to]): Mutation =>
      (own) =>
        own.slice(0, at(own, from)) + own.slice(at(own, to)),
  ),
  fc.tuple(place, place).map(
    ([mine, theirs]): Mutation =>
      (own, other) =>
        own.slice(0, at(own, mine)) + other.slice(at(other, theirs)),
  ),
  place.map(
    (part): Mutation =>
      (own, other) => {
        const parts = own.split('.')
        return parts.with(part % parts.length, other.split('.')[part % parts.length] ?? '').join('.')
      },
  ),
)

/** Only what a header can carry. */
function mutated(credential: Credential, other: Credential, mutate: Mutation): Credential {
  const { header, prefix, secret } = secretOf(credential)
  const changed = mutate(secret, secretOf(other).secret).replace(/[^\x21-\x7e]/g, '')
  return { [header]: prefix + changed }
}

// Mostly they wait for lifetimes to end.
describe('mutations', { concurrency: 8 }, () => {
  for (const { name, scheme } of everyScheme.filter(({ scheme }) => scheme.traits.transport !== 'none'))
    test(name, async (t) => {
      const settings = { SCHEME: name, KEYS: keys, REDIS_URL: redis.url, REDIS_TIMEOUT_MS: '2000' }
      const [server, brief] = await Promise.all([
        startServer({ ...settings, KEY_PREFIX: `${name}:` }),
        startServer({ ...settings, ...LIFETIME, KEY_PREFIX: `${name}:brief:` }),
      ])
      t.after(() => Promise.all([server.stop(), brief.stop()]))
      const ended = await Promise.all([login(brief, scheme, 1), login(brief, scheme, 2)])
      const expired = sleep(EXPIRED_MS)
      const [own, other] = await Promise.all([login(server, scheme, 1), login(server, scheme, 2)])
      await fc.assert(
        fc.asyncProperty(mutations, async (mutate) => {
          const { status, text: body } = await me(server, mutated(own, other, mutate))
          // Spliced, it may have become the other user's own, whole.
          const isTheirs = mutate(secretOf(own).secret, secretOf(other).secret) === secretOf(other).secret
          if (status === 200) assert.equal(JSON.parse(body).username, isTheirs ? 'user2' : 'user1')
          else assert.ok(status >= 400 && status < 500, `${status} ${body}`)
        }),
        { numRuns: RUNS },
      )
      await expired
      await fc.assert(
        fc.asyncProperty(mutations, async (mutate) => {
          assert.notEqual((await me(brief, mutated(ended[0], ended[1], mutate))).status, 200)
        }),
        { numRuns: RUNS },
      )
      assert.equal((await me(brief, ended[0])).status, 401)
      assert.equal((await me(server, own)).status, 200)
    })
})
