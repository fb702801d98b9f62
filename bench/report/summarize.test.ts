/** Summaries against what was put into a made-up run, for each outcome that a run can have. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Arm, Measurement, Run, Trial, TrialResult } from '../record/types.ts'
import { failedRecord, modelled, type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import type { Summary } from './schema.ts'
import { summarize } from './summarize.ts'

function summaryOf(options: SyntheticOptions = {}): Summary {
  const { run, results } = syntheticRun({ experiments: ['cost'], ...options })
  return summarize(run, results)
}

function armOf(summary: Summary, id: string): Summary['arms'][number] {
  const found = summary.arms.find(({ arm }) => arm.id === id)
  assert.ok(found, id)
  return found
}

/** Changes the measurements of the arms that `which` names. */
function changing(which: (id: string) => boolean, to: (m: Measurement) => Partial<Measurement>) {
  return (result: TrialResult): TrialResult =>
    result.ok && which(result.trial.arm.id)
      ? { ...result, measurement: { ...result.measurement, ...to(result.measurement) } }
      : result
}

const near = (value: number, expected: number, share: number) =>
  assert.ok(
    Math.abs(value - expected) <= share * Math.abs(expected),
    `${value} is not within ${share} of ${expected}`,
  )

test('finds the auth tax, throughput and memory that were put in, with five blocks behind each', () => {
  const summary = summaryOf({ noise: 0.002, experiments: ['cost', 'users'] })
  const redis = armOf(summary, 'cost/session-redis')
  assert.ok(redis.authTaxUs?.detected)
  near(redis.authTaxUs.estimate.value, 148 + 52 - 50, 0.02)
  near(redis.metrics.throughputPerSec?.value ?? 0, 1e6 / 148, 0.02)
  near(redis.throughputVsControl?.estimate.value ?? 0, 50 / 148, 0.02)
  assert.equal(redis.authTaxUs.estimate.n, 5)
  assert.deepEqual(redis.authTaxUs.estimate.warnings, [])
  const memory = (scheme: string) => summary.memoryPerUser.find((entry) => entry.scheme === scheme)
  near(memory('session-memory')?.replicaBytes.estimate.value ?? 0, 1_150, 0.02)
  near(memory('session-redis')?.redisBytes?.estimate.value ?? 0, 420, 0.02)
  assert.equal(memory('session-memory')?.redisBytes, null)
  assert.equal(memory('jwt-hs256')?.replicaBytes.detected, false)
})

test('arms come in registry order, controls first, and controls have nothing to be compared with', () => {
  const cost = summaryOf().arms.filter(({ arm }) => arm.experiment === 'cost')
  assert.deepEqual(
    cost.map(({ arm }) => arm.id),
    ['cost/none', 'cost/none/twin', ...modelled.slice(1).map((name) => `cost/${name}`)],
  )
  for (const { authTaxUs, throughputVsControl } of cost.slice(0, 2)) {
    assert.equal(authTaxUs, null)
    assert.equal(throughputVsControl, null)
  }
})

test('the tax is taken within blocks: a machine that slows down does not look like one', () => {
  const slow = (result: TrialResult): TrialResult => {
    if (!result.ok) return result
    const { measurement, trial } = result
    const drift = 100 * trial.block
    const cpuUsPerRequest = {
      ...measurement.cpuUsPerRequest,
      replicas: (measurement.cpuUsPerRequest.replicas ?? 0) + drift,
    }
    return { ...result, measurement: { ...measurement, cpuUsPerRequest } }
  }
  const { authTaxUs } = armOf(summaryOf({ noise: 0.001, change: slow }), 'cost/jwt-rs256')
  near(authTaxUs?.estimate.value ?? 0, 59, 0.03)
  assert.ok(authTaxUs && authTaxUs.estimate.hi - authTaxUs.estimate.lo < 2)
})

test('a difference inside the own error is not detected', () => {
  const equal = changing(
    (id) => id === 'cost/jwt-hs256',
    ({ cpuUsPerRequest }) => ({
      cpuUsPerRequest: { ...cpuUsPerRequest, replicas: 50.1 },
    }),
  )
  assert.equal(armOf(summaryOf({ change: equal }), 'cost/jwt-hs256').authTaxUs?.detected, false)
})

test('without a second control, or with too few blocks, nothing is detected', () => {
  const noTwin = (result: TrialResult): TrialResult => (result.trial.arm.twin ? failedRecord(result) : result)
  const summary = summaryOf({ change: noTwin })
  assert.equal(summary.aa, null)
  assert.ok(summary.arms.every(({ authTaxUs }) => !authTaxUs?.detected))
  assert.ok(armOf(summary, 'cost/jwt-eddsa').authTaxUs, 'the estimate is there all the same')
  assert.ok(summaryOf({ blocks: 2 }).arms.every(({ authTaxUs }) => !authTaxUs?.detected))
})

test('without any control there is no tax at all', () => {
  const noControl = (result: TrialResult): TrialResult =>
    result.trial.arm.scheme === 'none' ? failedRecord(result) : result
  const summary = summaryOf({ change: noControl })
  assert.ok(summary.arms.every(({ authTaxUs, throughputVsControl }) => !authTaxUs && !throughputVsControl))
  assert.equal(summary.aa, null)
})

test('fewer than five blocks are flagged in every estimate', () => {
  const { metrics } = armOf(summaryOf({ blocks: 3 }), 'cost/jwt-hs256')
  for (const estimate of Object.values(metrics)) assert.ok(estimate.warnings.includes('few-blocks'))
  const one = armOf(summaryOf({ blocks: 1 }), 'cost/jwt-hs256').metrics.throughputPerSec
  assert.ok(one && one.lo === one.value && one.hi === one.value && one.n === 1)
})

test('one saturated trial is enough: the throughput is flagged and compared with nothing, the CPU still counts', () => {
  for (const warning of ['generator-saturated', 'proxy-saturated'] as const) {
    const once = (result: TrialResult): TrialResult =>
      result.ok && result.trial.id === 'cost/jwt-hs256@2'
        ? { ...result, measurement: { ...result.measurement, warnings: [warning] } }
        : result
    const entry = armOf(summaryOf({ change: once }), 'cost/jwt-hs256')
    assert.deepEqual(entry.warnings, [warning])
    assert.ok(entry.metrics.throughputPerSec?.warnings.includes(warning))
    assert.equal(entry.throughputVsControl, null)
    assert.ok(entry.authTaxUs?.detected)
  }
})

test('a tier that could not be read is left out of the sum and flagged', () => {
  const unread = changing(
    () => true,
    ({ cpuUsPerRequest }) => ({
      cpuUsPerRequest: { ...cpuUsPerRequest, proxy: null },
      warnings: ['tier-not-measured'],
    }),
  )
  const { authTaxUs, metrics } = armOf(summaryOf({ noise: 0.001, change: unread }), 'cost/jwt-hs256')
  near(metrics['cpuUsPerRequest.total']?.value ?? 0, 81, 0.02)
  assert.equal(metrics['cpuUsPerRequest.proxy'], undefined)
  assert.ok(authTaxUs?.estimate.warnings.includes('tier-not-measured'))
})

test('rejected trials are listed, left out, and filled in by a later record; the first valid one counts', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const [first] = results
  assert.ok(first?.ok)
  const failed: TrialResult = failedRecord(first, '3 wrong answers of 9')
  const open = summarize(run, [failed, ...results.slice(1)])
  assert.deepEqual(open.trials, { planned: 55, ok: 54, failed: 1 })
  assert.deepEqual(open.rejected, [{ trial: first.trial.id, reason: '3 wrong answers of 9' }])
  assert.equal(armOf(open, first.trial.arm.id).metrics.throughputPerSec?.n, 4)
  const again: TrialResult = { ...first, measurement: { ...first.measurement, throughputPerSec: 1 } }
  const filled = summarize(run, [failed, ...results, again])
  assert.deepEqual(filled.trials, { planned: 55, ok: 55, failed: 0 })
  assert.equal(filled.rejected.length, 1)
  assert.deepEqual(filled.arms, summarize(run, results).arms)
})

test('efficiency: N times one is 100 %; withheld where replicas share cores or the load was the limit', () => {
  const experiments = ['replicas']
  const at = (summary: Summary, n: number) =>
    summary.scaling.find(({ scheme, replicas }) => scheme === 'jwt-hs256' && replicas === n)
  const free = at(summaryOf({ cores: 8, noise: 0.002, experiments }), 4)
  near(free?.efficiency?.value ?? 0, 1, 0.02)
  near(free?.speedup.value ?? 0, 4, 0.02)
  const shared = at(summaryOf({ experiments }), 4)
  assert.equal(shared?.efficiency, null)
  assert.equal(shared?.withheld, 'replicas-share-cores')
  const limit = changing(
    (id) => id.includes('/n4'),
    () => ({ warnings: ['proxy-saturated'] }),
  )
  const limited = at(summaryOf({ cores: 8, change: limit, experiments }), 4)
  assert.equal(limited?.efficiency, null)
  assert.equal(limited?.withheld, 'proxy-saturated')
})

test('a single number of users gives no bytes a user', () => {
  const { run, results } = syntheticRun({ experiments: ['users'] })
  const plan = run.plan.filter(({ arm }) => arm.users === 1_000)
  const ids = new Set(plan.map(({ id }) => id))
  assert.deepEqual(
    summarize(
      { ...run, plan },
      results.filter(({ trial }) => ids.has(trial.id)),
    ).memoryPerUser,
    [],
  )
})

test('the smoke profile is flagged in every arm', () => {
  const { arms } = summaryOf({ profile: 'smoke', blocks: 1 })
  assert.ok(arms.every(({ warnings }) => warnings.includes('smoke-profile')))
})

test('the p of a family is corrected together; what can be detected shrinks with the noise, never below the own error', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], noise: 0.13, equal: true })
  const whole = armOf(summarize(run, results), 'cost/jwt-rs256').authTaxUs
  const alone = only({ run, results }, ['cost/none', 'cost/none/twin', 'cost/jwt-rs256'])
  const p = armOf(summarize(alone.run, alone.results), 'cost/jwt-rs256').authTaxUs?.p
  assert.ok(typeof p === 'number' && p < (whole?.p ?? 0))
  const quiet = summaryOf({ noise: 0.01, equal: true })
  const { authTaxUs } = armOf(quiet, 'cost/jwt-rs256')
  assert.ok((authTaxUs?.detectable ?? 0) < (whole?.detectable ?? 0) / 5)
  for (const { authTaxUs: tax } of quiet.arms)
    if (tax && quiet.aa) assert.ok((tax.detectable ?? 0) >= Math.abs(quiet.aa.cpuDifferenceUs.hi))
  const single = armOf(summaryOf({ blocks: 1 }), 'cost/jwt-rs256').authTaxUs
  assert.deepEqual([single?.p, single?.detectable, single?.detected], [null, null, false])
})

test('the own error and the variation come from the experiment aa where a run has one', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'], noise: 0.03, blocks: 10 })
  const pair = only({ run, results }, ['cost/none', 'cost/none/twin'])
  const copy = <T extends Trial>(trial: T): T => ({
    ...trial,
    id: trial.id.replace('cost', 'aa'),
    arm: { ...trial.arm, id: trial.arm.id.replace('cost', 'aa'), experiment: 'aa' },
  })
  const slower = changing(
    () => true,
    (m) => ({ throughputPerSec: (m.throughputPerSec * (1 + Math.sin(m.requests))) / 4 }),
  )
  const { aa } = summarize({ ...run, plan: [...run.plan, ...pair.run.plan.map(copy)] }, [
    ...results,
    ...pair.results.map((result) => slower({ ...result, trial: copy(result.trial) })),
  ])
  const plain = summarize(run, results).aa
  assert.ok(plain && Math.abs(plain.cpuVariation - 0.03 * (50 / 69)) < 0.01, `${plain?.cpuVariation}`)
  assert.ok(plain && Math.abs(plain.throughputVariation - 0.03) < 0.01)
  assert.ok(aa && aa.throughputVariation > 0.3)
  assert.equal(aa.cpuVariation, plain.cpuVariation)
})

test('blocks: planned, measured, and stopped early only by the rule of a run that finished', () => {
  const { run, results } = syntheticRun({ experiments: ['cost', 'replicas'], rules: { precision: 0.05 } })
  const early = results.filter(({ trial }) => trial.arm.experiment === 'replicas' || trial.block < 3)
  const [cost, replicas] = summarize(run, early).blocks
  assert.deepEqual(cost, { experiment: 'cost', planned: 5, measured: 3, stoppedEarly: true })
  assert.deepEqual(replicas, { experiment: 'replicas', planned: 5, measured: 5, stoppedEarly: false })
  const broken = summarize({ ...run, finishedAt: null }, early).blocks
  assert.ok(broken.every(({ stoppedEarly }) => !stoppedEarly))
  const asked = summarize({ ...run, rules: null }, early).blocks
  assert.ok(asked.every(({ stoppedEarly }) => !stoppedEarly))
})

test('the warm-up window of a ladder is in no closed-loop table', () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const open = <T extends Trial>(trial: T): T => ({ ...trial, arm: { ...trial.arm, load: LADDER } })
  const summary = summarize(
    { ...run, plan: run.plan.map(open) },
    results.map((result) => ({ ...result, trial: open(result.trial) })),
  )
  assert.deepEqual(summary.arms, [])
  assert.equal(summary.aa, null)
})

const LADDER: Arm['load'] = {
  loop: 'open',
  connections: 64,
  spacing: 'poisson',
  ratesPerSec: null,
  firstPerSec: 1_000,
  searchRungs: 3,
  settleSec: 0.2,
}

/** A run of only these arms. */
function only({ run, results }: { run: Run; results: TrialResult[] }, ids: readonly string[]) {
  const plan = run.plan.filter(({ arm }) => ids.includes(arm.id))
  return { run: { ...run, plan }, results: results.filter(({ trial }) => ids.includes(trial.arm.id)) }
}
