/** What the experiment `users` has to say. */
import type { ExperimentReport } from '../report.ts'
import { memoryChart } from './chart.ts'
import { part } from './schema.ts'
import { memorySection } from './section.ts'
import { memoryPerUser } from './summary.ts'

export const report = {
  part,
  topic: 'growth',
  summarize: ({ arms }) => ({ memoryPerUser: memoryPerUser(arms) }),
  sections: (summary, _, chart) => [memorySection(summary, chart)],
  charts: { memory: { draw: memoryChart, figures: ({ memoryPerUser }) => memoryPerUser } },
} satisfies ExperimentReport<typeof part>
