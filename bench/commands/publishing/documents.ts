/** What the README and the pages of `docs/` show of published runs: everything between their marks, and nothing else. Pure. */
import { overRunsSentence } from '../../compare/over-runs-text.ts'
import { byMachine, claimsTable, type Machine, shortClaims } from '../../compare/verdicts.ts'
import { basisOf } from '../../decide/basis.ts'
import { choiceText } from '../../decide/sentences.ts'
import { AuthscaleError } from '../../errors.ts'
import { costSentence } from '../../experiments/cost/answer.ts'
import { predictionsText } from '../../experiments/replicas/section.ts'
import { ROLES } from '../../experiments/roles.ts'
import { armsIn } from '../../figures/records.ts'
import type { RunWithRows } from '../../figures/rows.ts'
import { PAGE_FILE, PLAN_CHECK_FILE } from '../../record/run-dir.ts'
import type { LoadCheck, PlanCheck, Run, VerifyRecord } from '../../record/types.ts'
import { charts } from '../../report/charts.ts'
import type { Summary } from '../../report/schema.ts'
import type { Interval } from '../../stats/median-interval.ts'
import type { Trade } from '../../trade/schema.ts'
import { tradeTable } from '../../trade/section.ts'
import { heldMarkdown, heldSentences } from '../../verify/plans/table.ts'
import { code, counted, figure, machine, withRange } from '../../words/format.ts'
import { markdownTable } from '../../words/tables.ts'

/** By what each is about, its path from the root of the project. */
export const DOCUMENTS = {
  front: 'README.md',
  findings: 'docs/findings.md',
  planning: 'docs/planning.md',
  instrument: 'docs/instrument.md',
} as const

/** The text of each. */
export type Documents = Record<keyof typeof DOCUMENTS, string>

export interface Sources {
  /** Whose charts and tables are shown. */
  main: Shown
  /** All other published runs that can be read: what is said of claims and of the machine is said over those that are alike. */
  others: readonly Shown[]
  /** All of them, as they are compared. */
  published: readonly RunWithRows[]
  /** What the proofs of the instrument said, beside which run. */
  checks: { runDir: string; load: LoadCheck; proofs: VerifyRecord }
  /** What plans said of fleets that were started then; null where no check is published. */
  held: { runDir: string; check: PlanCheck } | null
}

/**
 * The same sources give the same texts, so that a test can hold the documents to them.
 *
 * @throws AuthscaleError BAD_README for one without its marks, SHORT_RUN for a run that is never published
 */
export function updated(documents: Documents, { main, others, published, checks, held }: Sources): Documents {
  const proven = updateVerify(documents.instrument, checks)
  return {
    front: updateFront(documents.front, main, others, published),
    findings: updateFindings(documents.findings, main, others),
    planning: updatePlanCheck(documents.planning, held),
    instrument: updateLoadCheck(proven, checks.load),
  }
}

/** From a page of `docs/` to what lies below the root. */
const fromDocs = (file: string) => `../${file}`

/** A published run, as the README shows it. */
export interface Shown {
  /** Path of the run from the README, e.g. `results/published/2026-01-02-amd-epyc-2-cores`. */
  runDir: string
  run: Run
  summary: Summary
}

/** A screenshot of what a reader sees first, from the README. */
export const PICTURE_FILE = 'results/page.png'

/** Smaller than it is: a page of text is not as wide. */
const PICTURE_HTML = `<a href="results/index.html"><img src="${PICTURE_FILE}" width="720" alt="The first screen over all published runs"></a>`

/** The front page: what to choose, and what was found of the claims in short. */
export function updateFront(
  text: string,
  main: Shown,
  others: readonly Shown[] = [],
  published: readonly RunWithRows[] = [],
): string {
  refuseShort([main, ...others])
  const own = machineOf(main, newest(others))
  return replaceBetween(text, 'figures', [
    ...choice(published, tradeOf([main, ...others])),
    PICTURE_HTML,
    ...overLoad([main, ...newest(others)], published),
    ...(own ? [shortClaims(own, main.summary.claims.length, `${DOCUMENTS.findings}#claims`)] : []),
  ])
}

/** All schemes and all claims, with the runs behind them. */
export function updateFindings(text: string, main: Shown, others: readonly Shown[] = []): string {
  refuseShort([main, ...others])
  const all = newest(others)
  const { run, summary } = main
  const runDir = fromDocs(main.runDir)
  const chart = (name: string, alt: string) =>
    charts[name]?.draw(run, summary) ? [`![${alt}](${runDir}/charts/${name}.svg)`] : []
  return replaceBetween(text, 'findings', [
    '## Every scheme',
    ...trade(runDir, summary),
    '## At saturation',
    SATURATION,
    ...chart('cpu', 'CPU of a request at saturation under each scheme, by tier, with the auth tax'),
    ...chart('capacity', 'The arrival rate up to which each scheme keeps the SLO'),
    `Medians of ${counted(blocksOf(run), 'block')} with their intervals; \`~\` is a difference that was not detected. ` +
      `Measured on ${machine(run.environment)}: [the page](${runDir}/${PAGE_FILE}) and [the same as text](${runDir}/report.md).`,
    ...verdicts(main, all),
    ...foretold([main, ...all]),
  ])
}

const newest = (runs: readonly Shown[]) =>
  runs.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))

function refuseShort(shown: readonly Shown[]): void {
  for (const { runDir, run } of shown) {
    if (run.profile === 'standard' || run.profile === 'full') continue
    const message = `${runDir} is a ${run.profile} run, which is never published: use a standard or full one`
    throw new AuthscaleError('SHORT_RUN', message)
  }
}

/** With the sentence on the load generator taken from the file that `npm run verify:load` wrote. */
function updateLoadCheck(
  text: string,
  { ratio, pairs, cpuUsPerRequest, passed, tolerance, openLoop }: LoadCheck,
): string {
  const verdict = ` That differs by more than the ${tolerance * 100} % allowed, so the check failed on this machine.`
  const us = (value: number | null) => (value === null ? 'an unknown number of' : value.toFixed(1))
  const interval = (of: Interval, digits: number) => withRange(of, (value) => value.toFixed(digits))
  const open = openLoop
    ? ` Its open loop, which works less at a time and sleeps in between, takes ${interval(openLoop.cpuUsPerRequest, 1)} at ` +
      `${figure(openLoop.arrivalsPerSec)} requests/s of ${figure(openLoop.users)} users.`
    : ''
  return replaceBetween(text, 'load-check', [
    `At length, with \`npm run verify:load\`, the generator reached ${interval(ratio, 3)} of wrk’s throughput over ${pairs.length} pairs, ` +
      `at ${us(cpuUsPerRequest.generator)} CPU µs a request; wrk takes ${us(cpuUsPerRequest.wrk)}.${passed ? '' : verdict}${open}`,
  ])
}

/** With the table of proofs from the file that `npm run verify` wrote. */
function updateVerify(text: string, { runDir, proofs: { verdicts, seconds } }: Sources['checks']): string {
  const word = (passed: boolean | null) => (passed === null ? 'unclear' : passed ? 'passed' : '**failed**')
  const head = ['proof', 'what it shows', 'expected', 'measured', 'verdict']
  const rows = verdicts.map(({ proof, shows, expected, measured, passed }) => {
    return [code(proof), shows, expected, measured, word(passed)]
  })
  const where = `In ${Math.round(seconds)} s, beside [this run](${fromDocs(runDir)}/report.md).`
  return replaceBetween(text, 'verify', [markdownTable({ head, rows }, 'text'), where])
}

/** With what plans said of fleets that were started then; nothing between the marks where no check is published. */
function updatePlanCheck(text: string, found: Sources['held']): string {
  if (!found) return replaceBetween(text, 'plan-check', [])
  const { runDir, check } = found
  const day = check.startedAt.slice(0, 10)
  const where = `[All of it](${fromDocs(runDir)}/${PLAN_CHECK_FILE}), of ${day}, on ${machine(check.environment)}.`
  return replaceBetween(text, 'plan-check', [heldMarkdown(check), `${heldSentences(check)} ${where}`])
}

/** The text with everything between the marks of that name replaced. @throws AuthscaleError BAD_README without them */
export function replaceBetween(text: string, name: string, parts: readonly string[]): string {
  const [startMark, endMark] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const start = text.indexOf(startMark)
  const end = text.indexOf(endMark)
  if (start === -1 || end < start) {
    const message = `a document lacks ${startMark} followed by ${endMark}: put them where the figures belong`
    throw new AuthscaleError('BAD_README', message)
  }
  return `${text.slice(0, start + startMark.length)}\n${parts.join('\n\n')}\n${text.slice(end)}`
}

/** What the first of the runs that measured any found of guarantees. */
const tradeOf = (shown: readonly Shown[]) =>
  shown.find(({ summary: { trade } }) => trade.length > 0)?.summary.trade ?? []

function choice(published: readonly RunWithRows[], trade: Trade): string[] {
  const basis = basisOf(published)
  const text = basis && choiceText(basis, { trade })
  return text ? [text] : []
}

/** What a request costs at the loads that services run at: over the runs that are alike, else of the first that took turns. */
function overLoad(shown: readonly Shown[], published: readonly RunWithRows[]): string[] {
  const overRuns = overRunsSentence(published)
  if (overRuns !== null) return [overRuns]
  for (const { runDir, run, summary } of shown) {
    const sentence = costSentence(summary.costCurves, code)
    if (sentence === null) continue
    return [
      sentence,
      `Measured on ${machine(run.environment)}: [cost over load](${runDir}/report.md#cost-over-load). One run, of one hour: another ` +
        'may differ by more than its intervals.',
    ]
  }
  return []
}

const SATURATION =
  'From the closed loop, in which every connection sends again as soon as it is answered: no service runs there.'

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
    if (text)
      return [
        '## Predicted before measured',
        `${text} [Replicas](${fromDocs(runDir)}/report.md#replicas) of that run.`,
      ]
  }
  return []
}

/** Of each claim what all runs of this machine say together, and each of them by itself. */
function verdicts(main: Shown, others: readonly Shown[]): string[] {
  const own = machineOf(main, others)
  if (!own) return []
  const { claims } = main.summary
  const open = claims.length - own.verdicts.filter(({ verdict }) => verdict !== 'undecided').length
  const folders = new Map([main, ...others].map(({ runDir, run }) => [run.id, fromDocs(runDir)]))
  return [
    '## Claims',
    `${counted(claims.length, 'claim')} of a widely read article and its comments, each with a test that was fixed ` +
      `beforehand, over ${counted(own.runs.length, 'published run')} of ${own.machine}` +
      `${open > 0 ? `; not measured: ${open}` : ''}. A verdict is one of all runs that can carry it, and takes half of those that ` +
      `measured it at least, and no contradiction; [what each run says](${fromDocs(RESULTS)}#claims) stands beside it.`,
    claimsTable(own, (run) => `${folders.get(run.id)}/report.md#claims`),
  ]
}

/** The machine of the first with all its runs; null where none of its claims was measured. */
function machineOf(main: Shown, others: readonly Shown[]): Machine | null {
  const all = [main, ...others].map(({ run, summary: { claims } }) => ({ run, claims }))
  const own = byMachine(all).find(({ runs }) => runs.some(({ run }) => run.id === main.run.id))
  return own?.verdicts.some(({ verdict }) => verdict !== 'undecided') ? own : null
}

const RESULTS = 'results/README.md'
