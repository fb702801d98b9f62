/** Every chart that a run can have, with the figures that it shows. */
import type { Chart } from '../experiments/report.ts'
import { experimentCharts } from '../experiments/reports.ts'
import { ROLES } from '../experiments/roles.ts'
import { farScaleChart } from '../plan/far/chart.ts'
import type { Run } from '../record/types.ts'
import type { Summary } from './schema.ts'

/** By name; in the order in which an answer would need them. */
export const charts: Readonly<Record<string, Chart<Summary> & { experiment: string }>> = {
  ...experimentCharts,
  'far-scale': {
    experiment: ROLES.latency,
    draw: farScaleChart,
    figures: ({ farScale }) => farScale?.schemes,
  },
}

/** Those for which the run has data, with the file of each below the report. */
export function drawings(run: Run, summary: Summary) {
  return Object.entries(charts).flatMap(([name, { draw }]) => {
    const drawing = draw(run, summary)
    return drawing === null ? [] : [{ name, file: `charts/${name}.svg`, drawing }]
  })
}
