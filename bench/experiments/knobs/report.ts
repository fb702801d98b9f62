/** What the experiment `knobs` has to say. */
import type { ExperimentReport } from '../report.ts'
import { knobsChart } from './chart.ts'
import { knobsSection } from './section.ts'

export const report = {
  part: {},
  summarize: () => ({}),
  sections: (summary, run, chart) => [knobsSection(run, summary, chart)],
  charts: {
    knobs: { draw: knobsChart, figures: ({ arms }) => arms.filter(({ arm }) => arm.experiment === 'knobs') },
  },
} satisfies ExperimentReport<Record<never, never>>
