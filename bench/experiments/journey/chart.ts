/** CPU of a whole journey by tier, stacked, with what a scheme adds to the control beside each bar. */
import { nothingDetected } from '../../figures/comparisons.ts'
import { converted } from '../../figures/metrics.ts'
import { isControl } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { provenance, valueAxis } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { whiskers } from '../../words/charts/marks.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierBars } from '../../words/charts/tier-bars.ts'
import { armLabel, compared, figure, inUnit, styles, withInterval } from '../../words/format.ts'
import { cpuText } from '../../words/warnings.ts'
import type { Summary } from './schema.ts'
import { journeyRows } from './section.ts'

type Row = ReturnType<typeof journeyRows>[number]

/** Null where the run has no experiment `journey`. */
export function journeyChart(run: Run, summary: Summary): Drawing | null {
  const rows = journeyRows(summary)
  const [first] = rows
  if (!first) return null
  const totals = rows.map(
    ({ cpuUs }) => cpuUs.total && converted(cpuUs.total, 'ms/journey', (us) => us / 1e3),
  )
  const control = rows.find(({ arm }) => isControl(arm) && !arm.twin)?.cpuUs.total?.value
  const note = `log in, ${first.steps - 3} reads, a write, log out · dashed: control · right: what a scheme adds to it`
  const option = inRows({
    room: { top: 108 },
    stacks: true,
    x: valueAxis('CPU ms per journey'),
    names: rows.map(({ arm }) => armLabel(arm)),
    series: [...tierBars(rows, control && control / 1e3, first.steps / 1e3), whiskers(totals)],
    labels: rows.map(taxLabel),
    told: totals.map((total) => total && `${withInterval(total)} ms in all, n ${total.n}`),
  })
  return drawing(titleOf(summary.aa, rows), [provenance(run, totals), note], option)
}

function taxLabel({ taxUs, warnings }: Row): string {
  if (!taxUs) return ''
  const { detected } = taxUs
  const text = compared(taxUs, detected ? inUnit('ms', styles.milliseconds) : styles.milliseconds)
  return cpuText(detected ? `+${text}` : text, warnings)
}

/** The chart's finding: the smallest and the largest addition that were detected. */
function titleOf(aa: Summary['aa'], rows: readonly Row[]): string {
  const seen = rows.flatMap(({ arm: { scheme }, taxUs }) =>
    taxUs?.detected ? [{ scheme, value: taxUs.estimate.value }] : [],
  )
  const range = leastToMost(seen, ({ value }) => `${figure(value / 1e3)} ms`)
  if (range === null) return `CPU of a whole journey: ${nothingDetected(aa).toLowerCase()}`
  return `Auth adds ${range} of CPU to a whole journey`
}
