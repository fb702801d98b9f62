/** What the experiment `cost` has to say. */
import { costCurves } from '../../figures/curves.ts'
import { followedBy } from '../../figures/follows.ts'
import { armsIn } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { ExperimentReport } from '../report.ts'
import { COMPARED } from '../roles.ts'
import { ofCost } from './answer.ts'
import { costChart } from './cpu-chart.ts'
import { curvesChart } from './curves-chart.ts'
import { curvesSection } from './curves-section.ts'
import { followsChart } from './follows-chart.ts'
import { part } from './schema.ts'
import { costSection, requestSection } from './section.ts'
import { throughputChart } from './throughput-chart.ts'
import { wireChart } from './wire-chart.ts'

const figures = ({ arms }: CoreSummary) => armsIn(arms, 'cost')

export const report = {
  part,
  topic: 'cost',
  summarize: ({ run, results }) => ({ costCurves: costCurves(run, ofCost(results), COMPARED) }),
  sections: (summary, _, chart) => [
    curvesSection(summary, chart),
    costSection(summary, chart),
    requestSection(summary, chart),
  ],
  charts: {
    curves: { draw: curvesChart, figures: ({ costCurves }) => costCurves },
    follows: {
      draw: followsChart,
      figures: ({ costCurves: { curves, follows } }) => ({ follows, points: followedBy(curves) }),
    },
    cpu: { draw: costChart, figures },
    throughput: { draw: throughputChart, figures },
    wire: { draw: wireChart, figures },
  },
} satisfies ExperimentReport<typeof part>
