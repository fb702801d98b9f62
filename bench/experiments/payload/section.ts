/** The section of a report about the size of remembered state. */
import { ABSENT, armLabel, compared, figure, list, styles, withInterval } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { bullets, folded, markdownTable, type Table } from '../../words/tables.ts'
import { cpuCells, cpuHeads } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'
import { stateBytesOf } from './summary.ts'

type Entry = Summary['payload'][number]

/** Nothing without the experiment. */
export function payloadSection(summary: Summary, chart: ChartLink): Section | null {
  const rows = payloadTable(summary)
  if (rows.rows.length === 0) return null
  return section(
    'payload',
    'Payload',
    limitsText(summary),
    chart('charts/payload.svg', 'CPU and bytes of a request against the size of the remembered state'),
    markdownTable(slopesTable(summary)),
    SLOPES_NOTE,
    folded('Every size', `${markdownTable(rows)}\n\n${ROWS_NOTE}`),
  )
}

const SLOPES_NOTE =
  'The cost of each further KB (1,000 bytes of JSON) of state, by least squares over the sizes in each ' +
  'block. `GET /me` answers with the state, so the control shows the cost of the body alone; the rest is the ' +
  'scheme’s.'

const ROWS_NOTE =
  'Bytes are those of request and reply with their headers, between client and proxy. Throughput and CPU ' +
  '(replica, Redis and proxy) are against the same scheme’s smallest state, within blocks. Rows marked ' +
  '“largest” have the largest state that was still answered; it was measured once, and larger ones were not.'

/** What more state costs a request, and where it is kept. */
function slopesTable({ payload }: Summary): Table {
  const columns = [
    ['CPU, µs/request', 'servingCpuUs'],
    ['of it replica', 'replicaCpuUs'],
    ['sent, bytes/request', 'sentBytes'],
    ['received, bytes/request', 'receivedBytes'],
    ['replica memory, bytes/user', 'replicaBytesPerUser'],
    ['Redis memory, bytes/user', 'redisBytesPerUser'],
  ] as const
  return {
    head: ['scheme, per KB of state', ...columns.map(([head]) => head)],
    rows: payload.map(({ scheme, perKb }) => [
      scheme,
      ...columns.map(([, name]) =>
        withInterval(perKb[name], name.includes('Cpu') ? styles.plain : styles.whole),
      ),
    ]),
  }
}

/** Scheme by scheme, each by rising size. */
function payloadTable(summary: Summary): Table {
  const measured = summary.arms.flatMap((entry) => {
    const bytes = entry.arm.experiment === 'payload' ? stateBytesOf(entry, summary) : undefined
    return bytes !== undefined && entry.metrics.throughputPerSec ? [{ ...entry, bytes }] : []
  })
  const schemes = summary.payload.map(({ scheme }) => scheme)
  const ordered = measured
    .filter(({ arm }) => !arm.twin)
    .sort((a, b) => schemes.indexOf(a.arm.scheme) - schemes.indexOf(b.arm.scheme) || a.bytes - b.bytes)
  return {
    head: [
      'scheme',
      'state, bytes',
      'sent, bytes/request',
      'received',
      ...cpuHeads('CPU µs/request: '),
      'requests/s',
      'of smallest',
      'CPU more than smallest',
    ],
    rows: ordered.map(({ arm, bytes, metrics, versus, warnings }) => [
      armLabel(arm),
      `${exact(bytes)}${arm.largestState ? ' (largest)' : ''}`,
      plain(metrics.bytesSentPerRequest?.value),
      plain(metrics.bytesReceivedPerRequest?.value),
      ...cpuCells(
        metrics,
        (cpu) => cpuText(withInterval(cpu), warnings),
        (cpu) => plain(cpu?.value),
      ),
      throughputText(metrics.throughputPerSec),
      compared(versus?.throughputRatio ?? null, styles.percent),
      cpuText(compared(versus?.cpuDifferenceUs ?? null, styles.added), warnings),
    ]),
  }
}

const plain = (value: number | undefined) => (value === undefined ? ABSENT : figure(value))

/** Where each scheme broke, and by what; the others together. */
function limitsText(summary: Summary): Part {
  const broken = [...brokenAt(summary)].sort((a, b) => a[1].acceptedBytes - b[1].acceptedBytes)
  const whole = summary.payload.filter(({ limit }) => limit?.refusedBytes === null)
  const most = Math.max(...whole.map(({ limit }) => limit?.acceptedBytes ?? 0))
  const names = list(whole.map(({ scheme }) => `\`${scheme}\``))
  const lines = [
    ...broken.map(
      ([scheme, { acceptedBytes, refusedBytes, refusal }]) =>
        `\`${scheme}\` takes ${exact(acceptedBytes)} bytes of state; at ${exact(refusedBytes ?? 0)} ` +
        `\`${refusal?.replaceAll('`', "'")}\`.`,
    ),
    ...(whole.length > 0 ? [`${names} took ${exact(most)} bytes, the most that was tried.`] : []),
  ]
  return lines.length === 0 ? null : `${LIMITS_LEAD}\n\n${bullets(lines)}`
}

const LIMITS_LEAD =
  'Found by logging a user in and reading through the proxy, with fresh servers for each size:'

/** A limit is exact to the byte, unlike what is measured. */
export function exact(bytes: number): string {
  return String(bytes).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** Schemes whose limit was met, by scheme. */
export function brokenAt({ payload }: Summary): ReadonlyMap<string, NonNullable<Entry['limit']>> {
  return new Map(
    payload.flatMap(({ scheme, limit }) => (limit && limit.refusedBytes !== null ? [[scheme, limit]] : [])),
  )
}
