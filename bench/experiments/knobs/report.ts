/** What the experiment `knobs` has to say. */
import { armsIn } from '../../figures/records.ts'
import type { ExperimentReport } from '../report.ts'
import { knobsChart } from './chart.ts'
import { knobsSection } from './section.ts'

export const report = {
  part: {},
  summarize: () => ({}),
  sections: (summary, run, chart) => [knobsSection(run, summary, chart)],
  charts: {
    knobs: { draw: knobsChart, figures: ({ arms }) => armsIn(arms, 'knobs') },
  },
} satisfies ExperimentReport<Record<never, never>>
