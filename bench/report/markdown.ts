/** `report.md`: the answer and the verdicts first, then every figure, then what weakens it. */

import { claimsSection } from '../claims/section.ts'
import { anomaliesSection } from '../experiments/anomalies/section.ts'
import { browserSection } from '../experiments/browser/section.ts'
import { counterfeitsSection } from '../experiments/counterfeits/summary.ts'
import { faultsSection } from '../experiments/faults/section.ts'
import { journeySection } from '../experiments/journey/summary.ts'
import { knobsSection } from '../experiments/knobs/section.ts'
import { WORST_RESIDUAL } from '../experiments/latency/demand.ts'
import { loginSection } from '../experiments/login/summary.ts'
import { payloadSection } from '../experiments/payload/section.ts'
import { scalingSection } from '../experiments/replicas/section.ts'
import { refreshSection } from '../experiments/revocation/refresh.ts'
import { revocationSection } from '../experiments/revocation/section.ts'
import { distanceSection } from '../experiments/rtt/section.ts'
import { timingSection } from '../experiments/timing/section.ts'
import { tlsSection } from '../experiments/tls/section.ts'
import { farSection } from '../plan/far/section.ts'
import type { Run } from '../record/schema/run.ts'
import { tradeSection } from '../trade/section.ts'
import { counted, percent } from '../words/format.ts'
import {
  capacityTable,
  demandTable,
  latencyTable,
  rejectedRatesTable,
  rungsTable,
} from '../words/latency-tables.ts'
import {
  costTable,
  folded,
  markdownTable,
  memoryTable,
  requestTable,
  type Table,
  warningsTable,
} from '../words/tables.ts'
import { answer } from './answer.ts'
import { bullets, environment, limits, method } from './method.ts'
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

/** A paragraph, or nothing. */
type Part = string | null

/** A heading with what stands below it, in Markdown: a report and a page show the same sections. */
export interface Section {
  heading: string
  /** What it rests on; none for what concerns the run as a whole. */
  experiments: readonly string[]
  parts: string[]
}

interface Context {
  run: Run
  summary: Summary
  /** A chart as a part of its own, where the run has it. */
  chart(name: string, alt: string): Part
}

/** In the order of the report. Each writes its heading first, or nothing where the run has nothing for it. */
const sections: readonly { experiments: readonly string[]; write(context: Context): Part[] }[] = [
  { experiments: [], write: ({ summary }) => claimsSection(summary) },
  { experiments: [], write: ({ summary }) => tradeSection(summary) },
  {
    experiments: ['cost'],
    write: ({ summary, chart }) =>
      section(
        'Cost of a request',
        costTable(summary),
        chart('charts/throughput.svg', 'Throughput of each scheme with its interval'),
        chart('charts/cpu.svg', 'CPU per request of each scheme, by tier'),
      ),
  },
  { experiments: ['latency'], write: ({ run, summary, chart }) => latencySection(run, summary, chart) },
  {
    experiments: ['latency'],
    write: ({ summary }) =>
      section('Demand', demandTable(summary), summary.demand.length > 0 ? DEMAND_NOTE : null),
  },
  {
    experiments: ['cost'],
    write: ({ summary, chart }) =>
      section(
        'What else a request brings',
        requestTable(summary),
        chart('charts/wire.svg', 'Bytes of a request and its reply under each scheme'),
      ),
  },
  { experiments: ['replicas'], write: ({ summary, chart }) => scalingSection(summary, chart) },
  {
    experiments: ['users'],
    write: ({ summary, chart }) =>
      section(
        'Memory of logged-in users',
        memoryTable(summary),
        chart('charts/memory.svg', 'Memory against logged-in users'),
      ),
  },
  { experiments: ['login'], write: ({ summary }) => loginSection(summary) },
  { experiments: ['journey'], write: ({ summary, chart }) => journeySection(summary, chart) },
  { experiments: ['payload'], write: ({ summary, chart }) => payloadSection(summary, chart) },
  { experiments: ['rtt'], write: ({ summary, chart }) => distanceSection(summary, chart) },
  { experiments: ['tls'], write: ({ summary, chart }) => tlsSection(summary, chart) },
  { experiments: ['knobs'], write: ({ run, summary, chart }) => knobsSection(run, summary, chart) },
  {
    experiments: ['revocation'],
    write: ({ summary, chart }) => [...revocationSection(summary, chart), ...refreshSection(summary, chart)],
  },
  { experiments: ['anomalies'], write: ({ summary }) => anomaliesSection(summary) },
  { experiments: ['browser'], write: ({ summary }) => browserSection(summary) },
  { experiments: ['faults'], write: ({ summary, chart }) => faultsSection(summary, chart) },
  { experiments: ['counterfeits'], write: ({ summary }) => counterfeitsSection(summary) },
  { experiments: ['timing'], write: ({ summary }) => timingSection(summary) },
  { experiments: [], write: ({ run, summary, chart }) => farSection(run, summary, chart) },
  { experiments: [], write: ({ summary }) => notes(summary) },
  { experiments: [], write: ({ summary }) => warnings(summary) },
  { experiments: [], write: ({ run, summary }) => rules(run, summary) },
  { experiments: [], write: ({ summary }) => rejected(summary) },
  { experiments: [], write: ({ summary }) => ownError(summary) },
  { experiments: [], write: ({ run }) => environment(run) },
  { experiments: [], write: ({ run, summary }) => method(run, summary) },
  { experiments: [], write: ({ run, summary }) => limits(run, summary) },
]

/**
 * @param charts file names of the charts that exist, relative to the report
 * @returns those sections for which the run has anything
 */
export function reportSections(run: Run, summary: Summary, charts: readonly string[]): Section[] {
  const chart = (name: string, alt: string) => (charts.includes(name) ? `![${alt}](${name})` : null)
  return sections.flatMap(({ experiments, write }) => {
    const [first, ...parts] = write({ run, summary, chart }).filter((part) => part !== null)
    return first === undefined ? [] : [{ heading: first.replace(/^#+ /, ''), experiments, parts }]
  })
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

function section(title: string, table: Table, ...rest: Part[]): Part[] {
  return table.rows.length === 0 ? [] : [`## ${title}`, markdownTable(table), ...rest]
}

const DEMAND_NOTE =
  'Busy cores are U = U0 + D·X at X requests/s, fitted over the rates below 90 % busy. D is what one more request ' +
  'takes, U0 what does not grow with them: where CPU a request falls as the rate rises, since each wake-up serves ' +
  'more of them, U0 is the part that is shared and no figure of an idle server. CPU a request at one rate is ' +
  `D + U0 ÷ X and cannot be compared between rates; D can. A worst residual above ${percent(WORST_RESIDUAL)} says that a straight line ` +
  'describes the scheme poorly, and that D is no basis for a plan.'

const LATENCY_NOTE =
  'From the intended send to the last byte, in an open loop. Utilization stands beside every response time, because ' +
  'one without the other says little: near a busy share of 100 % any scheme is slow.'

function latencySection(run: Run, summary: Summary, chart: (name: string, alt: string) => Part): Part[] {
  const { rules } = run
  if (!rules || summary.latency.length === 0) return []
  const capacities = capacityTable(summary, rules.slo)
  const side = latencyTable(summary)
  const all = rungsTable(summary)
  const rejectedRates = rejectedRatesTable(summary)
  return [
    '## Latency at an arrival rate',
    markdownTable(capacities),
    stepNote(run),
    chart('charts/capacity.svg', 'Capacity of each scheme at the SLO'),
    ...(side.rows.length > 0 ? [markdownTable(side), LATENCY_NOTE] : []),
    chart('charts/latency.svg', 'p50 and p99 of each scheme against the arrival rate'),
    ...(rejectedRates.rows.length > 0
      ? [
          'Rates at which a rule rejected what was seen; they are in no figure:',
          markdownTable(rejectedRates, 'text'),
        ]
      : []),
    ...(all.rows.length > 0 ? [folded('Every arrival rate', markdownTable(all))] : []),
  ]
}

/** How finely the search tells one capacity from another. */
function stepNote({ plan }: Run): Part {
  const [load] = plan.flatMap(({ arm }) => (arm.load.loop === 'open' ? [arm.load] : []))
  if (!load || load.ratesPerSec)
    return 'Rates were named: a capacity is the highest of them that kept the SLO.'
  const step = 2 ** (0.5 ** load.searchRungs) - 1
  return `The search ends in steps of ${percent(step)}: a capacity is the last rate that kept the SLO, the next one up did not, and equal figures mean the same step.`
}

/** What is missing, in one line; null where nothing is. */
export function progress({ trials: { planned, ok, failed }, blocks }: Summary): Part {
  if (ok === planned || blocks.some(({ stoppedEarly }) => stoppedEarly)) return null
  const open = planned - ok - failed
  const parts = [failed > 0 ? `${failed} rejected` : null, open > 0 ? `${open} not measured yet` : null]
  return `**Incomplete:** ${ok} of ${counted(planned, 'trial')} measured, ${parts.filter(Boolean).join(', ')}.`
}

function notes(summary: Summary): Part[] {
  return summary.notes.length === 0 ? [] : ['## Notes', bullets(summary.notes)]
}

function warnings(summary: Summary): Part[] {
  const table = warningsTable(summary)
  return table.rows.length === 0 ? ['## Warnings', 'None.'] : ['## Warnings', markdownTable(table, 'text')]
}

function rules(run: Run, summary: Summary): Part[] {
  const gates = gatesTable(run.rules)
  return [
    '## Rules and blocks',
    rulesText(run),
    gates.rows.length > 0 ? markdownTable(gates, 'text') : null,
    markdownTable(blocksTable(summary)),
  ]
}

function rejected(summary: Summary): Part[] {
  if (summary.rejected.length === 0) return ['## Rejected trials', 'None.']
  const both = agreementTable(summary)
  return [
    '## Rejected trials',
    markdownTable(reasonsTable(summary), 'text'),
    both.rows.length > 0 ? markdownTable(both) : null,
    agreementText(summary),
  ]
}

function ownError(summary: Summary): Part[] {
  const [own, evidence] = [ownErrorTable(summary), evidenceTable(summary)]
  if (own.rows.length + evidence.rows.length === 0) return []
  return [
    '## The machine’s own error',
    ...(own.rows.length > 0 ? [markdownTable(own), OWN_ERROR_NOTE] : []),
    ...(evidence.rows.length > 0 ? [markdownTable(evidence), EVIDENCE_NOTE] : []),
  ]
}

const OWN_ERROR_NOTE =
  'Two controls are the same program under two names: what lies between them is what this machine does to any figure.'

const EVIDENCE_NOTE =
  '“Detectable from” is the smallest effect that this many blocks of this noise show four times in five; p is from a ' +
  'paired t-test over blocks, Holm-adjusted over the schemes.'
