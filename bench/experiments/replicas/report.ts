/** What the experiment `replicas` has to say. */
import type { ExperimentReport } from '../report.ts'
import { replicasChart } from './chart.ts'
import { predicted } from './predictions.ts'
import { part } from './schema.ts'
import { scalingSection } from './section.ts'
import { scalability, scaling } from './summary.ts'

export const report = {
  part,
  topic: 'growth',
  summarize: ({ run, arms }) => ({
    scaling: scaling(arms),
    scalability: scalability(arms, run),
    predictions: predicted(run, arms),
  }),
  sections: (summary, _, chart) => [scalingSection(summary, chart)],
  charts: {
    replicas: {
      draw: replicasChart,
      figures: ({ scaling, scalability, predictions }) => [scaling, scalability, predictions],
    },
  },
} satisfies ExperimentReport<typeof part>
