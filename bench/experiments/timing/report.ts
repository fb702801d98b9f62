/** What the experiment `timing` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { timingSection } from './section.ts'
import { timingSummary } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results }) => ({ timing: timingSummary(run, results) }),
  sections: (summary) => [timingSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
