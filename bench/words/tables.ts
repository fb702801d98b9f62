/** The tables of a report as rows of text; Markdown and the README print the same ones. */
import type { Estimate, Warning } from '../record/schema/basics.ts'
import type { Summary } from '../report/schema.ts'
import { ABSENT, armLabel, compared, figure, megabytes, styles, withInterval } from './format.ts'
import { cpuText, footnotes, meaning, throughputText } from './warnings.ts'

export interface Table {
  head: string[]
  rows: string[][]
}

const armsOf = (summary: Summary, experiment: string) =>
  summary.arms.filter(({ arm }) => arm.experiment === experiment)
const value = (estimate: Estimate | undefined, print = (x: number) => figure(x)) =>
  estimate ? print(estimate.value) : ABSENT

/** Throughput, CPU by tier and auth tax of each scheme. */
export function costTable(summary: Summary): Table {
  return {
    head: [
      'scheme',
      'requests/s',
      'of control',
      'CPU µs/request: replica',
      'Redis',
      'proxy',
      'auth tax, CPU µs/request',
    ],
    rows: armsOf(summary, 'cost').map(({ arm, metrics, authTaxUs, throughputVsControl, warnings }) => [
      armLabel(arm),
      throughputText(metrics.throughputPerSec),
      compared(throughputVsControl, styles.percent),
      withInterval(metrics['cpuUsPerRequest.replicas']),
      value(metrics['cpuUsPerRequest.redis']),
      value(metrics['cpuUsPerRequest.proxy']),
      cpuText(compared(authTaxUs, styles.added), warnings),
    ]),
  }
}

/** What else a request brought with it; no latency, which a closed loop cannot tell. */
export function requestTable(summary: Summary): Table {
  return {
    head: ['scheme', 'bytes sent', 'bytes received', 'Redis commands', 'replica RSS, MB'],
    rows: armsOf(summary, 'cost').map(({ arm, metrics }) => [
      armLabel(arm),
      value(metrics.bytesSentPerRequest),
      value(metrics.bytesReceivedPerRequest),
      value(metrics.redisCommandsPerRequest),
      value(metrics.replicaRssBytes, (bytes) => figure(megabytes(bytes))),
    ]),
  }
}

/** Bytes for each logged-in user, in the replicas and in Redis. */
export function memoryTable(summary: Summary): Table {
  return {
    head: ['scheme', 'replica, bytes/user', 'Redis, bytes/user'],
    rows: summary.memoryPerUser.map(({ scheme, replicaBytes, redisBytes }) => [
      scheme,
      compared(replicaBytes, styles.whole),
      compared(redisBytes, styles.whole),
    ]),
  }
}

/** Each warning of the run with what it means and where it was raised. */
export function warningsTable(summary: Summary): Table {
  const raised = raisedIn(summary)
  const names = [...new Set(raised.map(({ warning }) => warning))].sort()
  return {
    head: ['warning', 'what it means', 'where'],
    rows: names.map((name) => {
      const arms = raised.filter(({ warning }) => warning === name).map(({ arm }) => arm)
      return [name, meaning[name], where(arms, summary)]
    }),
  }
}

function raisedIn({ arms, latency, distance }: Summary): { warning: Warning; arm: string }[] {
  const closed = arms.map(({ arm, metrics, warnings }) => ({
    arm: arm.id,
    all: [...warnings, ...Object.values(metrics).flatMap((estimate) => estimate.warnings)],
  }))
  const open = latency.map(({ scheme, rungs, capacityPerSec }) => ({
    arm: ladderId(scheme),
    all: [...rungs.flatMap(({ p99Us }) => p99Us.warnings), ...(capacityPerSec?.warnings ?? [])],
  }))
  const far = distance.flatMap(({ levels }) =>
    levels.map(({ arm, rungs }) => ({ arm, all: rungs.flatMap(({ p99Us }) => p99Us.warnings) })),
  )
  return [...closed, ...open, ...far].flatMap(({ arm, all }) =>
    [...new Set(all)].map((warning) => ({ warning, arm })),
  )
}

const ladderId = (scheme: string) => `latency/${scheme}`

/** Few arms by name, many by experiment. */
function where(arms: readonly string[], summary: Summary): string {
  if (arms.length <= 3) return arms.join(', ')
  const all = [
    ...summary.arms.map(({ arm }) => ({ id: arm.id, experiment: arm.experiment })),
    ...summary.latency.map(({ scheme }) => ({ id: ladderId(scheme), experiment: 'latency' })),
    ...summary.distance.flatMap(({ levels }) => levels.map(({ arm }) => ({ id: arm, experiment: 'rtt' }))),
  ]
  return [...new Set(all.map(({ experiment }) => experiment))]
    .flatMap((experiment) => {
      const planned = all.filter((one) => one.experiment === experiment)
      const flagged = planned.filter(({ id }) => arms.includes(id))
      return flagged.length > 0 ? [`${experiment}: ${flagged.length} of ${planned.length} arms`] : []
    })
    .join('; ')
}

const LEAST_SHOWN =
  '~ no difference detected; from: the smallest effect that this many blocks of this noise show four times in five.'

/** A GitHub table with its footnotes; first column left, the others right where they are figures. */
export function markdownTable({ head, rows }: Table, align: 'figures' | 'text' = 'figures'): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 || align === 'text' ? '---' : '---:'))
  const table = [line(head), line(rule), ...rows.map(line)].join('\n')
  const least = table.includes('; from ') ? [LEAST_SHOWN] : []
  return [table, ...footnotes(table), ...least].join('\n\n')
}

/** Closed until the reader opens it: a hundred rows would bury what follows. */
export function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`
}
