/** A whole report as a map from file name to content; a pure function of the records, written by the caller. */
import type { Run } from '../record/types.ts'
import { toSvg } from '../words/charts/svg.ts'
import { chartFile, drawings } from './charts.ts'
import { markdownReport } from './markdown.ts'
import type { Summary } from './schema.ts'
import { terminalTable } from './terminal.ts'

/** `summary.json`, `report.md` and those charts for which the run has data. */
export function renderReport(run: Run, summary: Summary): Record<string, string> {
  const drawn = drawings(run, summary)
  return {
    'summary.json': `${JSON.stringify(summary, null, 2)}\n`,
    'report.md': markdownReport(run, summary, drawn.map(chartFile)),
    ...Object.fromEntries(drawn.map((chart) => [chartFile(chart), toSvg(chart.drawing)])),
  }
}

/** The table for the end of a run, in 80 columns. */
export function renderTerminal(run: Run, summary: Summary, options: { color?: boolean } = {}): string {
  return terminalTable(summary, run, options)
}
