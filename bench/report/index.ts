/** A whole report as a map from file name to content; a pure function of the records, written by the caller. */
import type { Run } from '../record/types.ts'
import { toSvg } from '../words/charts/svg.ts'
import { drawings } from './charts.ts'
import { markdownReport } from './markdown.ts'
import type { Summary } from './schema.ts'

/** `summary.json`, `report.md` and those charts for which the run has data. */
export function renderReport(run: Run, summary: Summary): Record<string, string> {
  const drawn = drawings(run, summary)
  const files = drawn.map(({ file }) => file)
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'report.md': markdownReport(run, summary, files),
    ...Object.fromEntries(drawn.map(({ file, drawing }) => [file, toSvg(drawing)])),
  }
}
