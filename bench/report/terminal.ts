/** The table at the end of a run: 80 columns, readable without the manual. */
import Table, { type Cell } from 'cli-table3'
import { firstAnswer } from '../experiments/cost/answer.ts'
import { busyText, capacityText, commonRates, rungAt, sloText } from '../experiments/latency/tables.ts'
import { isPoint } from '../experiments/replicas/summary.ts'
import { ROLES } from '../experiments/roles.ts'
import type { Curve, CurvePoint } from '../figures/curve-schema.ts'
import { armsIn, schemesIn } from '../figures/records.ts'
import { SERVING } from '../record/tiers.ts'
import type { Estimate, Point, Run } from '../record/types.ts'
import { rising } from '../stats/groups.ts'
import {
  ABSENT,
  armLabel,
  counted,
  figure,
  NOT_DETECTED,
  responseTime,
  styles,
  unseen,
  withInterval,
  withoutInterval,
} from '../words/format.ts'
import { tableOf } from '../words/tables.ts'
import { cpuColumns } from '../words/tiers.ts'
import { cpuText, footnotes, throughputText } from '../words/warnings.ts'
import { wrap } from '../words/wrap.ts'
import { answerWithVerdictLast, choiceSentence } from './answer.ts'
import type { Summary } from './schema.ts'
import { costBars } from './terminal-bars.ts'

/** The longest name of a scheme. */
const NAME_WIDTH = 20
const TAX_WIDTH = 14
const VERDICT_WIDTH = 14

type Verdict = Summary['claims'][number]['verdict']

/** Green, red, yellow; the others as the terminal writes everything else. */
const COLORS: Partial<Record<Verdict, number>> = { supported: 32, refuted: 31, depends: 33 }

type SummaryArm = Summary['arms'][number]

/** @param color whether headings may be bold and verdicts coloured; the caller knows the terminal and NO_COLOR */
export function terminalTable(summary: Summary, run: Run, { color = false } = {}): string {
  // What a request takes at saturation is in the report: where turns were taken, services meet another cost.
  const first = summary.costCurves.everyday
    ? everydayRows(summary, summary.costCurves.everyday)
    : costRows(summary)
  const sections = [first, latencyRows(summary), replicaRows(summary)]
  const shown = sections.filter(({ rows }) => rows.length > 0)
  const tables = shown.map((section) => draw(section, color)).join('\n\n')
  const legend = legendFor(tables, run, summary.costCurves.everyday).map((line) => wrap(line, '  '))
  // There the answer is all that was asked for; the report has the rest.
  if (summary.profile === 'quick' && summary.upgrades.length === 0) return quickAnswer(summary, run)
  const parts = [
    tables,
    costBars(summary).join('\n'),
    legend.join('\n'),
    claimLines(summary, color).join('\n'),
    ...answerWithVerdictLast(summary, run, (scheme) => scheme).map((part) => wrap(part)),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

function quickAnswer(summary: Summary, run: Run): string {
  const choice = choiceSentence(summary, run, (scheme) => scheme)
  return [firstAnswer(summary.costCurves), choice && wrap(choice)].filter(Boolean).join('\n\n')
}

interface Section {
  /** Heading rows; a cell may span several columns. */
  head: Cell[][]
  rows: string[][]
  widths: number[]
}

const single = ({ value }: Estimate) => figure(value)

/** What each scheme adds with handler work, at the lowest of its rates and where the answer is taken, and a user's memory. */
function everydayRows(summary: Summary, { perSec, handlerUs }: Point): Section {
  const { curves } = summary.costCurves
  const points = (curve: Curve) =>
    curve.points.filter((point) => point.handlerUs === handlerUs && point.perSec !== null && point.perSec > 0)
  const rates = rising(curves.flatMap((curve) => points(curve).map((point) => point.perSec ?? 0)))
  const shown = [...new Set([rates[0] ?? 0, perSec ?? 0])]
  const schemes = curves.filter(({ twin }) => !twin)
  return {
    head: [
      [
        'CPU µs that auth',
        { content: 'requests/s of a replica', colSpan: shown.length },
        'half busy',
        { content: 'bytes/user', colSpan: 2 },
      ],
      ['adds to a request', ...shown.map((rate) => `at ${figure(rate)}`), 'per s', 'replica', 'Redis'],
    ],
    rows: schemes.map((curve) => [
      curve.scheme,
      ...shown.map((rate) => addedText(points(curve).find((point) => point.perSec === rate)?.taxUs)),
      halfBusyText(curve),
      bytesOf(memoryOf(summary, curve.scheme)?.replicaBytes),
      bytesOf(memoryOf(summary, curve.scheme)?.redisBytes),
    ]),
    widths: [NAME_WIDTH, ...shown.map(() => 17), 9, 7, 5],
  }
}

/** With its interval also where it was not told from nothing: how much it may be is what a reader wants to know then. */
function addedText(tax: CurvePoint['taxUs'] | undefined): string {
  if (!tax) return ABSENT
  const text = withInterval(tax.estimate, styles.whole, tax.estimate.lo < 0 ? '..' : '–')
  return tax.detected ? text : unseen(text)
}

function halfBusyText({ halfBusyPerSec: half }: Curve): string {
  return half === null ? ABSENT : `${half.isAtLeast ? '≥ ' : ''}${figure(half.value)}`
}

const memoryOf = ({ memoryPerUser }: Summary, scheme: string) =>
  memoryPerUser.find((entry) => entry.scheme === scheme)

/** The column has no room for a figure that may be chance; the report has it. */
const bytesOf = (entry: { estimate: Estimate; detected: boolean } | null | undefined) =>
  entry ? (entry.detected ? figure(Math.round(entry.estimate.value)) : NOT_DETECTED) : ABSENT

function costRows(summary: Summary): Section {
  const { head, rows } = tableOf(armsIn(summary.arms, ROLES.cost), [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['per s', ({ metrics }) => throughputText(metrics.throughputPerSec, single)],
    ...cpuColumns('', withoutInterval, withoutInterval),
    ['CPU µs/request', ({ authTaxUs, warnings }) => taxText(authTaxUs, warnings)],
    ['replica', ({ arm }) => bytesOf(memoryOf(summary, arm.scheme)?.replicaBytes)],
    ['Redis', ({ arm }) => bytesOf(memoryOf(summary, arm.scheme)?.redisBytes)],
  ])
  return {
    head: [
      [
        '',
        'requests',
        { content: 'CPU µs/request', colSpan: SERVING.length },
        'auth tax',
        { content: 'bytes/user', colSpan: 2 },
      ],
      head,
    ],
    rows,
    widths: [NAME_WIDTH, 10, ...SERVING.map((_, i) => (i === 0 ? 7 : 5)), TAX_WIDTH, 7, 5],
  }
}

/** Whole microseconds, and the interval where it fits; the report has everything. */
function taxText(tax: SummaryArm['authTaxUs'], warnings: SummaryArm['warnings']): string {
  if (!tax) return ABSENT
  if (!tax.detected) {
    const estimate = unseen(styles.wholeAdded.value(tax.estimate.value))
    const from = tax.detectable === null ? '' : ` (from ${styles.whole.value(tax.detectable)})`
    const full = cpuText(`${estimate}${from}`, warnings)
    return full.length <= TAX_WIDTH ? full : cpuText(estimate, warnings)
  }
  // Between signs a dash would read as another minus.
  const joint = tax.estimate.lo < 0 ? '..' : '–'
  const full = cpuText(withInterval(tax.estimate, styles.wholeAdded, joint), warnings)
  if (full.length <= TAX_WIDTH) return full
  return cpuText(withInterval({ ...tax.estimate, n: 1 }, styles.wholeAdded), warnings)
}

/** Capacity, and at rates that all schemes took p99 beside how busy the replica was. */
function latencyRows(summary: Summary): Section {
  const rates = commonRates(summary)
  const heads = rates.map((rate) => ({ content: `at ${figure(rate)}: p99`, colSpan: 2 }))
  const at = (entry: Summary['latency'][number], rate: number) => {
    const rung = rungAt(entry, rate)
    return [rung ? responseTime(rung.p99Us.value) : ABSENT, busyText(rung)]
  }
  return {
    head: [
      ['arrivals per s', 'capacity', 'knee', ...heads],
      ['', 'per s', 'per s', ...rates.flatMap(() => ['ms', 'busy'])],
    ],
    rows: summary.latency.map((entry) => [
      entry.scheme,
      capacityText(entry, single),
      entry.kneePerSec === null ? ABSENT : figure(entry.kneePerSec),
      ...rates.flatMap((rate) => at(entry, rate)),
    ]),
    widths: [NAME_WIDTH, 10, 8, ...rates.flatMap(() => [10, 8])],
  }
}

function replicaRows(summary: Summary): Section {
  const arms = summary.arms.filter(({ arm }) => isPoint(arm))
  const counts = [...new Set(arms.map(({ arm }) => arm.replicas))].slice(0, 4)
  const schemes = schemesIn(arms)
  // Of processes with a part of a core requests a second are nobody's.
  const isModel = arms.some(({ arm }) => arm.quotas)
  const cell = (scheme: string, replicas: number) => {
    const found = arms.find(({ arm }) => arm.scheme === scheme && arm.replicas === replicas)
    const times = summary.scaling.find((one) => one.scheme === scheme && one.replicas === replicas)?.speedup
    const text = !isModel
      ? throughputText(found?.metrics.throughputPerSec, single)
      : replicas === 1 && found
        ? '1'
        : withoutInterval(times)
    return found?.warnings.includes('replicas-share-cores') ? `${text} *` : text
  }
  return {
    head: [
      [
        isModel ? '× one replica' : 'requests per s',
        ...counts.map((n) => `${n} replica${n === 1 ? '' : 's'}`),
      ],
    ],
    rows: schemes.map((scheme) => [scheme, ...counts.map((replicas) => cell(scheme, replicas))]),
    widths: [NAME_WIDTH, ...counts.map(() => 12)],
  }
}

/** The claims of the run: a verdict and the words that were said, without the evidence. */
function claimLines({ claims, profile }: Summary, color: boolean): string[] {
  if (profile === 'smoke') return [`A smoke run decides none of the ${counted(claims.length, 'claim')}.`]
  const decided = claims.filter(({ verdict }) => verdict !== 'undecided')
  const lines = decided.map(({ verdict, quote }) => {
    // Apart from the verdict: a terminal does not count the letters of a colour.
    const words = wrap(`“${quote}”`, ' '.repeat(VERDICT_WIDTH), VERDICT_WIDTH)
    return `${painted(verdict, color)}${' '.repeat(VERDICT_WIDTH - verdict.length)}${words}`
  })
  const open = claims.length - decided.length
  if (open === 0) return lines
  const rest = `${counted(open, 'claim')} of ${claims.length} not decided by this run; the report names the commands`
  return [...lines, rest]
}

function painted(verdict: Verdict, color: boolean): string {
  const code = COLORS[verdict]
  return color && code !== undefined ? `\u001b[${code}m${verdict}\u001b[39m` : verdict
}

/** Plain columns: the lines of a full grid would take a fifth of the width. */
function draw({ head, rows, widths }: Section, color: boolean): string {
  const bold = (text: string) => (color && text ? `\u001b[1m${text}\u001b[22m` : text)
  const heading = (cell: Cell): Cell =>
    typeof cell === 'object' && cell !== null && 'content' in cell
      ? { ...cell, content: bold(String(cell.content)), hAlign: 'right' }
      : bold(String(cell))
  const edges = ['top', 'bottom', 'left', 'right', 'mid']
  const joints = ['', '-mid', '-left', '-right']
  const none = edges.flatMap((edge) => joints.map((joint) => [edge + joint, '']))
  const table = new Table({
    chars: { ...Object.fromEntries(none), middle: ' ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: widths,
    colAligns: widths.map((_, i) => (i === 0 ? 'left' : 'right')),
  })
  table.push(
    ...head.map((cells) => cells.map(heading)),
    widths.map((width) => '─'.repeat(width)),
    ...rows,
  )
  return table.toString().replace(/ +$/gm, '')
}

function legendFor(tables: string, { rules }: Run, everyday: Point | null): string[] {
  const ifShown = (sign: string, line: string) => (tables.includes(sign) ? [line] : [])
  const isAtLeast = /≥ [\d,]+(?! †)/.test(tables.replace(/≥ [\d,]+ †/g, ''))
  return [
    ...(everyday
      ? [
          `added: beyond the control (none), over replica, Redis and proxy, with ${figure(everyday.handlerUs)} µs of handler work in each request`,
          'half busy: where a replica without handler work takes half of a core',
        ]
      : [
          'requests per s: served while every connection sends again as soon as it is answered (closed loop)',
          'auth tax: what a scheme adds to the control (none) over replica, Redis and proxy',
        ]),
    ...(tables.includes('arrivals per s') && rules
      ? [
          `capacity: most arrivals per s at which ${sloText(rules.slo)} (open loop, one replica)`,
          'knee: where throughput ÷ mean latency is highest; busy: the replica',
        ]
      : []),
    ...ifShown(NOT_DETECTED, `${NOT_DETECTED} no difference detected: what follows it may be chance`),
    ...ifShown('(from ', 'from: the smallest difference that would mostly have been detected'),
    ...(isAtLeast ? ['≥ at least: no rate sent near it broke the SLO'] : []),
    ...ifShown(ABSENT, `${ABSENT} not measured, or not there`),
    ...ifShown('*', '* replicas share a core: says nothing about scaling'),
    ...footnotes(tables),
  ]
}
