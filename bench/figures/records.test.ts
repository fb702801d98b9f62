/** What counts as one block: trials that met about the same machine, and none from after the run stood still. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { summarize } from '../report/summarize.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { comparedCurves } from './curves.ts'
import { servingCpuUs } from './metrics.ts'
import { begunOf, blocksInTime, byBlock, plannedBlock, recordsByArm } from './records.ts'

const made = syntheticRun({ experiments: ['cost'], blocks: 5 })
const { run } = made
/** As they are measured: block by block. */
const results = made.results.toSorted((a, b) => a.trial.block - b.trial.block)
const START = Date.parse('2026-01-02T03:04:05.000Z')

/** Each trial `stepSec` after the one before; those of `late` a day later. */
function spread(
  records: readonly TrialResult[],
  stepSec: number,
  late: (result: TrialResult) => boolean = () => false,
): TrialResult[] {
  return records.map((result, i) => {
    const at = START + 1_000 * stepSec * i + (late(result) ? 86_400_000 : 0)
    return { ...result, startedAt: new Date(at).toISOString() }
  })
}

const blocksOf = (records: readonly TrialResult[]) => [...new Set(blocksInTime(records, begunOf).values())]

test('trials that follow each other are of the planned block, however long it takes', () => {
  assert.deepEqual(blocksOf(spread(results, 590)).sort(), [0, 1, 2, 3, 4])
})

test('what came more than ten minutes later is a block of its own, of the same planned one', () => {
  const blocks = blocksOf(spread(results, 601))
  assert.equal(blocks.length, results.length)
  assert.deepEqual([...new Set(blocks.map(plannedBlock))].sort(), [0, 1, 2, 3, 4])
})

test('a trial that was measured after a resume has a figure, and no difference to the controls of the day before', () => {
  const isLate = ({ trial: { arm, block } }: TrialResult) => block === 2 && arm.scheme === 'jwt-hs256'
  const [whole, resumed] = [spread(results, 20), spread(results, 20, isLate)]
  const of = (records: readonly TrialResult[]) => {
    const found = recordsByArm(run, records).find(({ arm }) => arm.scheme === 'jwt-hs256') ?? assert.fail()
    const entry = summarize(run, records).arms.find(({ arm }) => arm.id === found.arm.id) ?? assert.fail()
    return { figures: byBlock(found, servingCpuUs).size, tax: entry.authTaxUs?.estimate.n }
  }
  assert.deepEqual(of(whole), { figures: 5, tax: 5 })
  assert.deepEqual(of(resumed), { figures: 5, tax: 4 })
})

test('a second valid record of a trial replaces nothing, also a day later', () => {
  const [first] = results
  assert.ok(first?.ok)
  const again = { ...first, startedAt: new Date(START + 9e7).toISOString() }
  const of = (records: readonly TrialResult[]) =>
    recordsByArm(run, records).map(({ measured }) => [...measured])
  assert.deepEqual(of([...results, again]), of(results))
})

test('turns of one fleet at a time are beside those of the control in the same block, and not of the day before', () => {
  const alone = withTurns(results, () => 400).map((result, i) => {
    return { ...result, startedAt: new Date(START + 20_000 * i).toISOString() }
  })
  const turnsOf = (records: readonly TrialResult[]) => {
    const curve = comparedCurves(run, records).curves.find(({ scheme }) => scheme === 'jwt-hs256')
    return curve?.points[0]?.taxUs?.estimate.n
  }
  const isLate = ({ trial: { arm, block } }: TrialResult) => block === 2 && arm.scheme === 'jwt-hs256'
  const late = alone.map((result) =>
    isLate(result)
      ? { ...result, startedAt: new Date(Date.parse(result.startedAt) + 86_400_000).toISOString() }
      : result,
  )
  const turns = turnsOf(alone) ?? assert.fail()
  assert.equal(turnsOf(late), (turns * 4) / 5)
})
