/** `npm run readme`: takes what the README shows from published runs. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { overRunsSentence } from '../compare/over-runs-text.ts'
import { byMachine, claimsTable } from '../compare/verdicts.ts'
import { basisOf } from '../decide/basis.ts'
import { choiceText } from '../decide/sentences.ts'
import { AuthscaleError } from '../errors.ts'
import { costSentence } from '../experiments/cost/answer.ts'
import { predictionsText } from '../experiments/replicas/section.ts'
import { ROLES } from '../experiments/roles.ts'
import { armsIn } from '../figures/records.ts'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { pictureOf } from '../page/picture.ts'
import { writeFileDurably } from '../record/durable.ts'
import {
  PAGE_FILE,
  PLAN_CHECK_FILE,
  readLoadCheck,
  readRun,
  readVerify,
  type StoredRun,
} from '../record/run-dir.ts'
import type { LoadCheck, PlanCheck, Run, VerifyRecord } from '../record/types.ts'
import { charts } from '../report/charts.ts'
import type { Summary } from '../report/schema.ts'
import { summarize } from '../report/summarize.ts'
import type { Interval } from '../stats/median-interval.ts'
import { tradeTable } from '../trade/section.ts'
import { heldMarkdown, heldSentences } from '../verify/plans/table.ts'
import { code, counted, figure, machine, withRange } from '../words/format.ts'
import { markdownTable } from '../words/tables.ts'
import { newestPlanCheck } from './plan-source.ts'
import { readPublished } from './read-published.ts'

/** A published run, as the README shows it. */
interface Shown {
  /** Path of the run from the README, e.g. `results/published/2026-01-02-amd-epyc-2-cores`. */
  runDir: string
  run: Run
  summary: Summary
}

/** A screenshot of what a reader sees first, from the README. */
export const PICTURE_FILE = 'results/page.png'

/**
 * The README with everything between its two marks replaced by charts and tables of the run; the rest stays as it is.
 * The same runs give the same text, so that a test can hold the README to it.
 *
 * @param others all other published runs that can be read: what is said of claims and of the machine is said over those that are alike
 * @param published all of them, as they are compared
 * @throws AuthscaleError BAD_README without the marks, SHORT_RUN for a run that is never published
 */
export function updateReadme(
  readme: string,
  main: Shown,
  others: readonly Shown[] = [],
  published: readonly RunWithRows[] = [],
): string {
  for (const { runDir, run } of [main, ...others]) {
    if (run.profile === 'standard' || run.profile === 'full') continue
    const message = `${runDir} is a ${run.profile} run, which is never published: use a standard or full one`
    throw new AuthscaleError('SHORT_RUN', message)
  }
  const newestFirst = others.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
  return replaceBetween(readme, 'figures', figures(main, newestFirst, published))
}

/** The README with its sentence on the load generator taken from the file that `npm run verify:load` wrote. */
export function updateLoadCheck(
  readme: string,
  { ratio, pairs, cpuUsPerRequest, passed, tolerance, openLoop }: LoadCheck,
): string {
  const verdict = ` That differs by more than the ${tolerance * 100} % allowed, so the check failed on this machine.`
  const us = (value: number | null) => (value === null ? 'an unknown number of' : value.toFixed(1))
  const interval = (of: Interval, digits: number) => withRange(of, (value) => value.toFixed(digits))
  const open = openLoop
    ? ` Its open loop, which works less at a time and sleeps in between, takes ${interval(openLoop.cpuUsPerRequest, 1)} at ` +
      `${figure(openLoop.arrivalsPerSec)} requests/s of ${figure(openLoop.users)} users.`
    : ''
  return replaceBetween(
    readme,
    'load-check',
    `At length, with \`npm run verify:load\`, the generator reached ${interval(ratio, 3)} of wrk’s throughput over ${pairs.length} pairs, ` +
      `at ${us(cpuUsPerRequest.generator)} CPU µs a request; wrk takes ${us(cpuUsPerRequest.wrk)}.${passed ? '' : verdict}${open}`,
  )
}

/**
 * The README with the table of proofs from the file that `npm run verify` wrote.
 *
 * @param runDir path of the run from the README that the file lies beside
 */
export function updateVerify(readme: string, runDir: string, { verdicts, seconds }: VerifyRecord): string {
  const word = (passed: boolean | null) => (passed === null ? 'unclear' : passed ? 'passed' : '**failed**')
  const head = ['proof', 'what it shows', 'expected', 'measured', 'verdict']
  const rows = verdicts.map(({ proof, shows, expected, measured, passed }) => {
    return [code(proof), shows, expected, measured, word(passed)]
  })
  const where = `In ${Math.round(seconds)} s, beside [this run](${runDir}/report.md).`
  return replaceBetween(readme, 'verify', `${markdownTable({ head, rows }, 'text')}\n\n${where}`)
}

/**
 * The README with what plans said of fleets that were started then; nothing between the marks where no check is published.
 *
 * @param runDir path of the run from the README that the file lies beside
 */
export function updatePlanCheck(readme: string, found: { runDir: string; check: PlanCheck } | null): string {
  if (!found) return replaceBetween(readme, 'plan-check', '')
  const { runDir, check } = found
  const day = check.startedAt.slice(0, 10)
  const where = `[All of it](${runDir}/${PLAN_CHECK_FILE}), of ${day}, on ${machine(check.environment)}.`
  return replaceBetween(readme, 'plan-check', `${heldMarkdown(check)}\n\n${heldSentences(check)} ${where}`)
}

/** The text with everything between the marks of that name replaced. @throws AuthscaleError BAD_README without them */
export function replaceBetween(readme: string, name: string, content: string): string {
  const [startMark, endMark] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const start = readme.indexOf(startMark)
  const end = readme.indexOf(endMark)
  if (start === -1 || end < start) {
    const message = `the README lacks ${startMark} followed by ${endMark}: put them where the figures belong`
    throw new AuthscaleError('BAD_README', message)
  }
  return `${readme.slice(0, start + startMark.length)}\n${content}\n${readme.slice(end)}`
}

function figures(main: Shown, others: readonly Shown[], published: readonly RunWithRows[]): string {
  const { runDir, run, summary } = main
  const chart = (name: string, alt: string) =>
    charts[name]?.draw(run, summary) ? [`![${alt}](${runDir}/charts/${name}.svg)`] : []
  return [
    ...overLoad([main, ...others], published),
    `[![The first screen over all published runs](${PICTURE_FILE})](results/index.html)`,
    ...chart('cpu', 'CPU of a request at saturation under each scheme, by tier, with the auth tax'),
    ...chart('capacity', 'The arrival rate up to which each scheme keeps the SLO'),
    `Medians of ${counted(blocksOf(run), 'block')} with their intervals; \`~\` is a difference that was not detected. ` +
      `Measured on ${machine(run.environment)}: [the page](${runDir}/${PAGE_FILE}) and [the same as text](${runDir}/report.md).`,
    ...verdicts(main, others),
    ...trade(runDir, summary),
    ...foretold([main, ...others]),
  ].join('\n\n')
}

/** What to choose, and what a request costs at the loads that services run at: over the runs that are alike, else of the first that took turns. */
function overLoad(shown: readonly Shown[], published: readonly RunWithRows[]): string[] {
  const overRuns = overRunsSentence(published)
  const basis = basisOf(published)
  const choice = basis && choiceText(basis)
  if (overRuns !== null) return [...(choice ? [choice] : []), overRuns, SATURATION]
  for (const { runDir, run, summary } of shown) {
    const sentence = costSentence(summary.costCurves, code)
    if (sentence === null) continue
    return [
      sentence,
      `Measured on ${machine(run.environment)}: [cost over load](${runDir}/report.md#cost-over-load). One run, of one hour: another ` +
        `may differ by more than its intervals. ${SATURATION}`,
    ]
  }
  return []
}

const SATURATION =
  'The CPU figures that follow are from the closed loop, at saturation, where no service runs.'

function blocksOf({ plan }: Run): number {
  return Math.max(...armsIn(plan, ROLES.cost).map(({ block }) => block + 1))
}

/** Only of a run that measured more than costs. */
function trade(runDir: string, summary: Summary): string[] {
  if (summary.trade.length === 0) return []
  const report = `[the report](${runDir}/report.md#the-trade-on-one-page)`
  const note = `the trials behind it, intervals and conditions are in ${report}.`
  return [markdownTable(tradeTable(summary.trade), 'text'), `Each cell was measured, except –; ${note}`]
}

/** The first run that has something foretold: a chart by itself says nothing of what it is worth. */
function foretold(shown: readonly Shown[]): string[] {
  for (const { runDir, summary } of shown) {
    const text = predictionsText(summary.predictions)
    if (text) return [`${text} [Replicas](${runDir}/report.md#replicas) of that run.`]
  }
  return []
}

/** Of each claim what all runs of this machine say together, and each of them by itself. */
function verdicts(main: Shown, others: readonly Shown[]): string[] {
  const all = [main, ...others]
  const machines = byMachine(all.map(({ run, summary: { claims } }) => ({ run, claims })))
  const own = machines.find(({ runs }) => runs.some(({ run }) => run.id === main.run.id))
  const decided = own?.verdicts.filter(({ verdict }) => verdict !== 'undecided').length ?? 0
  if (!own || decided === 0) return []
  const open = main.summary.claims.length - decided
  const folders = new Map(all.map(({ runDir, run }) => [run.id, runDir]))
  return [
    `${counted(main.summary.claims.length, 'claim')} of a widely read article and its comments, each with a test that was fixed ` +
      `beforehand, over ${counted(own.runs.length, 'published run')} of ${own.machine}` +
      `${open > 0 ? `; not measured: ${open}` : ''}. A verdict is one of all runs that can carry it, and takes half of those that ` +
      `measured it at least, and no contradiction; [what each run says](${RESULTS}#claims) stands beside it.`,
    claimsTable(own, (run) => `${folders.get(run.id)}/report.md#claims`),
  ]
}

const RESULTS = 'results/README.md'

/** `npm run readme -- <run> [checks]`: claims are those of all published runs of its machine. */
export async function readme(folder: string, checks = folder): Promise<void> {
  const file = fileURLToPath(new URL('../../README.md', import.meta.url))
  const fromReadme = (dir: string) =>
    path.relative(path.dirname(file), path.resolve(dir)).split(path.sep).join('/')
  const shownOf = (dir: string, { run, results }: StoredRun): Shown => ({
    ...{ runDir: fromReadme(dir), run },
    summary: summarize(run, results),
  })
  const { read } = await readPublished()
  const all = read.map(({ folder, stored }) => ({ ...shownOf(folder, stored), results: stored.results }))
  const others = all.filter(({ runDir }) => runDir !== fromReadme(folder))
  const runs = all.map(({ run, results, summary }) => runWithRows(run, results, summary.costCurves))
  const main = shownOf(folder, await readRun(folder))
  const shown = updateReadme(await readFile(file, 'utf8'), main, others, runs)
  const checked = updateLoadCheck(shown, await readLoadCheck(checks))
  const proven = updateVerify(checked, fromReadme(checks), await readVerify(checks))
  const held = await newestPlanCheck(read.map(({ folder }) => folder))
  const planned = held && { runDir: fromReadme(held.folder), check: held.check }
  await writeFileDurably(file, updatePlanCheck(proven, planned))
  const beside = (name: string) => path.join(path.dirname(file), name)
  await pictureOf(beside('results/index.html'), beside(PICTURE_FILE))
  console.log(`README.md shows ${fromReadme(folder)} now`)
}
