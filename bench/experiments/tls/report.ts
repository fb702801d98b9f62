/** What the experiment `tls` has to say. */
import type { ExperimentReport } from '../report.ts'
import { tlsChart } from './chart.ts'
import { part } from './schema.ts'
import { tlsSection } from './section.ts'
import { tlsSummary } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ arms, compared }) => ({ tls: tlsSummary(arms, compared) }),
  sections: (summary, _, chart) => [tlsSection(summary, chart)],
  charts: {
    tls: { draw: tlsChart, figures: ({ arms }) => arms.filter(({ arm }) => arm.experiment === 'tls') },
  },
} satisfies ExperimentReport<typeof part>
