/** Puts the figures of a published run into the README, so that nobody types a number. */
import { AuthscaleError } from './errors.ts'
import { counted, machine } from './report/format.ts'
import { costTable, markdownTable } from './report/tables.ts'
import type { Run, Summary } from './types.ts'

const START = '<!-- figures:start -->'
const END = '<!-- figures:end -->'

/**
 * The README with everything between its two marks replaced by one chart and one table of the run; the rest stays
 * as it is. The same run gives the same text, so that a test can hold the README to it.
 *
 * @param runDir path of the run from the README, e.g. `results/published/2026-01-02-amd-epyc-2-cores`
 * @throws AuthscaleError BAD_README without the marks, SMOKE_RUN for a run that is never published
 */
export function updateReadme(readme: string, runDir: string, run: Run, summary: Summary): string {
  if (run.profile === 'smoke') {
    throw new AuthscaleError(
      'SMOKE_RUN',
      `${runDir} is a smoke run, which is never published: use a standard or full one`,
    )
  }
  const start = readme.indexOf(START)
  const end = readme.indexOf(END)
  if (start === -1 || end < start) {
    throw new AuthscaleError(
      'BAD_README',
      `the README lacks ${START} followed by ${END}: put them where the figures belong`,
    )
  }
  return `${readme.slice(0, start + START.length)}\n${figures(runDir, run, summary)}\n${readme.slice(end)}`
}

function figures(runDir: string, run: Run, summary: Summary): string {
  const blocks = Math.max(
    ...run.plan.filter(({ arm }) => arm.experiment === 'cost').map(({ block }) => block + 1),
  )
  return [
    `![CPU of a request under each scheme, by tier, with the auth tax](${runDir}/charts/cpu.svg)`,
    markdownTable(costTable(summary)),
    `Medians of ${counted(blocks, 'block')} with their intervals; \`~\` is a difference that was not detected. ` +
      `Measured on ${machine(run.environment)}: [the whole report](${runDir}/report.md).`,
  ].join('\n\n')
}
