/** What the experiment `latency` has to say. */
import type { costCurvesSchema } from '../../figures/curve-schema.ts'
import type { ExperimentReport } from '../report.ts'
import { capacityChart } from './capacity-chart.ts'
import { demand } from './demand.ts'
import { latencyChart } from './latency-chart.ts'
import { part } from './schema.ts'
import { demandSection, latencySection } from './section.ts'
import { latency } from './summary.ts'

export const report = {
  part,
  topic: 'latency',
  summarize: ({ run, results }) => ({ latency: latency(run, results), demand: demand(run, results) }),
  sections: (summary, run, chart) => [
    latencySection(run, summary, chart),
    demandSection(summary, summary.costCurves.curves),
  ],
  charts: {
    capacity: {
      draw: capacityChart,
      figures: ({ latency }) => latency.map(({ rungs: _, rejected: __, ...entry }) => entry),
    },
    latency: {
      draw: latencyChart,
      figures: ({ latency }) => latency.map(({ scheme, rungs }) => ({ scheme, rungs })),
    },
  },
} satisfies ExperimentReport<typeof part, { costCurves: typeof costCurvesSchema }>
