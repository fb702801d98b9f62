/** What the experiment `knobs` has to say. */
import type { ExperimentReport } from '../report.ts'
import { knobsChart } from './chart.ts'
import { part } from './schema.ts'
import { knobsSection } from './section.ts'
import { nearCaches } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ arms }) => ({ nearCaches: nearCaches(arms) }),
  sections: (summary, run, chart) => [knobsSection(run, summary, chart)],
  charts: {
    knobs: { draw: knobsChart, figures: ({ arms }) => arms.filter(({ arm }) => arm.experiment === 'knobs') },
  },
} satisfies ExperimentReport<typeof part>
