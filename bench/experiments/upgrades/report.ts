/** What the experiment `upgrades` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { upgradesSection } from './section.ts'
import { upgrades } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ run, results }) => ({ upgrades: upgrades(run, results) }),
  sections: (summary) => [upgradesSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
