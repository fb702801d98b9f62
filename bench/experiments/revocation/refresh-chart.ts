/** What renewing access tokens costs a user-hour, against how long a revoked one is accepted. */
import type { LineSeriesOption } from 'echarts'
import type { Run } from '../../record/schema/run.ts'
import type { Summary } from '../../report/schema.ts'
import { provenance, tick } from '../../words/charts/axes.ts'
import { verticalWhiskers } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { counted, figure } from '../../words/format.ts'

type Entry = Summary['refresh'][number]

const HEIGHT = 360

/** Null where no refresh was measured. */
export function refreshChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.refresh.filter(({ curve }) => curve.length > 0)
  const points = entries.flatMap(({ curve }) => curve)
  if (points.length === 0) return null
  const lifetimes = [...new Set(points.map(({ lifetimeMin }) => lifetimeMin))].sort((a, b) => a - b)
  const costs = points.map(({ cpuMsPerHour }) => cpuMsPerHour)
  const axis = { type: 'log' as const, nameLocation: 'middle' as const, axisTick: { show: false } }
  const nameTextStyle = { color: ink.muted, fontSize: 12 }
  return drawing(
    finding(entries),
    [
      provenance(run, costs),
      'computed from the CPU of one refresh, for a user who is there all the time · both axes logarithmic',
    ],
    {
      grid: { left: 76, right: 136, top: 84, bottom: 56 },
      xAxis: {
        ...axis,
        name: 'how long a revoked access token is accepted, minutes',
        nameGap: 30,
        nameTextStyle,
        min: 0.8,
        max: 75,
        splitLine: { show: false },
        axisLabel: { color: ink.muted, fontSize: 11, formatter: tick, customValues: lifetimes },
      } as object,
      yAxis: {
        ...axis,
        name: 'extra CPU, ms a user-hour',
        nameGap: 48,
        nameTextStyle,
        splitLine: { lineStyle: { color: ink.line } },
        min: powerOfTen(Math.min(...costs.map(({ lo }) => lo)), Math.floor),
        max: powerOfTen(Math.max(...costs.map(({ hi }) => hi)), Math.ceil),
        axisLabel: { color: ink.muted, fontSize: 11, formatter: tick },
      },
      series: entries.flatMap((entry) => [
        lineOf(entry),
        verticalWhiskers(entry.curve.map(({ lifetimeMin, cpuMsPerHour }) => [lifetimeMin, cpuMsPerHour])),
      ]),
    },
    HEIGHT,
  )
}

const powerOfTen = (value: number, round: (exponent: number) => number) => 10 ** round(Math.log10(value))

function lineOf({ scheme, curve }: Entry): LineSeriesOption {
  const { color, symbol } = lookOf(scheme)
  return {
    type: 'line',
    name: scheme,
    silent: true,
    symbol,
    symbolSize: 8,
    lineStyle: { color, width: 2 },
    itemStyle: { color },
    data: curve.map(({ lifetimeMin, requestsPerHour, cpuMsPerHour }) => ({
      value: [lifetimeMin, cpuMsPerHour.value],
      label: {
        show: true,
        position: 'right',
        // Above the line, which falls to the right.
        offset: [0, -10],
        color: ink.text,
        fontSize: 12,
        formatter: `${counted(requestsPerHour, 'request')}, ${figure(cpuMsPerHour.value)} ms`,
      },
    })),
  }
}

function finding(entries: readonly Entry[]): string {
  const [first] = entries
  const [shortest, longest] = [first?.curve[0], first?.curve.at(-1)]
  if (!first || !shortest || !longest) return 'What renewing access tokens costs'
  return (
    `Access tokens of ${counted(shortest.lifetimeMin, 'minute')} cost a user-hour ${figure(shortest.cpuMsPerHour.value)} ms of CPU, ` +
    `of ${counted(longest.lifetimeMin, 'minute')} ${figure(longest.cpuMsPerHour.value)} (${first.scheme})`
  )
}
