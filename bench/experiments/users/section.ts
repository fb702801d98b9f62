/** The section of a report about the memory of logged-in users. */
import { compared, styles } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, type Table, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

export function memorySection(summary: Summary, chart: ChartLink): Section | null {
  const table = memoryTable(summary)
  if (table.rows.length === 0) return null
  return section(
    'memory-of-logged-in-users',
    'Memory of logged-in users',
    markdownTable(table),
    chart('charts/memory.svg', 'Memory against logged-in users'),
  )
}

/** Bytes for each logged-in user, in the replicas and in Redis. */
function memoryTable(summary: Summary): Table {
  return tableOf(summary.memoryPerUser, [
    ['scheme', ({ scheme }) => scheme],
    ['replica, bytes/user', ({ replicaBytes }) => compared(replicaBytes, styles.whole)],
    ['Redis, bytes/user', ({ redisBytes }) => compared(redisBytes, styles.whole)],
  ])
}
