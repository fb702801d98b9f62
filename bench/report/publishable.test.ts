/** What stands against publishing a run: each reason by itself, and none for a good one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Run, TrialResult } from '../record/types.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { withTurns } from '../testing/synthetic-turns.ts'
import { reasonsAgainst } from './publishable.ts'
import { summarize } from './summarize.ts'

function reasons(
  options: SyntheticOptions = {},
  { change = (run: Run) => run, keep = (results: TrialResult[]) => results, names = [] as string[] } = {},
): string[] {
  const { run, results } = syntheticRun({ experiments: ['cost'], ...options })
  const clean = { ...run, environment: { ...run.environment, gitCommit: 'abc', gitDirty: false } }
  const [changed, kept] = [change(clean), keep(results)]
  return reasonsAgainst(changed, summarize(changed, kept), kept, names)
}

const only = (found: readonly string[], says: RegExp) => {
  assert.equal(found.length, 1, found.join('\n'))
  assert.match(found[0] ?? '', says)
}

test('nothing stands against a whole standard run of a quiet machine', () => {
  assert.deepEqual(reasons(), [])
})

test('too short, unfinished, with holes, from changed code', () => {
  assert.ok(reasons({ profile: 'smoke' }).some((reason) => /smoke run is too short/.test(reason)))
  only(reasons({}, { change: (run) => ({ ...run, finishedAt: null }) }), /not finished.*--resume/)
  only(reasons({}, { keep: (results) => results.slice(0, -2) }), /2 trials of 55 without a figure/)
  const dirty = (run: Run) => ({ ...run, environment: { ...run.environment, gitDirty: true } })
  only(reasons({}, { change: dirty }), /uncommitted changes/)
  const unknown = (run: Run) => ({ ...run, environment: { ...run.environment, gitCommit: null } })
  only(reasons({}, { change: unknown }), /which commit/)
})

/** A standard run with turns, whose host is as uneven as asked. */
function inTurns(hostSd: number, keep: (results: TrialResult[]) => TrialResult[] = (results) => results) {
  const costUs = (scheme: string) => ({ 'session-redis': 400, 'jwt-hs256': 200 })[scheme] ?? 120
  const asked = { ratesPerSec: [100, 500], handlerUs: [300], hostSd }
  const schemes = ['none', 'session-redis', 'jwt-hs256']
  return reasons({ blocks: 4, schemes }, { keep: (results) => keep(withTurns(results, costUs, asked)) })
}

test('with an answer it is its precision that counts, and not how many trials were planned', () => {
  assert.deepEqual(inTurns(0.1), [])
  assert.deepEqual(
    inTurns(0.1, (results) => results.slice(0, -1)),
    [],
  )
  const withoutOne = inTurns(0.1, (results) =>
    results.filter(({ trial: { arm } }) => arm.scheme !== 'jwt-hs256'),
  )
  only(withoutOne, /none of cost\/jwt-hs256: go on with/)
  only(inTurns(0.8), /what the dearer of the two adds is known to ± \d+ % only, and 50 % is the most/)
})

test('two identical controls that differ are a disturbed machine; one control is none', () => {
  const uneven = (result: TrialResult): TrialResult =>
    result.ok && result.trial.arm.twin
      ? {
          ...result,
          measurement: { ...result.measurement, throughputPerSec: 2 * result.measurement.throughputPerSec },
        }
      : result
  only(reasons({ change: uneven }), /two identical controls differed in throughput \(20\d %/)
  const without = {
    change: (run: Run) => ({ ...run, plan: run.plan.filter(({ arm }) => !arm.twin) }),
    keep: (results: TrialResult[]) => results.filter(({ trial }) => !trial.arm.twin),
  }
  only(reasons({}, without), /not measured twice/)
})

test('two blocks of saturation tell equal arms not apart; turns do, at each point', () => {
  const twice =
    (of: 'throughputPerSec') =>
    (result: TrialResult): TrialResult =>
      result.ok && result.trial.arm.twin
        ? { ...result, measurement: { ...result.measurement, [of]: 1.1 * result.measurement[of] } }
        : result
  assert.deepEqual(reasons({ blocks: 2, change: twice('throughputPerSec') }), [])
  const dearer = (results: TrialResult[]) =>
    results.map((result) => {
      const { cpuUs } = (result.ok && result.trial.arm.twin && result.turns) || {}
      if (!result.ok || !result.turns || !cpuUs) return result
      const replicas = cpuUs.replicas?.map((us) => us && 1.5 * us) ?? null
      return { ...result, turns: { ...result.turns, cpuUs: { ...cpuUs, replicas } } }
    })
  const found = inTurns(0.02, dearer)
  assert.ok(
    found.length > 0 &&
      found.every((one) => /turns of two identical controls differed by [\d.]+ µs at/.test(one)),
    found.join(),
  )
})

test('names of machines and people are found wherever they stand; words that hold them are not', () => {
  const noted = (note: string) => ({
    change: (run: Run) => ({ ...run, notes: [note] }),
    names: ['buildbox', 'ann'],
  })
  only(reasons({}, noted('measured on buildbox')), /“buildbox” in notes/)
  only(reasons({}, noted('see /home/someone/run')), /“\/home\/someone” in notes/)
  assert.deepEqual(reasons({}, noted('annual buildboxes of joann')), [])
})
