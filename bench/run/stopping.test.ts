/** When an experiment may end, what it never looks at, and what ending early does to its intervals. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { servingCpuUs } from '../figures/metrics.ts'
import { byBlock, recordsByArm } from '../figures/records.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { medianInterval } from '../stats/median-interval.ts'
import { failedRecord, type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { preciseEnough } from './stopping.ts'

type Records = { run: Run; results: TrialResult[] }

const RULES = { precision: 0.05, minBlocks: 5 }
const planned = (options: SyntheticOptions = {}) =>
  syntheticRun({ experiments: ['cost'], blocks: 30, noise: 0.02, rules: RULES, ...options })

/** Blocks after which the rule ends the experiment. */
function blocksNeeded({ run, results }: Records, experiment = 'cost', most = 30): number {
  for (let blocks = 0; blocks < most; blocks++) {
    const soFar = results.filter(({ trial }) => trial.block < blocks)
    if (preciseEnough(run, soFar, experiment)) return blocks
  }
  return most
}

test('never without a rule, never before the least number of complete blocks', () => {
  const { run, results } = planned({ noise: 0.001 })
  assert.equal(blocksNeeded({ run, results }), 5)
  assert.equal(preciseEnough({ ...run, rules: null }, results, 'cost'), false)
  const rules = run.rules && { ...run.rules, precision: null }
  assert.equal(preciseEnough({ ...run, rules }, results, 'cost'), false)
  const gap = results.filter(({ trial }) => trial.block < 5 && trial.id !== 'cost/jwt-rs256@2')
  assert.equal(preciseEnough(run, gap, 'cost'), false)
})

test('noise and a narrower width both take more blocks; one noisy arm is enough', () => {
  const quiet = blocksNeeded(planned())
  const noisy = blocksNeeded(planned({ noise: 0.06 }))
  const narrow = blocksNeeded(planned({ rules: { ...RULES, precision: 0.01 } }))
  assert.ok(quiet < noisy && noisy < 30, `${quiet} ${noisy}`)
  assert.ok(quiet < narrow)
  const one = (result: TrialResult): TrialResult => {
    if (!result.ok || result.trial.arm.id !== 'cost/jwt-rs256') return result
    const { measurement, trial } = result
    const replicas = trial.block % 2 === 0 ? 100 : 140
    return {
      ...result,
      measurement: { ...measurement, cpuUsPerRequest: { ...measurement.cpuUsPerRequest, replicas } },
    }
  }
  assert.equal(blocksNeeded(planned({ change: one })), 30)
})

test('an arm without a single valid trial is never precise; an arm whose plan is done is not waited for', () => {
  const { run, results } = planned({ noise: 0.001 })
  const failing = results.map((result) =>
    result.trial.arm.id === 'cost/jwt-rs256' ? failedRecord(result) : result,
  )
  assert.equal(blocksNeeded({ run, results: failing }), 30)
  const once = run.plan.filter(({ arm, block }) => arm.id !== 'cost/jwt-rs256' || block === 0)
  const ids = new Set(once.map(({ id }) => id))
  const some = failing.filter(({ trial }) => ids.has(trial.id))
  assert.equal(blocksNeeded({ run: { ...run, plan: once }, results: some }), 5)
})

test('looks at widths, never at which arm is ahead: relabelling the schemes changes nothing', () => {
  const { run, results } = planned({ noise: 0.06, equal: true })
  const names = [...new Set(run.plan.map(({ arm }) => arm.id))]
  const other = (id: string) => names[(names.indexOf(id) + 3) % names.length] as string
  const relabelled = results.map((result) => ({
    ...result,
    trial: {
      ...result.trial,
      id: `${other(result.trial.arm.id)}@${result.trial.block}`,
      arm: { ...result.trial.arm, id: other(result.trial.arm.id) },
    },
  }))
  assert.equal(blocksNeeded({ run, results: relabelled }), blocksNeeded({ run, results }))
})

test('users: bytes a user, as a share of the largest, since most schemes keep nothing', () => {
  const options = { experiments: ['users'], blocks: 12 }
  assert.equal(blocksNeeded(planned({ ...options, noise: 0.01 }), 'users', 12), 5)
  assert.equal(blocksNeeded(planned({ ...options, noise: 0.3 }), 'users', 12), 12)
})

test('latency: the capacity of each block', () => {
  const ended = (capacities: readonly number[]) => {
    const { run, results } = planned({ blocks: 8, change: (result) => climbed(result, capacities) })
    const asLatency = <T extends { arm: Run['plan'][number]['arm'] }>(trial: T) => ({
      ...trial,
      arm: { ...trial.arm, experiment: 'latency' },
    })
    const plan = run.plan.map(asLatency)
    const soFar = results
      .map((result) => ({ ...result, trial: asLatency(result.trial) }))
      .filter(({ trial }) => trial.block < 5)
    return preciseEnough({ ...run, plan }, soFar, 'latency')
  }
  assert.equal(ended([4_000, 4_050, 3_990, 4_010, 4_000]), true)
  assert.equal(ended([4_000, 5_600, 2_800, 4_000, 4_000]), false)
  assert.equal(ended([]), false)
})

test('what ending early does to 95 % intervals: 94 % with eleven arms, 91 to 94 % with one, far less from three blocks', () => {
  const eleven = coverageAtTheEnd(5, 0.06, () => true)
  assert.ok(eleven > 0.93 && eleven < 0.97, `${eleven}`)
  const control = (id: string) => id === 'cost/none'
  for (const noise of [0.04, 0.06, 0.09]) {
    const one = coverageAtTheEnd(5, noise, control)
    assert.ok(one > 0.9 && one < 0.97, `${noise}: ${one}`)
  }
  assert.ok(coverageAtTheEnd(3, 0.06, control) < 0.75)
})

/** Share of arms whose interval holds the true CPU a request when the rule has ended the experiment. */
function coverageAtTheEnd(minBlocks: number, noise: number, chosen: (armId: string) => boolean): number {
  const trueUs = 50 + 19
  const covered = Array.from({ length: 200 }, (_, seed) => {
    const { run, results } = planned({ noise, equal: true, seed, rules: { ...RULES, minBlocks } })
    const plan = run.plan.filter(({ arm }) => chosen(arm.id))
    const own = { run: { ...run, plan }, results: results.filter(({ trial }) => chosen(trial.arm.id)) }
    const blocks = blocksNeeded(own)
    const soFar = own.results.filter(({ trial }) => trial.block < blocks)
    return recordsByArm(own.run, soFar).map((records) => {
      const { lo, hi } = medianInterval([...byBlock(records, servingCpuUs).values()])
      return lo <= trueUs && trueUs <= hi
    })
  }).flat()
  return covered.filter(Boolean).length / covered.length
}

/** With a rung that kept the SLO at the capacity of its block, and one that broke it at twice that. */
function climbed(result: TrialResult, capacities: readonly number[]): TrialResult {
  const capacity = capacities[result.trial.block]
  if (!result.ok || capacity === undefined) return result
  const { measurement } = result
  const rung = (arrivalsPerSec: number, p99Ms: number) => {
    const account = {
      scheduled: arrivalsPerSec,
      ok: arrivalsPerSec,
      error: 0,
      timeout: 0,
      lost: 0,
      inFlight: 0,
    }
    const latencyUs = { ...measurement.latencyUs, p99: p99Ms * 1_000 }
    const arrivals = {
      perSec: arrivalsPerSec,
      spacing: 'poisson' as const,
      account,
      noticed: arrivalsPerSec,
      uncorrectedUs: latencyUs,
      lagUs: latencyUs,
      meanInFlight: 1,
      backlogMax: 0,
      reconnects: 0,
      histogram: '',
    }
    return {
      arrivalsPerSec,
      purpose: 'ladder' as const,
      rejectedBy: [],
      measurement: { ...measurement, requests: arrivalsPerSec, latencyUs, arrivals },
    }
  }
  return { ...result, rungs: [rung(capacity, 10), rung(2 * capacity, 500)] }
}
