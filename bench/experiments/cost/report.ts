/** What the experiment `cost` has to say. */
import { armsIn } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { ExperimentReport } from '../report.ts'
import { costChart } from './cpu-chart.ts'
import { costSection, requestSection } from './section.ts'
import { throughputChart } from './throughput-chart.ts'
import { wireChart } from './wire-chart.ts'

const figures = ({ arms }: CoreSummary) => armsIn(arms, 'cost')

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
