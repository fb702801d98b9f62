/**
 * 200 runs of a machine on which every scheme costs the same, through the whole analysis: what is found in them is
 * a false alarm. Server processes differ by 13 %, blocks by another 10 %, as on a small shared machine.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Comparison, compareWithControl, ownErrors } from '../figures/comparisons.ts'
import { recordsByArm } from '../figures/records.ts'
import type { Run, TrialResult } from '../record/types.ts'
import { rangeCoverage } from '../stats/median-interval.ts'
import { median } from '../stats/quantiles.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import type { Summary } from './schema.ts'
import { summarize } from './summarize.ts'

const RUNS = 200
const equalRun = (seed: number, blocks: number) =>
  syntheticRun({ experiments: ['cost'], equal: true, noise: 0.13, drift: 0.1, blocks, seed })

type Compared = Pick<Summary['arms'][number], 'authTaxUs' | 'throughputVsControl'>

function comparisons(arms: readonly Compared[]): { comparison: Comparison; neutral: number }[] {
  return arms.flatMap(({ authTaxUs, throughputVsControl }) => [
    ...(authTaxUs ? [{ comparison: authTaxUs, neutral: 0 }] : []),
    ...(throughputVsControl ? [{ comparison: throughputVsControl, neutral: 1 }] : []),
  ])
}

const share = (all: readonly boolean[]) => all.filter(Boolean).length / all.length

function excludes({ comparison: { estimate }, neutral }: ReturnType<typeof comparisons>[number]): boolean {
  return estimate.lo > neutral || estimate.hi < neutral
}

for (const blocks of [5, 10]) {
  // Of each run only what is asked about: four hundred of them would fill the memory.
  const runs = Array.from({ length: RUNS }, (_, seed) => {
    const one = equalRun(seed + 1, blocks)
    const schemes = [...new Set(one.run.plan.map(({ arm }) => arm.scheme))].slice(1)
    return {
      compared: comparisons(summarize(one.run, one.results).arms),
      byItself: schemes.map((scheme) => comparisons(against(one, scheme))),
    }
  })

  test(`${blocks} blocks: 95 % intervals exclude "no difference" in 5 ± 2 % of comparisons`, () => {
    const falsely = share(runs.flatMap(({ compared }) => compared).map(excludes))
    assert.ok(falsely > 0.03 && falsely < 0.07, `${falsely}`)
  })

  test(`${blocks} blocks: p of a comparison by itself is below 5 % in 5 ± 2 % of them`, () => {
    const pValues = runs.flatMap(({ byItself }) => byItself.flat().map(({ comparison }) => comparison.p))
    assert.equal(pValues.length, RUNS * (runs[0]?.byItself.length ?? 0) * 2)
    const falsely = share(pValues.map((p) => p !== null && p < 0.05))
    assert.ok(falsely > 0.03 && falsely < 0.07, `${falsely}`)
  })

  test(`${blocks} blocks: at most 5 % of runs call anything detected, and none of the tests above decides alone`, () => {
    const detecting = (of: (comparison: Comparison) => boolean) =>
      share(runs.map(({ compared }) => compared.some(({ comparison }) => of(comparison))))
    assert.ok(detecting(({ detected }) => detected) <= 0.05)
    assert.ok(share(runs.map(({ compared }) => compared.some(excludes))) > 0.2)
  })
}

test('the own error holds "no difference" as often as five blocks can, and the variation is what was put in', () => {
  const errors = Array.from({ length: 1_000 }, (_, seed) => {
    const { run, results } = equalRun(seed, 5)
    return ownErrors(recordsByArm(run, results))
  })
  const held = share(errors.map((aa) => aa !== null && aa.cpuRatio.lo <= 1 && 1 <= aa.cpuRatio.hi))
  assert.ok(Math.abs(held - rangeCoverage(5)) < 0.025, `${held}`)
  const variation = median(errors.map((aa) => aa?.throughputVariation ?? 0))
  assert.ok(Math.abs(variation - Math.hypot(0.13, 0.1)) < 0.015, `${variation}`)
})

/** The run as if this scheme alone had been compared, so that its family has one member. */
function against({ run, results }: { run: Run; results: TrialResult[] }, scheme: string): Compared[] {
  const all = recordsByArm(run, results).filter(({ arm }) => arm.scheme === scheme || arm.scheme === 'none')
  return [...compareWithControl(all, ownErrors(all)).values()]
}
