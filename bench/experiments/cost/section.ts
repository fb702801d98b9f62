/** The sections of a report about what one request costs, and what else it brings with it. */
import type { CoreSummary } from '../../figures/schema.ts'
import type { Estimate } from '../../record/types.ts'
import { ABSENT, armLabel, compared, figure, megabytes, styles, withInterval } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, type Table } from '../../words/tables.ts'
import { cpuCells, cpuHeads } from '../../words/tiers.ts'
import { cpuText, throughputText } from '../../words/warnings.ts'

export function costSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const table = costTable(summary)
  if (table.rows.length === 0) return null
  return section(
    'cost-of-a-request',
    'Cost of a request',
    markdownTable(table),
    chart('charts/throughput.svg', 'Throughput of each scheme with its interval'),
    chart('charts/cpu.svg', 'CPU per request of each scheme, by tier'),
  )
}

export function requestSection(summary: CoreSummary, chart: ChartLink): Section | null {
  const table = requestTable(summary)
  if (table.rows.length === 0) return null
  return section(
    'what-else-a-request-brings',
    'What else a request brings',
    markdownTable(table),
    chart('charts/wire.svg', 'Bytes of a request and its reply under each scheme'),
  )
}

const armsOf = (summary: CoreSummary, experiment: string) =>
  summary.arms.filter(({ arm }) => arm.experiment === experiment)

const value = (estimate: Estimate | undefined, print = (x: number) => figure(x)) =>
  estimate ? print(estimate.value) : ABSENT

/** Throughput, CPU by tier and auth tax of each scheme. */
function costTable(summary: CoreSummary): Table {
  return {
    head: ['scheme', 'requests/s', 'of control', ...cpuHeads('CPU µs/request: '), 'auth tax, CPU µs/request'],
    rows: armsOf(summary, 'cost').map(({ arm, metrics, authTaxUs, throughputVsControl, warnings }) => [
      armLabel(arm),
      throughputText(metrics.throughputPerSec),
      compared(throughputVsControl, styles.percent),
      ...cpuCells(metrics, withInterval, value),
      cpuText(compared(authTaxUs, styles.added), warnings),
    ]),
  }
}

/** What else a request brought with it; no latency, which a closed loop cannot tell. */
function requestTable(summary: CoreSummary): Table {
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
