/** The section of a report about the size of remembered state. */
import { armsOf } from '../../words/charts/axes.ts'
import {
  armLabel,
  code,
  compared,
  exact,
  list,
  styles,
  withInterval,
  withoutInterval,
} from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { bullets, type Column, folded, shown, type Table, tableOf } from '../../words/tables.ts'
import { cpuColumns } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'
import { stateBytesOf } from './summary.ts'

type Entry = Summary['payload'][number]

/** Nothing without the experiment. */
export function payloadSection(summary: Summary, chart: ChartLink): Section | null {
  const sizes = shown(payloadTable(summary), { below: ROWS_NOTE })
  if (sizes === null) return null
  return section(
    'payload',
    'Payload',
    limitsText(summary),
    chart('charts/payload.svg', 'CPU and bytes of a request against the size of the remembered state'),
    shown(slopesTable(summary), { below: SLOPES_NOTE }),
    folded('Every size', sizes),
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
  const column = (head: string, name: keyof Entry['perKb'], style = styles.whole): Column<Entry> => [
    head,
    ({ perKb }) => withInterval(perKb[name], style),
  ]
  return tableOf(payload, [
    ['scheme, per KB of state', ({ scheme }) => scheme],
    column('CPU, µs/request', 'servingCpuUs', styles.plain),
    column('of it replica', 'replicaCpuUs', styles.plain),
    column('sent, bytes/request', 'sentBytes'),
    column('received, bytes/request', 'receivedBytes'),
    column('replica memory, bytes/user', 'replicaBytesPerUser'),
    column('Redis memory, bytes/user', 'redisBytesPerUser'),
  ])
}

/** Scheme by scheme, each by rising size. */
function payloadTable(summary: Summary): Table {
  const measured = armsOf(summary, 'payload').flatMap((entry) => {
    const bytes = entry.arm.twin ? undefined : stateBytesOf(entry, summary)
    return bytes === undefined ? [] : [{ ...entry, bytes }]
  })
  const schemes = summary.payload.map(({ scheme }) => scheme)
  measured.sort((a, b) => schemes.indexOf(a.arm.scheme) - schemes.indexOf(b.arm.scheme) || a.bytes - b.bytes)
  return tableOf(measured, [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['state, bytes', ({ arm, bytes }) => `${exact(bytes)}${arm.largestState ? ' (largest)' : ''}`],
    ['sent, bytes/request', ({ metrics }) => withoutInterval(metrics.bytesSentPerRequest)],
    ['received', ({ metrics }) => withoutInterval(metrics.bytesReceivedPerRequest)],
    ...cpuColumns<(typeof measured)[number]>(
      'CPU µs/request: ',
      (cpu, { warnings }) => cpuText(withInterval(cpu), warnings),
      withoutInterval,
    ),
    ['requests/s', ({ metrics }) => throughputText(metrics.throughputPerSec)],
    ['of smallest', ({ versus }) => compared(versus?.throughputRatio, styles.percent)],
    [
      'CPU more than smallest',
      ({ versus, warnings }) => cpuText(compared(versus?.cpuDifferenceUs, styles.added), warnings),
    ],
  ])
}

/** Where each scheme broke, and by what; the others together. */
function limitsText(summary: Summary): Part {
  const broken = [...brokenAt(summary)]
  const whole = summary.payload.filter(({ limit }) => limit?.refusedBytes === null)
  const most = Math.max(...whole.map(({ limit }) => limit?.acceptedBytes ?? 0))
  const names = list(whole.map(({ scheme }) => code(scheme)))
  const lines = [
    ...broken.map(
      ([scheme, { acceptedBytes, refusedBytes, refusal }]) =>
        `${code(scheme)} takes ${exact(acceptedBytes)} bytes of state; at ${exact(refusedBytes ?? 0)} ` +
        `\`${refusal?.replaceAll('`', "'")}\`.`,
    ),
    ...(whole.length > 0 ? [`${names} took ${exact(most)} bytes, the most that was tried.`] : []),
  ]
  return lines.length === 0 ? null : `${LIMITS_LEAD}\n\n${bullets(lines)}`
}

const LIMITS_LEAD =
  'Found by logging a user in and reading through the proxy, with fresh servers for each size:'

export type Limit = NonNullable<Entry['limit']>

/** Schemes whose limit was met, from the least that one takes. */
export function brokenAt({ payload }: Summary): ReadonlyMap<string, Limit> {
  const broken = payload.flatMap(({ scheme, limit }): [string, Limit][] =>
    limit && limit.refusedBytes !== null ? [[scheme, limit]] : [],
  )
  return new Map(broken.sort(([, a], [, b]) => a.acceptedBytes - b.acceptedBytes))
}
