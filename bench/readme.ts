/** Puts the figures of a published run into the README, so that nobody types a number. */
import { AuthscaleError } from './errors.ts'
import { claimsTable } from './report/claims.ts'
import { counted, figure, machine } from './report/format.ts'
import { predictionsText } from './report/scaling-section.ts'
import { costTable, markdownTable } from './report/tables.ts'
import { tradeTable } from './report/trade-section.ts'
import type { Interval } from './stats/median-interval.ts'
import type { LoadCheck, Run, Summary, VerifyRecord } from './types.ts'

/**
 * The README with everything between its two marks replaced by charts and tables of the run; the rest stays as it is.
 * The same run gives the same text, so that a test can hold the README to it.
 *
 * @param runDir path of the run from the README, e.g. `results/published/2026-01-02-amd-epyc-2-cores`
 * @throws AuthscaleError BAD_README without the marks, SHORT_RUN for a run that is never published
 */
export function updateReadme(readme: string, runDir: string, run: Run, summary: Summary): string {
  if (run.profile !== 'standard' && run.profile !== 'full') {
    throw new AuthscaleError(
      'SHORT_RUN',
      `${runDir} is a ${run.profile} run, which is never published: use a standard or full one`,
    )
  }
  return replaceBetween(readme, 'figures', figures(runDir, run, summary))
}

/**
 * The README with its sentence on the load generator taken from the file that `npm run verify:load` wrote.
 *
 * @throws AuthscaleError BAD_README without the marks
 */
export function updateLoadCheck(
  readme: string,
  { ratio, pairs, cpuUsPerRequest, passed, tolerance, openLoop }: LoadCheck,
): string {
  const verdict = ` That is more than the ${tolerance * 100} % that it may differ by: on this machine, then, the check failed.`
  const us = (value: number | null) => (value === null ? 'an unknown number of' : value.toFixed(1))
  const interval = ({ value, lo, hi }: Interval, digits: number) =>
    `${value.toFixed(digits)} (${lo.toFixed(digits)} to ${hi.toFixed(digits)})`
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
 * @throws AuthscaleError BAD_README without the marks
 */
export function updateVerify(readme: string, runDir: string, { verdicts, seconds }: VerifyRecord): string {
  const word = (passed: boolean | null) => (passed === null ? 'unclear' : passed ? 'passed' : '**failed**')
  const rows = verdicts.map(({ proof, shows, expected, measured, passed }) => [
    `\`${proof}\``,
    shows,
    expected,
    measured,
    word(passed),
  ])
  const table = markdownTable(
    { head: ['proof', 'what it shows', 'expected', 'measured', 'verdict'], rows },
    'text',
  )
  return replaceBetween(
    readme,
    'verify',
    `${table}\n\nIn ${Math.round(seconds)} s, beside [this run](${runDir}/report.md).`,
  )
}

function replaceBetween(readme: string, name: string, content: string): string {
  const [startMark, endMark] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const start = readme.indexOf(startMark)
  const end = readme.indexOf(endMark)
  if (start === -1 || end < start) {
    throw new AuthscaleError(
      'BAD_README',
      `the README lacks ${startMark} followed by ${endMark}: put them where the figures belong`,
    )
  }
  return `${readme.slice(0, start + startMark.length)}\n${content}\n${readme.slice(end)}`
}

function figures(runDir: string, run: Run, summary: Summary): string {
  const blocks = Math.max(
    ...run.plan.filter(({ arm }) => arm.experiment === 'cost').map(({ block }) => block + 1),
  )
  return [
    `![CPU of a request under each scheme, by tier, with the auth tax](${runDir}/charts/cpu.svg)`,
    markdownTable(costTable(summary)),
    `Medians of ${counted(blocks, 'block')} with their intervals; \`~\` is a difference that was not detected. ` +
      `Measured on ${machine(run.environment)}: [the whole report](${runDir}/report.md).`,
    ...trade(runDir, summary),
    ...replicas(runDir, summary),
    ...claims(runDir, summary),
  ].join('\n\n')
}

/** Only of a run that measured more than costs. */
function trade(runDir: string, summary: Summary): string[] {
  if (summary.trade.length === 0) return []
  return [
    markdownTable(tradeTable(summary.trade), 'text'),
    `Each cell was measured; the trials behind it, intervals and conditions are in [the report](${runDir}/report.md#the-trade-on-one-page).`,
  ]
}

/** Only what was held to a prediction: a chart of its own says nothing of what it is worth. */
function replicas(runDir: string, { predictions }: Summary): string[] {
  const foretold = predictionsText(predictions)
  if (foretold === null) return []
  return [`![Throughput against the number of replicas](${runDir}/charts/replicas.svg)`, foretold]
}

function claims(runDir: string, summary: Summary): string[] {
  const decided = claimsTable(summary.claims)
  if (decided.rows.length === 0) return []
  const unclear = summary.claims.filter(({ verdict }) => verdict === 'inconclusive').length
  const open = summary.claims.length - decided.rows.length
  return [
    `Of ${counted(summary.claims.length, 'claim')} of a widely read article and its comments, each put to a test that was ` +
      `fixed beforehand, this run has a verdict on ${decided.rows.length}, ${unclear} of them inconclusive` +
      `${open > 0 ? `; ${open} need experiments that it did not make` : ''}:`,
    markdownTable(decided, 'text'),
    `What would have supported or refuted each stands in [the report](${runDir}/report.md#claims).`,
  ]
}
