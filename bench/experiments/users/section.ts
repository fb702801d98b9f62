/** The section of a report about the memory of logged-in users. */
import { compared, styles } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { markdownTable, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

/** Bytes for each logged-in user, in the replicas and in Redis. */
export function memorySection({ memoryPerUser }: Summary, chart: ChartLink): Section | null {
  if (memoryPerUser.length === 0) return null
  const table = tableOf(memoryPerUser, {
    scheme: ({ scheme }) => scheme,
    'replica, bytes/user': ({ replicaBytes }) => compared(replicaBytes, styles.whole),
    'Redis, bytes/user': ({ redisBytes }) => compared(redisBytes, styles.whole),
  })
  return section(
    'memory-of-logged-in-users',
    'Memory of logged-in users',
    markdownTable(table),
    chart('charts/memory.svg', 'Memory against logged-in users'),
  )
}
