/** What the experiment `cost` has to say. */
import type { CoreSummary } from '../../figures/schema.ts'
import type { ExperimentReport } from '../report.ts'
import { costChart } from './cpu-chart.ts'
import { costSection, requestSection } from './section.ts'
import { throughputChart } from './throughput-chart.ts'
import { wireChart } from './wire-chart.ts'

function figures({ arms }: CoreSummary) {
  return arms.filter(({ arm }) => arm.experiment === 'cost')
}

export const report = {
  part: {},
  summarize: () => ({}),
  sections: (summary, _, chart) => [costSection(summary, chart), requestSection(summary, chart)],
  charts: {
    cpu: { draw: costChart, figures },
    throughput: { draw: throughputChart, figures },
    wire: { draw: wireChart, figures },
  },
} satisfies ExperimentReport<Record<never, never>>
