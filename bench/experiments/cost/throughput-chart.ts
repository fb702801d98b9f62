/** Throughput of each scheme on one replica, with its interval, beside the control and the run's own error. */
import type { BarSeriesOption } from 'echarts'
import { instrumentLimit, nothingDetected } from '../../figures/comparisons.ts'
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { ownError } from '../../stats/paired.ts'
import { armsOf, provenance, valueAxis } from '../../words/charts/axes.ts'
import { mostToLeast } from '../../words/charts/finding.ts'
import { hollow, shade, upright, whiskers } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { inFamilies } from '../../words/families.ts'
import { armLabel, figure, NOT_DETECTED, percent, withInterval } from '../../words/format.ts'
import { throughputText } from '../../words/warnings.ts'

/** Null where the run has no experiment `cost`. */
export function throughputChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = inFamilies(armsOf(summary, 'cost'), servedOf, 'most')
  if (arms.length === 0) return null
  const estimates = arms.map(({ metrics }) => metrics.throughputPerSec)
  const limited = arms.map(({ warnings }) => instrumentLimit(warnings) !== null)
  // A control that the instrument held down is no line to compare with.
  const first = arms.find(({ arm, warnings }) => isControl(arm) && !arm.twin && !instrumentLimit(warnings))
  const control = first?.metrics.throughputPerSec?.value
  const error = summary.aa ? ownError(summary.aa.throughputRatio, 1) : null
  const notes = [
    control && error !== null && 'grey band: the run’s own error',
    limited.includes(true) && '† hollow: the load ran out of CPU; not the scheme’s figure',
    arms.some(({ warnings }) => warnings.includes('replica-not-saturated')) && '‡ replica had CPU to spare',
    arms.some(({ throughputVsControl: ratio }) => ratio && !ratio.detected) && '~ no difference detected',
  ]
  const bars: BarSeriesOption = {
    type: 'bar',
    barWidth: '62%',
    silent: true,
    data: arms.map(({ arm, metrics }, row) => {
      const { color } = lookOf(arm.scheme)
      const itemStyle = limited[row] ? { ...hollow(color, 1.5), borderType: 'dashed' as const } : { color }
      return { value: metrics.throughputPerSec?.value ?? null, itemStyle }
    }),
    ...(control !== undefined && upright(control)),
    // As wide as two equal arms may lie apart.
    ...(control !== undefined &&
      error !== null &&
      shade(control * (1 - error), control * (1 + error), { color: '#888888', opacity: 0.18 })),
  }
  const rows = inRows({
    room: { top: 84 },
    x: valueAxis('requests per second, one replica, closed loop'),
    names: arms.map(({ arm }) => armLabel(arm)),
    series: [bars, whiskers(estimates)],
    labels: arms.map(label),
    told: estimates.map((one) => one && `n ${one.n}`),
  })
  return drawing(
    titleOf(summary, arms),
    [provenance(run, estimates), notes.filter(Boolean).join(' · ')],
    rows,
  )
}

type Arms = CoreSummary['arms']

const servedOf = ({ arm, metrics }: Arms[number]) => ({
  scheme: arm.scheme,
  value: metrics.throughputPerSec?.value,
})

function label({ metrics, throughputVsControl: ratio }: Arms[number]): string {
  const text = throughputText(metrics.throughputPerSec, (estimate) => withInterval(estimate))
  return ratio && !ratio.detected ? `${text}  ${NOT_DETECTED}` : text
}

/** The chart's finding: what share of the control's throughput the schemes keep, or what they serve. */
function titleOf({ aa }: CoreSummary, arms: Arms): string {
  if (arms.every(({ throughputVsControl }) => !throughputVsControl)) return servedFinding(arms)
  const seen = arms.flatMap(({ arm: { scheme }, throughputVsControl: ratio }) =>
    ratio?.detected ? [{ scheme, value: ratio.estimate.value }] : [],
  )
  const range = mostToLeast(seen, ({ value }) => percent(value))
  return range === null
    ? `Throughput: ${nothingDetected(aa).toLowerCase()}`
    : `Auth leaves ${range} of the throughput without it`
}

/** There is no control to divide by: none was measured, or the load ran out of CPU first. */
function servedFinding(arms: Arms): string {
  const served = arms
    .flatMap(({ arm, metrics: { throughputPerSec: x }, warnings }) =>
      x && !isControl(arm) && !instrumentLimit(warnings) ? [{ scheme: arm.scheme, value: x.value }] : [],
    )
    .sort((a, b) => b.value - a.value)
  const [most, least] = [served[0], served.at(-1)]
  if (!most || !least) return 'Throughput: the load ran out of CPU before any scheme did'
  const range = `${most.scheme} serves ${figure(most.value)} requests/s, ${least.scheme} ${figure(least.value)}`
  return arms.some(({ arm }) => isControl(arm)) ? `${range}; without auth the load ran out first` : range
}
