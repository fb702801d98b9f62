/** What the experiment `anomalies` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { anomaliesSection } from './section.ts'
import { anomalies } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results }) => ({ anomalies: anomalies(run, results) }),
  sections: (summary) => [anomaliesSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
