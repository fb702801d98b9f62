/** What the experiment `revocation` has to say. */
import type { ExperimentReport } from '../report.ts'
import { revocationChart } from './chart.ts'
import { refresh } from './refresh.ts'
import { refreshChart } from './refresh-chart.ts'
import { part } from './schema.ts'
import { revocationSection } from './section.ts'
import { revocation } from './summary.ts'

export const report = {
  part,
  topic: 'guarantees',
  summarize: ({ run, results, arms }) => ({ revocation: revocation(run, results), refresh: refresh(arms) }),
  sections: (summary, _, chart) => [revocationSection(summary, chart)],
  charts: {
    revocation: { draw: revocationChart, figures: ({ revocation }) => revocation },
    refresh: { draw: refreshChart, figures: ({ refresh }) => refresh },
  },
} satisfies ExperimentReport<typeof part>
