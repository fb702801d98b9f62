/** The sections of a report about what one request costs, and what else it brings with it. */
import { armsIn } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import {
  ABSENT,
  armLabel,
  compared,
  figure,
  megabytes,
  styles,
  withInterval,
  withoutInterval,
} from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, tableOf } from '../../words/tables.ts'
import { cpuColumns } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'

/** Throughput, CPU by tier and auth tax of each scheme. */
export function costSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const table = tableOf(armsIn(summary.arms, 'cost'), [
    ['scheme', ({ arm }) => armLabel(arm)],
    ['requests/s', ({ metrics }) => throughputText(metrics.throughputPerSec)],
    ['of control', ({ throughputVsControl }) => compared(throughputVsControl, styles.percent)],
    ...cpuColumns('CPU µs/request: ', (cpu) => withInterval(cpu), withoutInterval),
    [
      'auth tax, CPU µs/request',
      ({ authTaxUs, warnings }) => cpuText(compared(authTaxUs, styles.added), warnings),
    ],
  ])
  if (table.rows.length === 0) return null
  return section(
    'cost-of-a-request',
    'Cost of a request',
    markdownTable(table),
    chart('charts/throughput.svg', 'Throughput of each scheme with its interval'),
    chart('charts/cpu.svg', 'CPU per request of each scheme, by tier'),
  )
}

/** What else a request brought with it; no latency, which a closed loop cannot tell. */
export function requestSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const table = tableOf(armsIn(summary.arms, 'cost'), {
    scheme: ({ arm }) => armLabel(arm),
    'bytes sent': ({ metrics }) => withoutInterval(metrics.bytesSentPerRequest),
    'bytes received': ({ metrics }) => withoutInterval(metrics.bytesReceivedPerRequest),
    'Redis commands': ({ metrics }) => withoutInterval(metrics.redisCommandsPerRequest),
    'replica RSS, MB': ({ metrics: { replicaRssBytes: rss } }) =>
      rss ? figure(megabytes(rss.value)) : ABSENT,
  })
  if (table.rows.length === 0) return null
  return section(
    'what-else-a-request-brings',
    'What else a request brings',
    markdownTable(table),
    chart('charts/wire.svg', 'Bytes of a request and its reply under each scheme'),
  )
}
