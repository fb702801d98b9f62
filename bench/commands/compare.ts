/** `npm run compare -- A B [C…]`: reads the runs, says whether they are comparable, and what differs. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { isSameMachine } from '../compare/alike.ts'
import { type Condition, failures, placed } from '../compare/conditions.ts'
import { comparability, isComparable } from '../compare/differences.ts'
import { comparisons, markdownComparison, terminalComparison } from '../compare/text.ts'
import { AuthscaleError } from '../errors.ts'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { publishedFolder, resultsFolder } from '../places.ts'
import { readPlansIn, readRun } from '../record/run-dir.ts'
import type { Run } from '../record/types.ts'

interface ComparingOptions {
  failOn?: Condition[]
  markdown?: boolean
  json?: boolean
}

/**
 * Exit code 1 where a condition of `--fail-on` is met, or cannot be judged: a check that could not look is not green.
 *
 * @throws AuthscaleError TOO_FEW_RUNS, RUN_NOT_FOUND, and what reading a run can throw
 */
export async function compare(names: readonly string[], options: ComparingOptions): Promise<void> {
  if (names.length < 2) {
    const message = 'name two runs at least: npm run compare -- <run> <run>'
    throw new AuthscaleError('TOO_FEW_RUNS', message, { exitCode: 2 })
  }
  const runs = await Promise.all(names.map((name) => comparableRun(folderOf(name))))
  const compared = comparisons(runs, await ofTheMachine(runs[0]?.run))
  const asked = options.failOn ?? []
  const failed = compared.flatMap(({ ratios, differences, other }) => {
    if (asked.length === 0) return []
    if (!isComparable(differences)) return [`${other.run.id} cannot be judged. ${comparability(differences)}`]
    const unknown = asked.filter(({ metric }) => !ratios.some((one) => one.metric === metric && one.judged))
    const takes =
      'that takes figures of both runs, three blocks and two controls, and for capacity an equally fast machine'
    return [
      ...unknown.map(({ metric }) => `${other.run.id} cannot be judged by ${metric}: ${takes}`),
      ...failures(ratios, asked).map((sentence) => `${other.run.id}: ${sentence}`),
    ]
  })
  console.log(print(compared, failed, options))
  for (const { ratios, other } of compared) {
    const open = ratios.filter(({ metric, judged }) => !judged && asked.some((one) => one.metric === metric))
    for (const one of open)
      console.error(`note: ${other.run.id}: ${one.metric} of ${placed(one)} cannot be judged`)
  }
  for (const sentence of failed) console.error(`error: ${sentence}`)
  if (failed.length > 0) process.exitCode = 1
}

function print(
  compared: ReturnType<typeof comparisons>,
  failed: readonly string[],
  { json, markdown }: ComparingOptions,
): string {
  if (json) {
    const plain = compared.map(({ base, other, differences, pace, known, ratios }) => {
      const ids = { base: base.run.id, other: other.run.id }
      const widenedBy = known && { ...known, of: Object.fromEntries(known.of) }
      return { ...ids, comparable: isComparable(differences), differences, pace, widenedBy, ratios }
    })
    return JSON.stringify({ comparisons: plain, failed }, null, 2)
  }
  return compared.map(markdown ? markdownComparison : terminalComparison).join('\n\n')
}

/** A folder, or the id of a run below `results/`. */
function folderOf(name: string): string {
  const places = [name, path.join(resultsFolder, name), path.join(publishedFolder, name)]
  return places.find((place) => existsSync(place)) ?? name
}

/** A run as comparisons and lists of runs read it. @throws what reading a run can throw */
async function comparableRun(folder: string): Promise<RunWithRows> {
  const { run, results } = await readRun(folder)
  return runWithRows(run, results)
}

/** The runs below `results/` that say what runs of the machine differ by; those that cannot be read say nothing. */
async function ofTheMachine(of: Run | undefined): Promise<RunWithRows[]> {
  const plans = (await Promise.all([resultsFolder, publishedFolder].map(readPlansIn))).flat()
  const alike = plans.filter(({ run }) => of && run.finishedAt !== null && isSameMachine(of, run))
  const read = alike.map(({ folder }) =>
    comparableRun(folder).then(
      (run) => [run],
      () => [],
    ),
  )
  return (await Promise.all(read)).flat()
}
