/** A plan for a service that does something itself, and whose Redis is not next door. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { around, asked, evidence } from '../testing/evidence.ts'
import { latencyAt } from './curve.ts'
import { type Plan, plan, type Refusal } from './plan.ts'
import { exactly } from './range.ts'
import { withService } from './service.ts'
import { costAt } from './tier-cost.ts'

const made = (result: Plan | Refusal): Plan => {
  assert.ok(result.refused === null, `${result.refused}`)
  return result
}

test('handlers as long as a request make it twice as long, and half as many of them fit', () => {
  const request = asked({ headroom: 0.5, p99Ms: 200 })
  const [alone, working] = [
    made(plan(evidence(), request)),
    made(plan(evidence(), { ...request, handlerUs: 100 })),
  ]
  assert.equal(alone.replicas.value, 4)
  assert.equal(working.replicas.value, 8)
  assert.equal(working.busy.replicas, 0.5)
  assert.match(working.warnings.join('\n'), /what handler work adds to a replica was not measured/)
})

test('what handler work was seen to add counts, and not the work itself', () => {
  // 300 µs of work came to 270: the process was awake anyhow.
  const handler = { us: 300, points: [{ perSec: 1_000, us: around(370) }] }
  const found = withService(evidence({ handler }), { handlerUs: 200, redisRttMs: 0 })
  assert.ok(typeof found !== 'string')
  assert.equal(Math.round(costAt(found.replica, 1_000).value), 280)
  assert.doesNotMatch(
    made(plan(evidence({ handler }), asked({ handlerUs: 200, p99Ms: 200 }))).warnings.join(),
    /not measured/,
  )
})

test('an answer waits for each round trip, and one that needs no Redis for none', () => {
  const found = withService(evidence({ roundTrips: exactly(2) }), { handlerUs: 0, redisRttMs: 5 })
  assert.ok(typeof found !== 'string')
  const p99 = latencyAt(found.ladder, 2_000, ({ p99Us }) => p99Us)?.value ?? 0
  assert.ok(Math.abs(p99 - 20_000) < 1e-6, `${p99}`)
  const token = evidence({ redis: null })
  assert.equal(withService(token, { handlerUs: 0, redisRttMs: 5 }), token)
  assert.match(
    `${withService(evidence(), { handlerUs: 0, redisRttMs: 5 })}`,
    /round trips.*--only cost,latency,users,rtt/,
  )
})

test('the share of auth is what it adds, of all that is busy, between the points that were measured', () => {
  const at = (perSec: number, handlerUs: number, taxUs: number, cpuUs: number) => ({
    ...{ perSec, handlerUs, taxUs: around(taxUs), cpuUs },
  })
  const auth = [at(100, 0, 300, 500), at(4_000, 0, 60, 150), at(4_000, 300, 50, 440)]
  const measured = evidence({ auth })
  // 5,000/s each: replicas take 100 µs, Redis 20 and the proxy 30.
  const { auth: alone } = made(plan(measured, asked({ headroom: 0.5 })))
  assert.equal(alone?.share, 60 / 150)
  assert.ok(Math.abs((alone?.cores.value ?? 0) - (60 / 150) * 3) < 1e-9)
  const { auth: working } = made(plan(measured, asked({ headroom: 0.5, p99Ms: 500, handlerUs: 1_000 })))
  assert.equal(working?.share, 50 / (440 - 300 + 1_000))
  const { auth: some } = made(plan(measured, asked({ headroom: 0.5, p99Ms: 500, handlerUs: 150 })))
  // 2,000/s each: between 100/s and 4,000/s along the logarithm, and half way to what 300 µs of handlers make of it.
  const along = Math.log(20) / Math.log(40)
  const halfWay = (none: number, most: number) => (none + most) / 2
  const [taxUs, cpuUs] = [halfWay(300 - 240 * along, 50), halfWay(500 - 350 * along, 440)]
  assert.ok(Math.abs((some?.share ?? 0) - taxUs / cpuUs) < 1e-9, `${some?.share}`)
  assert.equal(made(plan(evidence(), asked())).auth, null)
})
