/** Lookups at a real Redis and over HTTP: a deliberate leak is seen, and nothing stays behind. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Redis } from 'ioredis'
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Fleet, FleetSpec } from '../../fleet/fleet.ts'
import { trialResultSchema } from '../../record/schema/trial.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import { planOptions } from '../../testing/plan-options.ts'
import { syntheticTiming } from '../../testing/synthetic-timing.ts'
import { traits } from '../../traits.ts'
import { examineTiming } from './act.ts'
import { timing } from './plan.ts'
import { timingSummary } from './summary.ts'

const fleet = fleetForTests('examine-timing')
const { signal } = new AbortController()
const ASKED = { kind: 'timing', keys: 2_000, batches: 24, rounds: 16 } as const

const specOf = (scheme: SchemeName): FleetSpec => ({ scheme, traits: traits[scheme], replicas: 1, users: 10 })

/** The real fleet, which tells what is in its Redis before that is stopped. */
function telling(): { fleet: Fleet; keysLeft(): number | undefined } {
  let left: number | undefined
  const start: Fleet['start'] = async (spec) => {
    const running = await fleet().start(spec)
    const stop = async () => {
      const client = new Redis(running.redis?.url ?? '')
      left = await client.dbsize()
      client.disconnect()
      await running.stop()
    }
    return { ...running, stop }
  }
  return { fleet: Object.assign(Object.create(fleet()), { start }) as Fleet, keysLeft: () => left }
}

test('each class has a value a batch, the deliberate leak is seen, and its keys are removed', async () => {
  const told = telling()
  const seen = await examineTiming(ASKED, specOf('session-redis'), { fleet: told.fleet, signal })
  assert.equal(told.keysLeft(), 0)
  assert.deepEqual(
    seen.ways.map(({ way, classes }) => [way, classes.length]),
    [
      ['direct', 12],
      ['http', 12],
    ],
  )
  for (const { classes } of seen.ways)
    for (const { batchNs } of classes) assert.ok(batchNs.length === 24 && batchNs.every((ns) => ns > 1_000))
  assert.ok(seen.hashNs.every((ns) => ns > 100))

  const { run, results } = await syntheticTiming()
  const measured = results.map((one) =>
    one.ok ? { ...one, measurement: { ...one.measurement, examined: seen } } : one,
  )
  for (const one of measured) trialResultSchema.parse(one)
  const summary = timingSummary(run, measured) ?? assert.fail('no summary')
  const leaky = summary.ways.find(({ way, lookup }) => way === 'direct' && lookup === 'leaky')
  const most = leaky?.differences.find(({ shared }) => shared === 31)
  assert.equal(most?.detected, true)
  // Thirty-one characters of some hundred nanoseconds each.
  assert.ok((most?.byNs.value ?? 0) > 1_000, `${most?.byNs.value}`)
})

test('a scheme without Redis cannot be asked', async () => {
  const asking = examineTiming(ASKED, specOf('jwt-hs256'), { fleet: fleet(), signal })
  await assert.rejects(asking, /jwt-hs256 has no Redis/)
})

test('the experiment asks the scheme that finds sessions by what its users send', async () => {
  const { rounds } = timing.plan(await planOptions())
  assert.deepEqual(
    rounds[0]?.arms.map(({ scheme, examine }) => [scheme, examine?.kind]),
    [['session-redis', 'timing']],
  )
  assert.deepEqual(timing.plan(await planOptions({ schemes: ['none'] })).rounds, [])
})
