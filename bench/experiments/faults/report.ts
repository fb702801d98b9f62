/** What the experiment `faults` has to say. */
import type { ExperimentReport } from '../report.ts'
import { faultsChart } from './chart.ts'
import { part } from './schema.ts'
import { faultsSection } from './section.ts'
import { faults } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results }) => ({ faults: faults(run, results) }),
  sections: (summary, _, chart) => [faultsSection(summary, chart)],
  charts: { faults: { draw: faultsChart, figures: ({ faults }) => faults } },
} satisfies ExperimentReport<typeof part>
