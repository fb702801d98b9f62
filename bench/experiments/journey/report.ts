/** What the experiment `journey` has to say. */
import type { ExperimentReport } from '../report.ts'
import { journeyChart } from './chart.ts'
import { part } from './schema.ts'
import { journeySection } from './section.ts'
import { journeys } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ arms, compared }) => ({
    journeys: journeys(arms, (id) => compared.get(id)?.authTaxUs ?? null),
  }),
  sections: (summary, _, chart) => [journeySection(summary, chart)],
  charts: { journey: { draw: journeyChart, figures: ({ journeys }) => journeys } },
} satisfies ExperimentReport<typeof part>
