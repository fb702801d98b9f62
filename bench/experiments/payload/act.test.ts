/** The search for the largest state with real servers behind the real proxy. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SchemeName, schemes } from '../../../servers/scheme.ts'
import type { Fleet, FleetSpec } from '../../fleet/fleet.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import { findStateLimit } from './act.ts'

const fleet = fleetForTests('state-limit')
const { signal } = new AbortController()

async function spec(scheme: SchemeName): Promise<FleetSpec> {
  return { scheme, traits: (await schemes[scheme]()).scheme.traits, replicas: 1, users: 1_000 }
}

/** What the search finds between nothing and 16,000 bytes. */
async function limitOf(scheme: SchemeName) {
  const search = { upToBytes: 16_000, withinBytes: 1_000 }
  return await findStateLimit(search, await spec(scheme), { fleet: fleet(), signal })
}

test('a cookie is refused at the login, at the size that browsers would drop', async () => {
  const { acceptedBytes, refusedBytes, refusal } = await limitOf('jwt-cookie')
  assert.equal(refusal, 'POST /login answered 500: {"error":"credential too large"}')
  // 4,096 bytes of base64url hold 3,072, less what else is in a token.
  assert.ok(acceptedBytes >= 2_000 && acceptedBytes < 3_072, `${acceptedBytes}`)
  assert.ok(refusedBytes !== null && refusedBytes <= acceptedBytes + 1_000)
})

test('a token is issued and refused when it comes back, by whichever limit of a header is met first', async () => {
  const { acceptedBytes, refusal } = await limitOf('jwt-hs256')
  assert.match(refusal ?? '', /^GET \/me answered (400|431)/)
  assert.doesNotMatch(refusal ?? '', /</, 'in words, not in the proxy’s HTML')
  // 16 KB of base64url hold 12,288 bytes.
  assert.ok(acceptedBytes > 9_000 && acceptedBytes < 12_288, `${acceptedBytes}`)
})

test('where the state stays at home the first try is the last', async () => {
  for (const scheme of ['session-memory', 'session-redis'] as const) {
    const found = await limitOf(scheme)
    assert.deepEqual(found, { acceptedBytes: 16_000, refusedBytes: null, refusal: null, tried: 1 })
  }
})

test('a part that ends under it is a fault and no refusal, and nothing stays behind', async () => {
  const pids: (number | null)[] = []
  const fragile: Fleet = {
    ...fleet(),
    start: async (wanted) => {
      const running = await fleet().start(wanted)
      pids.push(running.proxy.pid, ...running.replicas.map(({ pid }) => pid))
      process.kill(running.replicas[0]?.pid ?? 0, 'SIGKILL')
      return running
    },
  }
  const search = { upToBytes: 1_000, withinBytes: 1 }
  await assert.rejects(findStateLimit(search, await spec('session-memory'), { fleet: fragile, signal }))
  for (const pid of pids) assert.throws(() => process.kill(pid ?? 0, 0), { code: 'ESRCH' })
})
