/** Capacity, quantiles and demand against the queue that was put in, and what blocks that disagree come to. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keepsSlo } from '../../figures/ladders/ladder.ts'
import type { Measurement, Rung, TrialResult } from '../../record/types.ts'
import { type LadderOptions, syntheticLadders, syntheticRules } from '../../testing/synthetic-ladders.ts'
import { demand } from './demand.ts'
import type { Summary } from './schema.ts'
import { latency } from './summary.ts'

const one = { schemes: ['jwt-eddsa'] }
/** CPU µs a request that the synthetic run gives the scheme. */
const SERVICE_US = 207

function entryOf(options: LadderOptions = {}): Summary['latency'][number] {
  const { run, results } = syntheticLadders({ ...one, ...options })
  const [entry] = latency(run, results)
  assert.ok(entry)
  return entry
}

/** Changes the rungs of one block. */
function inBlock(block: number, change: (rung: Rung) => Rung) {
  return (result: TrialResult): TrialResult =>
    result.ok && result.trial.block === block ? { ...result, rungs: result.rungs.map(change) } : result
}

const saturated = (rung: Rung): Rung => ({ ...rung, rejectedBy: ['generator-saturated'] })
const slow = ({ measurement, ...rung }: Rung): Rung => {
  const { latencyUs } = measurement
  return { ...rung, measurement: { ...measurement, latencyUs: { ...latencyUs, p99: 1e6 } } }
}
const near = (value: number, expected: number, share: number) =>
  assert.ok(Math.abs(value - expected) <= share * expected, `${value} is not within ${share} of ${expected}`)

test('quantiles are those of the law, over all blocks, beside the utilization', () => {
  const { rungs } = entryOf({ noise: 0, blocks: 3 })
  const rung = rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === 2_000)
  assert.ok(rung)
  const { run, results } = syntheticLadders({ ...one, noise: 0 })
  const service = results[0]?.measurement?.cpuUsPerRequest.replicas ?? 0
  const meanUs = service / (1 - (2_000 * service) / 1e6)
  for (const [p, { value, n }] of [
    [0.5, rung.p50Us],
    [0.9, rung.p90Us],
    [0.99, rung.p99Us],
  ] as const) {
    near(value, 300 - Math.log(1 - p) * meanUs, 0.01)
    assert.equal(n, 3)
  }
  assert.equal(rung.requests, 6_000)
  assert.equal(rung.p999Us, null, 'six arrivals beyond a quantile are too few')
  near(rung.utilization.replicas ?? 0, 0.02 + (0.98 * 2_000 * service) / 1e6, 0.01)
  assert.equal(run.rules, syntheticRules)
})

test('p99.9 from 10,000 arrivals on', () => {
  const { rungs } = entryOf({ blocks: 5 })
  assert.ok(rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === 2_000)?.p999Us)
})

test('the capacity is within a step of the law', () => {
  const { capacityPerSec, capacityNote, kneePerSec, saturationPerSec } = entryOf({ noise: 0 })
  assert.equal(capacityNote, 'found')
  near(capacityPerSec?.value ?? 0, 1e6 / SERVICE_US, 0.12)
  assert.equal(kneePerSec, 2_000)
  near(saturationPerSec?.value ?? 0, 1e6 / SERVICE_US, 0.05)
})

test('blocks that disagree: the note that claims least; one without anything valid says nothing', () => {
  const with2 = (change: (rung: Rung) => Rung) => entryOf({ blocks: 3, change: inBlock(2, change) })
  assert.equal(with2((rung) => rung).capacityNote, 'found')
  const never = with2(slow)
  assert.deepEqual([never.capacityNote, never.capacityPerSec], ['slo-never-met', null])
  const gone = with2(saturated)
  assert.deepEqual([gone.capacityNote, gone.capacityPerSec?.n], ['found', 2])
  assert.ok(
    gone.rungs.every(({ blocks }) => blocks <= 2),
    'what a gate rejected is in no figure',
  )
  assert.deepEqual(gone.rejected[0], { arrivalsPerSec: 1_000, windows: 1, by: ['generator-saturated'] })
})

/** Blocks that are sent the same rates: the first breaks at the last, the second at 2,500, of the third the load ends. */
function blockWhoseLoadEndsAt(loadEnds: number) {
  return entryOf({
    noise: 0,
    blocks: 3,
    ratesPerSec: [1_000, 1_300, 1_600, 2_000, 2_500, 3_200, 4_000, 5_000, 6_000],
    change: (result) =>
      inBlock(2, (rung) => (rung.arrivalsPerSec >= loadEnds ? saturated(rung) : rung))(
        inBlock(1, (rung) => (rung.arrivalsPerSec >= 2_500 ? slow(rung) : rung))(result),
      ),
  })
}

test('a block whose load ended below every capacity that was found says nothing of where the capacity lies', () => {
  const { capacityNote, capacityPerSec, rejected } = blockWhoseLoadEndsAt(1_600)
  assert.equal(capacityNote, 'found')
  // Between 2,000/s and 2,500/s, on the logarithm.
  assert.deepEqual([capacityPerSec?.n, capacityPerSec?.lo], [2, 2_240], '1,300/s is where the load ended')
  assert.equal(rejected[0]?.arrivalsPerSec, 1_600, 'and the table of rejected rates still shows it')
})

test('one whose load ended above a capacity that was found counts, as a lower bound', () => {
  const { capacityNote, capacityPerSec } = blockWhoseLoadEndsAt(4_000)
  assert.equal(capacityNote, 'load-limited')
  assert.deepEqual([capacityPerSec?.n, capacityPerSec?.lo, capacityPerSec?.value], [3, 2_240, 3_200])
})

test('blocks whose load all ended first keep their lower bounds', () => {
  const { capacityNote, capacityPerSec } = entryOf({
    noise: 0,
    blocks: 3,
    change: (result) => {
      const ends = [2_000, 4_000, 4_000][result.trial.block] as number
      return inBlock(result.trial.block, (rung) => (rung.arrivalsPerSec >= ends ? saturated(rung) : rung))(
        result,
      )
    },
  })
  assert.deepEqual([capacityNote, capacityPerSec?.n, capacityPerSec?.lo], ['load-limited', 3, 1_000])
})

test('a rate that a single block visited has no interval', () => {
  const { rungs } = entryOf({
    change: inBlock(1, (rung) => (rung.arrivalsPerSec > 2_000 ? saturated(rung) : rung)),
  })
  const alone = rungs.filter(({ blocks }) => blocks === 1)
  assert.ok(alone.length > 0)
  for (const { p99Us } of alone) {
    assert.equal(p99Us.n, 1)
    assert.deepEqual([p99Us.lo, p99Us.hi], [p99Us.value, p99Us.value])
  }
})

test('looks at one rate stand together, and the share of them that kept the SLO is said', () => {
  const twice = ({ rungs }: Extract<TrialResult, { ok: true }>) =>
    rungs.flatMap((rung) => (rung.arrivalsPerSec === 4_000 ? [rung, slow(rung)] : [rung]))
  const { rungs } = entryOf({
    ...{ noise: 0, ratesPerSec: [1_000, 2_000, 4_000, 8_000] },
    change: (result) =>
      result.ok && result.trial.block === 0 ? { ...result, rungs: twice(result) } : result,
  })
  const { requests, blocks, windows, metShare } =
    rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === 4_000) ?? assert.fail()
  assert.deepEqual([requests, blocks, windows], [12_000, 2, 3])
  near(metShare, 2 / 3, 1e-9)
})

test('no saturation where the load ran out first', () => {
  const change = (result: TrialResult): TrialResult =>
    result.ok ? { ...result, measurement: { ...result.measurement, warnings: ['proxy-saturated'] } } : result
  assert.equal(entryOf({ change }).saturationPerSec, null)
})

test('no knee at an end of the ladder, nor from two rates', () => {
  assert.equal(entryOf({ ratesPerSec: [100, 200, 400] }).kneePerSec, null)
  assert.equal(entryOf({ ratesPerSec: [1_000, 2_000] }).kneePerSec, null)
})

test('without rules there is no SLO, and nothing is said', () => {
  const { run, results } = syntheticLadders(one)
  assert.deepEqual(latency({ ...run, rules: null }, results), [])
})

test('errors are counted as a share of what was scheduled', () => {
  const change = inBlock(0, (rung) => {
    const { arrivals } = rung.measurement
    assert.ok(arrivals)
    const account = { ...arrivals.account, ok: arrivals.account.ok - 10, lost: 10 }
    const measurement: Measurement = { ...rung.measurement, arrivals: { ...arrivals, account } }
    assert.equal(keepsSlo(syntheticRules.slo, measurement) && arrivals.perSec === 1_000, false)
    return { ...rung, measurement }
  })
  near(entryOf({ change }).rungs[0]?.errorShare ?? 0, 10 / 2_000, 1e-9)
})

test('demand: D and U0 as they were put in, per tier, without rates that saturate the tier', () => {
  const { run, results } = syntheticLadders({
    schemes: ['session-redis'],
    noise: 0.02,
    idleCores: 0.1,
    blocks: 5,
  })
  const found = demand(run, results)
  assert.deepEqual(
    found.map(({ tier }) => tier),
    ['replicas', 'redis', 'proxy'],
  )
  const [replicas, redis] = found
  assert.ok(replicas && redis)
  const service = results[0]?.measurement?.cpuUsPerRequest.replicas ?? 0
  near(replicas.demandUs.value, 0.9 * service, 0.04)
  near(replicas.idleCores.value, 0.1, 0.1)
  near(redis.idleCores.value, 0.005, 0.05)
  assert.ok(replicas.demandUs.lo < replicas.demandUs.value && replicas.demandUs.value < replicas.demandUs.hi)
  assert.equal(replicas.demandUs.n, 5)
  assert.ok(redis.rungs > replicas.rungs, 'Redis is not yet saturated where the replica is')
  assert.ok(replicas.worstResidual > 0 && replicas.worstResidual < 0.1)
})

test('no demand from two rates, or of a tier that is not there', () => {
  const two = syntheticLadders({ ...one, ratesPerSec: [1_000, 2_000] })
  assert.deepEqual(demand(two.run, two.results), [])
  const { run, results } = syntheticLadders(one)
  assert.deepEqual(
    demand(run, results).map(({ tier }) => tier),
    ['replicas', 'proxy'],
  )
})
