/** `report.md`: the answer and the verdicts first, then every figure, then what weakens it. */
import { claimsSection } from '../claims/section.ts'
import { experimentSections } from '../experiments/reports.ts'
import { farSection } from '../plan/far/section.ts'
import type { Run } from '../record/types.ts'
import { tradeSection } from '../trade/section.ts'
import { counted } from '../words/format.ts'
import { type Part, type Section, section } from '../words/section.ts'
import { bullets, markdownTable } from '../words/tables.ts'
import { answer } from './answer.ts'
import { environment, limits, method } from './method.ts'
import { warningsTable } from './raised.ts'
import type { Summary } from './schema.ts'
import {
  agreementTable,
  agreementText,
  blocksTable,
  evidenceTable,
  gatesTable,
  ownErrorTable,
  reasonsTable,
  rulesText,
} from './trust.ts'

/** A section of the report, and what it rests on: no experiment for what concerns the run as a whole. */
export interface ReportSection extends Section {
  experiments: readonly string[]
}

/**
 * In the order of the report: the verdicts first, then every figure, then what weakens it.
 *
 * @param charts file names of the charts that exist, relative to the report
 * @returns those sections for which the run has anything
 */
export function reportSections(run: Run, summary: Summary, charts: readonly string[]): ReportSection[] {
  const chart = (name: string, alt: string) => (charts.includes(name) ? `![${alt}](${name})` : null)
  const ofTheRun = (...sections: (Section | null)[]) =>
    sections.flatMap((one) => (one ? [{ ...one, experiments: [] }] : []))
  return [
    ...ofTheRun(claimsSection(summary), tradeSection(summary)),
    ...experimentSections(summary, run, chart).map(({ experiment, section }) => ({
      ...section,
      experiments: [experiment],
    })),
    ...ofTheRun(
      farSection(run, summary, chart),
      notes(summary),
      warnings(summary),
      rules(run, summary),
      rejected(summary),
      ownError(summary),
      environment(run),
      method(run, summary),
      limits(run, summary),
    ),
  ]
}

/** @param charts file names of the charts that exist, relative to the report */
export function markdownReport(run: Run, summary: Summary, charts: readonly string[]): string {
  const below = reportSections(run, summary, charts).flatMap(({ heading, parts }) => [
    `## ${heading}`,
    ...parts,
  ])
  const opening = [`# authscale: ${run.id}`, answer(summary, run), progress(summary)]
  return `${[...opening, ...below].filter((part) => part !== null).join('\n\n')}\n`
}

/** What is missing, in one line; null where nothing is. */
export function progress({ trials: { planned, ok, failed }, blocks }: Summary): Part {
  if (ok === planned || blocks.some(({ stoppedEarly }) => stoppedEarly)) return null
  const open = planned - ok - failed
  const parts = [failed > 0 ? `${failed} rejected` : null, open > 0 ? `${open} not measured yet` : null]
  return `**Incomplete:** ${ok} of ${counted(planned, 'trial')} measured, ${parts.filter(Boolean).join(', ')}.`
}

function notes(summary: Summary): Section | null {
  return summary.notes.length === 0 ? null : section('notes', 'Notes', bullets(summary.notes))
}

function warnings(summary: Summary): Section {
  const table = warningsTable(summary)
  return section('warnings', 'Warnings', table.rows.length === 0 ? 'None.' : markdownTable(table, 'text'))
}

function rules(run: Run, summary: Summary): Section {
  const gates = gatesTable(run.rules)
  return section(
    'rules-and-blocks',
    'Rules and blocks',
    rulesText(run),
    gates.rows.length > 0 ? markdownTable(gates, 'text') : null,
    markdownTable(blocksTable(summary)),
  )
}

function rejected(summary: Summary): Section {
  if (summary.rejected.length === 0) return section('rejected-trials', 'Rejected trials', 'None.')
  const both = agreementTable(summary)
  return section(
    'rejected-trials',
    'Rejected trials',
    markdownTable(reasonsTable(summary), 'text'),
    both.rows.length > 0 ? markdownTable(both) : null,
    agreementText(summary),
  )
}

function ownError(summary: Summary): Section | null {
  const [own, evidence] = [ownErrorTable(summary), evidenceTable(summary)]
  if (own.rows.length + evidence.rows.length === 0) return null
  return section(
    'the-machine-s-own-error',
    'The machine’s own error',
    ...(own.rows.length > 0 ? [markdownTable(own), OWN_ERROR_NOTE] : []),
    ...(evidence.rows.length > 0 ? [markdownTable(evidence), EVIDENCE_NOTE] : []),
  )
}

const OWN_ERROR_NOTE =
  'Two controls are the same program under two names: the difference between them is this machine’s own ' +
  'error in any figure.'

const EVIDENCE_NOTE =
  '“Detectable from” is the smallest effect that this many blocks of this noise show four times in five; p is from a ' +
  'paired t-test over blocks, Holm-adjusted over the schemes.'
