/** CPU of a request by tier, stacked, with the auth tax spelled out beside each bar. */

import { nothingDetected } from '../../figures/comparisons.ts'
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, nameAxis, provenance, rowLabels, valueAxis, whiskers } from '../../words/charts/axes.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierBars, tierLegend } from '../../words/charts/tier-bars.ts'
import { armLabel, compared, figure, styles } from '../../words/format.ts'
import { cpuText } from '../../words/warnings.ts'

type Arms = CoreSummary['arms']

/** Null where the run has no experiment `cost`. */
export function costChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = armsOf(summary, 'cost')
  if (arms.length === 0) return null
  const totals = arms.map(({ metrics }) => metrics['cpuUsPerRequest.total'])
  const control = arms.find(({ arm }) => isControl(arm) && !arm.twin)?.metrics['cpuUsPerRequest.total']?.value
  const note =
    'dashed: control · right: auth tax, what a scheme adds to the control · ~ no difference detected'
  return drawing(
    { title: finding(summary, arms), subtitle: `${provenance(run, totals)}\n${note}` },
    {
      grid: { left: 158, right: 215, top: 108, bottom: 48 },
      legend: tierLegend(154, 78),
      xAxis: valueAxis('CPU µs per request'),
      yAxis: nameAxis(arms.map(({ arm }) => armLabel(arm))),
      series: [...tierBars(arms, control), whiskers(totals), rowLabels(arms.map(taxLabel))],
    },
  )
}

function taxLabel({ arm, authTaxUs, warnings }: Arms[number]): string {
  if (isControl(arm)) return ''
  const text = compared(authTaxUs, styles.added)
  return cpuText(authTaxUs?.detected ? text.replace(' (', ' µs (') : text, warnings)
}

/** The chart's finding: the smallest and the largest auth tax that were detected. */
function finding({ aa }: CoreSummary, arms: Arms): string {
  const taxes = arms
    .flatMap(({ arm, authTaxUs }) => (authTaxUs ? [{ scheme: arm.scheme, ...authTaxUs }] : []))
    .sort((a, b) => a.estimate.value - b.estimate.value)
  const seen = taxes.filter(({ detected }) => detected)
  const [least, most] = [seen[0], seen.at(-1)]
  if (taxes.length === 0) return 'CPU of a request under each scheme'
  if (!least || !most) return `CPU of a request: ${nothingDetected(aa).toLowerCase()}`
  const tax = ({ scheme, estimate }: typeof least) =>
    `${figure(Math.round(estimate.value), 100)} µs (${scheme})`
  return `Auth adds ${least === most ? tax(least) : `${tax(least)} to ${tax(most)}`} of CPU to a request`
}
