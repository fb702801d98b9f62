/** The sections of a report about what one request costs, and what else it brings with it. */
import type { CoreSummary } from '../../figures/schema.ts'
import type { Estimate } from '../../record/types.ts'
import { ABSENT, armLabel, compared, figure, megabytes, styles, withInterval } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, tableOf } from '../../words/tables.ts'
import { cpuCells, cpuHeads } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'

const armsOf = ({ arms }: CoreSummary) => arms.filter(({ arm }) => arm.experiment === 'cost')

const value = (estimate: Estimate | undefined, print = (x: number) => figure(x)) =>
  estimate ? print(estimate.value) : ABSENT

/** Throughput, CPU by tier and auth tax of each scheme. */
export function costSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const rows = armsOf(summary).map(({ arm, metrics, authTaxUs, throughputVsControl, warnings }) => [
    armLabel(arm),
    throughputText(metrics.throughputPerSec),
    compared(throughputVsControl, styles.percent),
    ...cpuCells(metrics, withInterval, value),
    cpuText(compared(authTaxUs, styles.added), warnings),
  ])
  if (rows.length === 0) return null
  const cpu = cpuHeads('CPU µs/request: ')
  const head = ['scheme', 'requests/s', 'of control', ...cpu, 'auth tax, CPU µs/request']
  return section(
    'cost-of-a-request',
    'Cost of a request',
    markdownTable({ head, rows }),
    chart('charts/throughput.svg', 'Throughput of each scheme with its interval'),
    chart('charts/cpu.svg', 'CPU per request of each scheme, by tier'),
  )
}

/** What else a request brought with it; no latency, which a closed loop cannot tell. */
export function requestSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const table = tableOf(armsOf(summary), {
    scheme: ({ arm }) => armLabel(arm),
    'bytes sent': ({ metrics }) => value(metrics.bytesSentPerRequest),
    'bytes received': ({ metrics }) => value(metrics.bytesReceivedPerRequest),
    'Redis commands': ({ metrics }) => value(metrics.redisCommandsPerRequest),
    'replica RSS, MB': ({ metrics }) => value(metrics.replicaRssBytes, (bytes) => figure(megabytes(bytes))),
  })
  if (table.rows.length === 0) return null
  return section(
    'what-else-a-request-brings',
    'What else a request brings',
    markdownTable(table),
    chart('charts/wire.svg', 'Bytes of a request and its reply under each scheme'),
  )
}
