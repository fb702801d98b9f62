/** What the experiment `payload` has to say. */
import type { ExperimentReport } from '../report.ts'
import { payloadChart } from './chart.ts'
import { part } from './schema.ts'
import { payloadSection } from './section.ts'
import { payload } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ arms, results }) => ({ payload: payload(arms, results) }),
  sections: (summary, _, chart) => [payloadSection(summary, chart)],
  charts: { payload: { draw: payloadChart, figures: ({ payload }) => payload } },
} satisfies ExperimentReport<typeof part>
