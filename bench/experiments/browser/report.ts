/** What the experiment `browser` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { browserSection } from './section.ts'
import { browserSummary } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results }) => ({ browser: browserSummary(run, results) }),
  sections: (summary) => [browserSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
