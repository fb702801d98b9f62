/** What a run can carry a plan with, and what it says when it cannot. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SchemeName } from '../../servers/scheme.ts'
import type { Run } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { asked } from '../testing/evidence.ts'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { evidenceOf, isMeantFor, partFor } from './evidence.ts'
import { plan } from './plan.ts'

const schemes = ['none', 'session-redis', 'jwt-hs256', 'jwt-rs256'] as const
const { run, results } = syntheticLadders({ blocks: 6, schemes, closed: { blocks: 6 } }, false)
const summary = summarize(run, results)
const of = (scheme: SchemeName, over: Partial<typeof summary> = {}) =>
  evidenceOf(run, { ...summary, ...over }, results, scheme)

test('a run of cost, latency and users carries a plan, near the report’s own capacity', () => {
  const found = of('session-redis')
  assert.ok(typeof found !== 'string', `${found}`)
  const capacity = summary.latency.find(({ scheme }) => scheme === 'session-redis')?.capacityPerSec
  assert.ok(capacity)
  const planned = plan(found, asked({ users: 1_000, p99Ms: 50, rps: 2.5 * capacity.value }))
  assert.equal(planned.refused, null)
  assert.equal(planned.refused === null && planned.replicas.value, 3)
  assert.ok(found.trials.latency.length === 6 && found.trials.latency.every((id) => /session-redis/.test(id)))
})

test('memory of a scheme that was not measured is that of its kin, and the plan says so', () => {
  const found = of('jwt-rs256')
  assert.ok(typeof found !== 'string', `${found}`)
  assert.equal(found.userBytesOf, 'jwt-hs256')
})

test('what is missing is named, with the command that measures it', () => {
  for (const [what, over] of Object.entries({
    latency: { latency: [] },
    cost: { arms: [] },
    users: { memoryPerUser: [] },
  })) {
    assert.match(`${of('session-redis', over)}`, new RegExp(`npm run bench.*experiment ${what}`))
  }
})

test('the part of a run that a plan needs says the same as all of it, and has no ladder of another scheme', () => {
  for (const scheme of ['session-redis', 'jwt-rs256'] as const) {
    const part = partFor({ run, results }, [scheme])
    assert.deepEqual(evidenceOf(run, summarize(part.run, part.results), results, scheme), of(scheme))
    const open = part.results.filter(({ trial }) => trial.arm.load.loop === 'open')
    assert.deepEqual(new Set(open.map(({ trial }) => trial.arm.scheme)), new Set([scheme]))
  }
})

test('a run is meant for a plan only with trials of all that it rests on', () => {
  const isMeant = (scheme: SchemeName, over: Partial<Run> = {}, hasState = false) =>
    isMeantFor({ ...run, ...over }, scheme, hasState)
  for (const scheme of schemes) assert.equal(isMeant(scheme), true, scheme)
  assert.equal(isMeant('session-redis', { rules: null }), false)
  assert.equal(isMeant('session-redis', {}, true), false, 'no trial of more state')
  assert.equal(isMeant('jwt-eddsa'), false, 'memory of its kin, but no ladder')
  for (const without of ['latency', 'cost', 'users']) {
    const plan = run.plan.filter(({ arm }) => arm.experiment !== without)
    assert.equal(isMeant('session-redis', { plan }), false, without)
  }
  const others = run.plan.filter(({ arm }) => arm.experiment !== 'users' || arm.scheme !== 'session-redis')
  assert.equal(isMeant('session-redis', { plan: others }), false, 'no kin has its memory measured')
  assert.equal(isMeant('jwt-rs256', { plan: others }), true)
})

test('however wide an interval of a cost is, it ends at nothing', () => {
  const { curves } = summary.costCurves
  const wide = (cpuUs: { value: number }) => ({ value: cpuUs.value, lo: -cpuUs.value, hi: 3 * cpuUs.value })
  const point = {
    ...{ perSec: 100, handlerUs: 0, turns: 4, generations: 2, busy: 0.02, meanInFlight: 0.1 },
    ...{ tierUs: { replicas: 150, redis: 30, proxy: 20 }, taxUs: null, timesControl: null },
    cpuUs: { ...wide({ value: 200 }), unit: 'µs/request', n: 4, warnings: [] },
  }
  const curve = {
    scheme: 'session-redis',
    twin: false,
    points: [point],
    idleCores: null,
    halfBusyPerSec: null,
  }
  const found = of('session-redis', { costCurves: { ...summary.costCurves, curves: [...curves, curve] } })
  assert.ok(typeof found !== 'string', `${found}`)
  for (const { points } of [found.replica, found.proxy, ...(found.redis ? [found.redis] : [])])
    for (const { us } of points) assert.ok(us.lo >= 0 && us.lo <= us.value && us.value <= us.hi)
  assert.equal(found.replica.points[0]?.us.lo, 0)
})

test('without a bound on latency a scheme without a ladder has evidence, up to where its closed loop was full', () => {
  const none = { latency: [] }
  assert.equal(typeof of('session-redis', none), 'string')
  const found = evidenceOf(run, { ...summary, ...none }, results, 'session-redis', { byCpuAlone: true })
  if (typeof found === 'string') return assert.match(found, /cost/)
  assert.deepEqual(found.ladder.rungs, [])
  const made = plan(found, asked({ users: 1_000, p99Ms: null, rps: 100 }))
  assert.ok(made.refused === null && made.p99Ms === null)
  assert.match(made.warnings.join(), /latency of the scheme was not measured/)
})
