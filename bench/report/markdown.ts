/** `report.md`: the answer and the verdicts first, then every figure, then what weakens it. */
import { claimsSection } from '../claims/section.ts'
import type { Topic } from '../experiments/report.ts'
import { experimentSections } from '../experiments/reports.ts'
import { farSection } from '../plan/far/section.ts'
import type { Run } from '../record/types.ts'
import { tradeSection } from '../trade/section.ts'
import { counted } from '../words/format.ts'
import { type Part, type Section, section } from '../words/section.ts'
import { bullets, markdownTable, shown } from '../words/tables.ts'
import { answer } from './answer.ts'
import { environment, limits, method } from './method.ts'
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
  warningsTable,
} from './trust.ts'

/**
 * Those sections for which the run has anything, in the order of the report, each with its topic and the experiments that it rests on:
 * none for what concerns the run as a whole.
 *
 * @param charts file names of the charts that exist, relative to the report
 */
export function reportSections(run: Run, summary: Summary, charts: readonly string[]) {
  const chart = (name: string, alt: string) => (charts.includes(name) ? `![${alt}](${name})` : null)
  const ofTheRun = (topic: Topic | 'evidence', ...sections: (Section | null)[]) =>
    sections.flatMap((one) => (one ? [{ ...one, topic, experiments: [] }] : []))
  return [
    ...ofTheRun('evidence', claimsSection(summary)),
    ...ofTheRun('guarantees', tradeSection(summary)),
    ...experimentSections(summary, run, chart).map(({ experiment, topic, section }) => ({
      ...section,
      topic,
      experiments: [experiment],
    })),
    ...ofTheRun('growth', farSection(run, summary, chart)),
    ...ofTheRun(
      'evidence',
      summary.notes.length > 0 ? section('notes', 'Notes', bullets(summary.notes)) : null,
      section('warnings', 'Warnings', shown(warningsTable(summary), { align: 'text' }) ?? 'None.'),
      section(
        'rules-and-blocks',
        'Rules and blocks',
        rulesText(run),
        shown(gatesTable(run.rules), { align: 'text' }),
        markdownTable(blocksTable(summary)),
      ),
      section('rejected-trials', 'Rejected trials', ...rejected(summary)),
      ownError(summary),
      environment(run),
      method(run, summary),
      limits(run, summary),
    ),
  ]
}

/** `charts` as above. */
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

function rejected(summary: Summary): Part[] {
  if (summary.rejected.length === 0) return ['None.']
  return [
    shown(reasonsTable(summary), { align: 'text' }),
    shown(agreementTable(summary)),
    agreementText(summary),
  ]
}

function ownError(summary: Summary): Section | null {
  const own = shown(ownErrorTable(summary), { below: OWN_ERROR_NOTE })
  const evidence = shown(evidenceTable(summary), { below: EVIDENCE_NOTE })
  if (!own && !evidence) return null
  return section('the-machine-s-own-error', 'The machine’s own error', own, evidence)
}

const OWN_ERROR_NOTE =
  'Two controls are the same program under two names: the difference between them is this machine’s own ' +
  'error in any figure.'

const EVIDENCE_NOTE =
  '“Detectable from” is the smallest effect that this many blocks of this noise show four times in five; p is from a ' +
  'paired t-test over blocks, Holm-adjusted over the schemes.'
