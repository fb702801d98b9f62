/** The order of trials: everything is attempted, repeats are bounded and stay in their block, resuming changes nothing. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Rules, Trial, TrialResult } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { gates } from './gates.ts'
import {
  nextTogether,
  type PlannedRun,
  pendingTrials,
  togetherNote,
  upcomingTrials,
  withoutFigure,
} from './trial-order.ts'

const synthetic = syntheticRun({ experiments: ['cost', 'users'], blocks: 3 })
const measured = synthetic.results.find(({ ok }) => ok)
assert.ok(measured?.ok)
const { measurement } = measured
const { arm } = measured.trial

const rules: Rules = {
  gates: gates(),
  repeatsPerTrial: 2,
  repeatsShare: 0.1,
  slo: { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 },
  precision: null,
  minBlocks: 5,
}

/** Blocks of two experiments in the order in which a planner lays them out. */
function planned(blocks: number, arms: number, over: Partial<Rules> = {}): PlannedRun {
  const plan: Trial[] = []
  for (const experiment of ['cost', 'replicas'])
    for (let block = 0; block < blocks; block++)
      for (let position = 0; position < arms; position++) {
        const id = `${experiment}/arm${position}`
        plan.push({ id: `${id}@${block}`, block, position, arm: { ...arm, id, experiment } })
      }
  return { ...synthetic.run, plan, rules: { ...rules, ...over } }
}

function resultOf(trial: Trial, ok: boolean): TrialResult {
  const head = { schemaVersion: 3 as const, trial, startedAt: '2026-01-02T03:04:05.000Z' }
  return ok
    ? { ...head, ok, measurement, rungs: [] }
    : { ...head, ok, reason: 'foreign-cpu', rejectedBy: ['foreign-cpu'], measurement, rungs: [] }
}

/** Measures until nothing is left or `stopAfter` trials; `fails` says which attempts are rejected, by their number. */
function measure(
  run: PlannedRun,
  fails: (attempt: number, trial: Trial) => boolean,
  { results = [] as TrialResult[], earlier = 0, stopAfter = Number.POSITIVE_INFINITY } = {},
): TrialResult[] {
  const all = [...results]
  while (all.length < stopAfter) {
    const [trial] = upcomingTrials(run, all, earlier)
    if (!trial) break
    all.push(resultOf(trial, !fails(all.length, trial)))
    assert.ok(all.length < 1_000, 'it ends')
  }
  return all
}

const ids = (results: readonly TrialResult[]) => results.map(({ trial }) => trial.id)

test('without rejections the plan is measured in its own order, once', () => {
  const run = planned(3, 4)
  assert.deepEqual(
    ids(measure(run, () => false)),
    run.plan.map(({ id }) => id),
  )
})

test('a rejected trial is measured again at the end of its block', () => {
  const run = planned(2, 3)
  const order = ids(measure(run, (attempt) => attempt === 1))
  assert.deepEqual(order.slice(0, 5), [
    'cost/arm0@0',
    'cost/arm1@0',
    'cost/arm2@0',
    'cost/arm1@0',
    'cost/arm0@1',
  ])
})

test('a trial that always fails is given up after its repeats, and so are all when the run’s share is spent', () => {
  const one = planned(2, 3, { repeatsShare: 1 })
  assert.equal(
    ids(measure(one, (_, { id }) => id === 'cost/arm1@0')).filter((id) => id === 'cost/arm1@0').length,
    3,
  )
  const all = measure(planned(4, 5), () => true)
  assert.equal(all.length, 40 + 4, 'a tenth of 40 trials is repeated')
})

test('whatever is rejected: each trial is attempted, bounds hold, blocks keep their order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 3 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }),
      (blocks, arms, repeatsPerTrial, repeatsShare, pattern) => {
        const run = planned(blocks, arms, { repeatsPerTrial, repeatsShare })
        const results = measure(run, (attempt) => pattern[attempt % pattern.length] ?? false)
        const order = ids(results)
        const counts = run.plan.map(({ id }) => order.filter((other) => other === id).length)
        assert.ok(counts.every((count) => count >= 1 && count <= 1 + repeatsPerTrial))
        assert.ok(order.length - run.plan.length <= Math.ceil(repeatsShare * run.plan.length))
        assert.deepEqual(
          [...new Set(order)],
          run.plan.map(({ id }) => id),
          'first attempts in the plan’s order',
        )
        const block = results.map(({ trial }) => `${trial.arm.experiment}@${trial.block}`)
        assert.equal(block.filter((name, i) => name !== block[i - 1]).length, new Set(block).size)
        for (const [i, { ok, trial }] of results.entries())
          if (ok) assert.ok(!order.slice(i + 1).includes(trial.id), 'what succeeded is not repeated')
      },
    ),
  )
})

test('an interrupted run goes on where it stopped, and however often it is resumed keeps to its share of repeats', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 24 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (stopAfter, pattern, resumes, repeatsShare) => {
        const run = planned(3, 4, { repeatsShare })
        const fails = (attempt: number) => pattern[attempt % pattern.length] ?? false
        const whole = measure(run, fails)
        let results = measure(run, fails, { stopAfter })
        assert.deepEqual(results, whole.slice(0, stopAfter), 'the same results give the same continuation')
        for (let i = 0; i < resumes; i++) results = measure(run, fails, { results, earlier: results.length })
        const most = Math.ceil(repeatsShare * run.plan.length)
        assert.ok(results.length - run.plan.length <= most, `${results.length} of ${run.plan.length}`)
        for (const { id } of run.plan) assert.ok(ids(results).includes(id), 'each was tried')
        const left = withoutFigure(run, results)
        assert.deepEqual(left, pendingTrials(run.plan, results))
        const calm = measure(run, () => false, { results, earlier: results.length })
        const repeats = calm.length - results.length
        const spent = results.length - run.plan.length
        assert.equal(repeats, Math.min(left.length, most - spent), 'what is left of it is used')
      },
    ),
  )
})

test('what was rejected before a resume gets as many repeats anew, while the run has any', () => {
  const run = planned(2, 3, { repeatsShare: 1 })
  const fails = (_: number, { id }: Trial) => id === 'cost/arm1@0'
  const attempts = (results: readonly TrialResult[]) =>
    ids(results).filter((id) => id === 'cost/arm1@0').length
  const first = measure(run, fails)
  assert.equal(attempts(first), 3)
  assert.equal(attempts(measure(run, fails, { results: first, earlier: first.length })), 5)
})

test('what failed before a resume, a crash and no gate, starts afresh and uses up no repeats', () => {
  const run = planned(2, 3)
  const rejected = measure(run, () => true)
  const failed = rejected.map((result): TrialResult => {
    return result.ok ? result : { ...result, reason: 'redis ended', rejectedBy: [], measurement: null }
  })
  const resumed = (results: TrialResult[]) => measure(run, () => false, { results, earlier: results.length })
  assert.deepEqual(pendingTrials(run.plan, resumed(failed)), [])
  assert.equal(resumed(rejected).length, rejected.length, 'of gates the share is used up')
})

test('an experiment whose intervals are narrow ends between two blocks, and not before its least number', () => {
  // Every measurement is the same one, so intervals have no width at all.
  const run = planned(8, 3, { precision: 0.05, minBlocks: 5 })
  const order = ids(measure(run, () => false))
  assert.equal(order.length, 2 * 5 * 3)
  assert.ok(order.includes('cost/arm2@4') && !order.includes('cost/arm0@5'))
  assert.ok(order.includes('replicas/arm2@4') && !order.includes('replicas/arm0@5'))
  assert.equal(measure({ ...run, rules: { ...run.rules, precision: null } }, () => false).length, 2 * 8 * 3)
})

test('trials that rotate on one fleet come together, others alone', () => {
  const trial = (id: string, block: number, over: Partial<Trial['arm']> = {}): Trial => ({
    id: `${id}@${block}`,
    block,
    position: 0,
    arm: { ...arm, id, comparedWith: null, ...over },
  })
  const turns = { fleet: 8 }
  const [alone, n2, n1, scattered, n4, next] = [
    trial('a/unlimited', 0, { comparedWith: 'a/n1' }),
    trial('a/n2', 0, { ...turns, comparedWith: 'a/n1' }),
    trial('a/n1', 0, turns),
    trial('a/scattered', 0),
    trial('b/n4', 0, { ...turns, comparedWith: 'b/n1' }),
    trial('b/n4', 1, { ...turns, comparedWith: 'b/n1' }),
  ] as [Trial, Trial, Trial, Trial, Trial, Trial]
  assert.deepEqual(nextTogether([alone, n2, n1]), [alone])
  assert.deepEqual(nextTogether([n2, n1, scattered]), [n2, n1])
  assert.deepEqual(nextTogether([n2, n1, n4]), [n2, n1])
  assert.deepEqual(nextTogether([n4, next]), [n4], 'not those of another block')
  assert.deepEqual(nextTogether([n1]), [n1])
  assert.deepEqual(nextTogether([]), [])
})

test('arms of a block take turns together, as many as fit; one that is measured again takes the control along', () => {
  const load = { loop: 'turns' } as Trial['arm']['load']
  const inTurns = synthetic.run.plan.map((trial) => ({ ...trial, arm: { ...trial.arm, load } }))
  const block = inTurns.filter(
    (trial) => trial.block === 0 && trial.arm.experiment === inTurns[0]?.arm.experiment,
  )
  const ids = (trials: readonly Trial[]) => trials.map(({ id }) => id)
  assert.deepEqual(ids(nextTogether(inTurns, inTurns)), ids(block))
  assert.deepEqual(ids(nextTogether(inTurns, inTurns, 2)), ids(block).slice(0, 2))
  const control = block.find(({ arm }) => arm.scheme === 'none' && !arm.twin) ?? assert.fail()
  const other = block.find(({ arm }) => arm.scheme !== 'none') ?? assert.fail()
  assert.deepEqual(ids(nextTogether([other], inTurns)), [control.id, other.id])
})

test('however few fleets can be up at once, all arms are measured, and in each group with the control', () => {
  const load = { loop: 'turns' } as Trial['arm']['load']
  const block = synthetic.run.plan
    .filter(({ block, arm }) => block === 0 && arm.experiment === 'cost')
    .map((trial) => ({ ...trial, arm: { ...trial.arm, load } }))
  for (const most of [1, 2, 3, block.length]) {
    const groups: Trial[][] = []
    let left = block
    while (left.length > 0 && groups.length <= block.length) {
      const group = nextTogether(left, block, most)
      groups.push(group)
      left = left.filter((trial) => !group.includes(trial))
    }
    assert.deepEqual(left, [], `${most} at once`)
    assert.ok(groups.every(({ length }) => length <= most))
    const isControl = ({ arm }: Trial) => arm.scheme === 'none' && !arm.twin
    if (most > 1) assert.ok(groups.every((group) => group.some(isControl)))
    const note = togetherNote(block, most) ?? ''
    if (most === block.length) assert.equal(note, '')
    else assert.match(note, most === 1 ? /only one fleet/ : new RegExp(`${most} of ${block.length} fleets`))
  }
})
