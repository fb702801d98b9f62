/** What the experiment `rtt` has to say. */
import type { ExperimentReport } from '../report.ts'
import { distanceChart } from './chart.ts'
import { part } from './schema.ts'
import { distanceSection } from './section.ts'
import { distance } from './summary.ts'

export const report = {
  part,
  topic: 'latency',
  summarize: ({ run, results }) => ({ distance: distance(run, results) }),
  sections: (summary, _, chart) => [distanceSection(summary, chart)],
  charts: { distance: { draw: distanceChart, figures: ({ distance }) => distance } },
} satisfies ExperimentReport<typeof part>
