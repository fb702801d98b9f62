/** The section of a report about TLS at the proxy. */
import type { Summary } from '../../report/schema.ts'
import { folded, markdownTable } from '../../words/tables.ts'
import { VERSUS_NOTE, versusTable } from '../../words/versus-table.ts'
import { PROTOCOLS_NOTE, protocolsTable, REPLICA_NOTE, TLS_NOTE, tlsFinding, tlsTable } from './tables.ts'

type Part = string | null

/** Nothing without the experiment. */
export function tlsSection(summary: Summary, chart: (name: string, alt: string) => Part): Part[] {
  if (summary.tls === null) return []
  const versions = protocolsTable(summary)
  return [
    '## TLS',
    tlsFinding(summary),
    markdownTable(tlsTable(summary)),
    TLS_NOTE,
    chart('charts/tls.svg', 'CPU of a request over plain HTTP and TLS, by tier'),
    ...(versions.rows.length > 0 ? [markdownTable(versions, 'text'), PROTOCOLS_NOTE] : []),
    folded(
      'Throughput, and CPU over all tiers',
      `${markdownTable(versusTable(summary, 'tls'))}\n\n${VERSUS_NOTE} ${REPLICA_NOTE}`,
    ),
  ]
}
