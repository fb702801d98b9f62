/** A whole fleet whose Redis is far away: how late its answers are, and that the link goes with it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SchemeName, schemes } from '../../../servers/scheme.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import type { FleetSpec } from '../fleet.ts'
import { identify } from '../processes/identity.ts'

const ROUND_TRIP_MS = 40

const fleet = fleetForTests('distance')

async function spec(scheme: SchemeName): Promise<FleetSpec> {
  const { traits } = (await schemes[scheme]()).scheme
  return { scheme, traits, replicas: 1, users: 10, settings: { redisRoundTripMs: ROUND_TRIP_MS } }
}

async function logIn(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  const body = JSON.stringify({ username: 'user1', password: 'password-1' })
  const response = await fetch(`${url}/login`, { method: 'POST', headers, body })
  return response.headers.get('set-cookie')?.split(';')[0] ?? ''
}

/** The shortest of a few reads, in ms: what else runs on the machine can only add to one. */
async function readMs(url: string, cookie: string): Promise<number> {
  const took: number[] = []
  for (let i = 0; i < 5; i++) {
    const startMs = performance.now()
    const response = await fetch(`${url}/me`, { headers: { cookie } })
    assert.equal(((await response.json()) as { username: string }).username, 'user1')
    took.push(performance.now() - startMs)
  }
  return Math.min(...took)
}

test('from `constrain` on each round trip takes as long as was asked for, two of them twice as long', async () => {
  assert.ok(fleet().settable.includes('redisRoundTripMs'))
  const trips = { 'session-redis-tuned': 1, 'session-redis': 2 } as const
  for (const [scheme, expected] of Object.entries(trips) as [SchemeName, number][]) {
    const running = await fleet().start(await spec(scheme))
    const cookie = await logIn(running.url)
    const near = await readMs(running.url, cookie)
    await running.constrain()
    const far = await readMs(running.url, cookie)
    assert.ok(far >= expected * ROUND_TRIP_MS, `${scheme}: ${far} ms`)
    assert.equal(Math.round((far - near) / ROUND_TRIP_MS), expected, `${scheme}: ${near} ms, then ${far} ms`)
    await running.stop()
  }
})

test('the link is seen, ends with its fleet, and a fleet without Redis has none', async () => {
  const running = await fleet().start(await spec('session-redis'))
  const pid = running.link?.pid ?? assert.fail('no link')
  assert.ok(identify(pid))
  await running.stop()
  assert.equal(identify(pid), null)
  const alone = await fleet().start(await spec('jwt-hs256'))
  assert.equal(alone.link, undefined)
  await alone.constrain()
  await alone.stop()
})

test('a link that ends by itself ends the trial', async () => {
  const running = await fleet().start(await spec('session-redis'))
  process.kill(running.link?.pid ?? assert.fail('no link'), 'SIGKILL')
  assert.match(await running.died, /^link ended \(SIGKILL\)/)
  await running.stop()
})
