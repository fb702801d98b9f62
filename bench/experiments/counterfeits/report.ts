/** What the experiment `counterfeits` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { counterfeitsSection } from './section.ts'
import { counterfeits } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results }) => ({ counterfeits: counterfeits(run, results) }),
  sections: (summary) => [counterfeitsSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
