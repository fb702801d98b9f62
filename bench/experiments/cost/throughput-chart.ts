/** Throughput of each scheme on one replica, with its interval, beside the control and the run's own error. */

import { instrumentLimit, nothingDetected } from '../../figures/comparisons.ts'
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { ownError } from '../../stats/compare.ts'
import { armsOf, nameAxis, provenance, rowLabels, valueAxis, whiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { armLabel, figure, NOT_DETECTED, percent, withInterval } from '../../words/format.ts'
import { throughputText } from '../../words/warnings.ts'

/** Null where the run has no experiment `cost`. */
export function throughputChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = armsOf(summary, 'cost')
  if (arms.length === 0) return null
  const estimates = arms.map(({ metrics }) => metrics.throughputPerSec)
  const limited = arms.map(({ warnings }) => instrumentLimit(warnings) !== null)
  // A control that the instrument held down is no line to compare with.
  const first = arms.find(({ arm, warnings }) => isControl(arm) && !arm.twin && !instrumentLimit(warnings))
  const control = first?.metrics.throughputPerSec?.value
  const error = summary.aa ? ownError(summary.aa.throughputRatio, 1) : null
  const notes = [
    ...(control && error !== null ? ['grey band: the run’s own error'] : []),
    ...(limited.includes(true) ? ['† hollow: the load ran out of CPU, not the scheme’s figure'] : []),
    ...(arms.some(({ warnings }) => warnings.includes('replica-not-saturated'))
      ? ['‡ replica had CPU to spare']
      : []),
    ...(arms.some(({ throughputVsControl: ratio }) => ratio && !ratio.detected)
      ? ['~ no difference detected']
      : []),
  ]
  return drawing(
    {
      title: finding(summary, arms),
      subtitle: [provenance(run, estimates), notes.join(' · ')].filter(Boolean).join('\n'),
    },
    {
      grid: { left: 158, right: 215, top: 84, bottom: 48 },
      xAxis: valueAxis('requests per second, one replica, closed loop'),
      yAxis: nameAxis(arms.map(({ arm }) => armLabel(arm))),
      series: [
        {
          type: 'bar',
          barWidth: '62%',
          silent: true,
          data: arms.map(({ arm, metrics }, row) => {
            const { color } = lookOf(arm.scheme)
            const hollow = {
              color: ink.background,
              borderColor: color,
              borderWidth: 1.5,
              borderType: 'dashed' as const,
            }
            return {
              value: metrics.throughputPerSec?.value ?? null,
              itemStyle: limited[row] ? hollow : { color },
            }
          }),
          ...(control === undefined ? {} : controlMarks(control, error)),
        },
        whiskers(estimates),
        rowLabels(arms.map(label)),
      ],
    },
  )
}

type Arms = CoreSummary['arms']

function label({ metrics, throughputVsControl: ratio }: Arms[number]): string {
  const text = throughputText(metrics.throughputPerSec, (estimate) => withInterval(estimate))
  return ratio && !ratio.detected ? `${text}  ${NOT_DETECTED}` : text
}

/** The control as a line through all rows, with a band as wide as two equal arms may lie apart. */
function controlMarks(control: number, error: number | null) {
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: ink.muted, type: 'dashed' as const, width: 1 },
      data: [{ xAxis: control }],
    },
    ...(error === null
      ? {}
      : {
          markArea: {
            silent: true,
            itemStyle: { color: '#888888', opacity: 0.18 },
            data: [[{ xAxis: control * (1 - error) }, { xAxis: control * (1 + error) }]] as [
              object,
              object,
            ][],
          },
        }),
  }
}

/** The chart's finding: what share of the control's throughput the schemes keep, or what they serve. */
function finding({ aa }: CoreSummary, arms: Arms): string {
  const ratios = arms.flatMap(({ arm, throughputVsControl: ratio }) =>
    ratio ? [{ scheme: arm.scheme, ...ratio }] : [],
  )
  if (ratios.length === 0) return servedFinding(arms)
  const seen = ratios.filter(({ detected }) => detected).sort((a, b) => b.estimate.value - a.estimate.value)
  const [most, least] = [seen[0], seen.at(-1)]
  if (!most || !least) return `Throughput: ${nothingDetected(aa).toLowerCase()}`
  const share = ({ scheme, estimate }: typeof most) => `${percent(estimate.value)} (${scheme})`
  const range = most === least ? share(most) : `${share(most)} to ${share(least)}`
  return `Auth leaves ${range} of the throughput without it`
}

/** Without a control to divide by, since none was measured or the load ran out of CPU before it did. */
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
