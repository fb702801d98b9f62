/** CPU of a request by tier, stacked, with the auth tax spelled out beside each bar. */
import { nothingDetected } from '../../figures/comparisons.ts'
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, provenance, valueAxis } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { whiskers } from '../../words/charts/marks.ts'
import { inRows, type RowLabel } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierBars } from '../../words/charts/tier-bars.ts'
import { inFamilies } from '../../words/families.ts'
import { armLabel, compared, figure, inUnit, pText, styles, withInterval } from '../../words/format.ts'
import { cpuText } from '../../words/warnings.ts'

type Arms = CoreSummary['arms']

/** Null where the run has no experiment `cost`. */
export function costChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = inFamilies(armsOf(summary, 'cost'), totalOf, 'least')
  if (arms.length === 0) return null
  const totals = arms.map(({ metrics }) => metrics['cpuUsPerRequest.total'])
  const control = arms.find(({ arm }) => isControl(arm) && !arm.twin)?.metrics['cpuUsPerRequest.total']?.value
  const note = 'dashed: control · right: auth tax, what a scheme adds to the control · grey: not detected'
  const rows = inRows({
    room: { top: 108 },
    stacks: true,
    x: valueAxis('CPU µs per request'),
    names: arms.map(({ arm }) => armLabel(arm)),
    series: [...tierBars(arms, control), whiskers(totals)],
    labels: arms.map(taxLabel),
    told: totals.map((total) => total && `${withInterval(total)} µs in all, n ${total.n}`),
  })
  return drawing(titleOf(summary, arms), [provenance(run, totals), note], rows)
}

const totalOf = ({ arm, metrics }: Arms[number]) => ({
  scheme: arm.scheme,
  value: metrics['cpuUsPerRequest.total']?.value,
})

function taxLabel({ arm, authTaxUs, warnings }: Arms[number]): RowLabel {
  if (isControl(arm)) return ''
  if (!authTaxUs || authTaxUs.detected)
    return cpuText(compared(authTaxUs, inUnit('µs', styles.added)), warnings)
  const { estimate, p } = authTaxUs
  return { muted: cpuText(`${withInterval(estimate, styles.added)}${pText(p)}`, warnings) }
}

/** The chart's finding: the smallest and the largest auth tax that were detected. */
function titleOf({ aa }: CoreSummary, arms: Arms): string {
  if (arms.every(({ authTaxUs }) => !authTaxUs)) return 'CPU of a request under each scheme'
  const seen = arms.flatMap(({ arm: { scheme }, authTaxUs: tax }) =>
    tax?.detected ? [{ scheme, value: tax.estimate.value }] : [],
  )
  const range = leastToMost(seen, ({ value }) => `${figure(Math.round(value), 100)} µs`)
  if (range === null) return `CPU of a request: ${nothingDetected(aa).toLowerCase()}`
  return `Auth adds ${range} of CPU to a request`
}
