/** What the experiment `login` has to say. */
import type { ExperimentReport } from '../report.ts'
import { part } from './schema.ts'
import { loginSection } from './section.ts'
import { hashedLogins } from './summary.ts'

export const report = {
  part,
  topic: 'cost',
  summarize: ({ arms }) => ({ hashedLogins: hashedLogins(arms) }),
  sections: (summary) => [loginSection(summary)],
  charts: {},
} satisfies ExperimentReport<typeof part>
