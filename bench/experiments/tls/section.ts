/** The section of a report about TLS at the proxy. */
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { folded, markdownTable } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'
import type { Summary } from './schema.ts'
import { PROTOCOLS_NOTE, protocolsTable, REPLICA_NOTE, TLS_NOTE, tlsFinding, tlsTable } from './tables.ts'

/** Nothing without the experiment. */
export function tlsSection(summary: Summary, chart: ChartLink): Section | null {
  if (summary.tls === null) return null
  const versions = protocolsTable(summary)
  return section(
    'tls',
    'TLS',
    tlsFinding(summary),
    markdownTable(tlsTable(summary)),
    TLS_NOTE,
    chart('charts/tls.svg', 'CPU of a request over plain HTTP and TLS, by tier'),
    ...(versions.rows.length > 0 ? [markdownTable(versions, 'text'), PROTOCOLS_NOTE] : []),
    folded(
      'Throughput, and CPU over all tiers',
      `${markdownTable(versusTable(summary, 'tls'))}\n\n${VERSUS_NOTE} ${REPLICA_NOTE}`,
    ),
  )
}
