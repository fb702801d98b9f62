/** CPU and bytes of a request against the size of the remembered state: a line a scheme, to where it refuses. */

import type { LineSeriesOption } from 'echarts'
import type { Estimate, Run } from '../../record/types.ts'
import { armsOf, niceTop, provenance, tick, verticalWhiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { brokenAt, exact } from './section.ts'
import { stateBytesOf } from './summary.ts'

type SummaryArm = Summary['arms'][number]

const sides = [
  { name: 'CPU µs a request, all tiers', left: 62, of: cpu, y: 'value' },
  { name: 'bytes a request, sent and received', left: 512, of: bytes, y: 'log' },
] as const

const WIDTH = 360
const TOP = 166
const BOTTOM = 62

function cpu({ metrics }: SummaryArm): Estimate | undefined {
  return metrics['cpuUsPerRequest.total']
}

/** The sum of two medians; both hardly vary. */
function bytes({ metrics }: SummaryArm): Estimate | undefined {
  const { bytesSentPerRequest: sent, bytesReceivedPerRequest: received } = metrics
  if (!sent || !received) return undefined
  const [value, lo, hi] = (['value', 'lo', 'hi'] as const).map((end) => sent[end] + received[end]) as [
    number,
    number,
    number,
  ]
  return { ...sent, value, lo, hi }
}

interface Point {
  bytes: number
  entry: SummaryArm
}

/** Null where fewer than two sizes were measured. */
export function payloadChart(run: Run, summary: Summary): Drawing | null {
  const schemes = summary.payload.map(({ scheme }) => ({ scheme, points: pointsOf(scheme, summary) }))
  const all = schemes.flatMap(({ points }) => points)
  const sizes = [...new Set(all.map((point) => point.bytes))].sort((a, b) => a - b)
  const [smallest, largest] = [sizes[0], sizes.at(-1)]
  if (smallest === undefined || largest === undefined || smallest === largest) return null
  const scale = { smallest, largest: largest * 1.15 }
  const estimates = all.filter(({ entry }) => !entry.arm.largestState).map(({ entry }) => cpu(entry))
  const panels = sides.map((side, index) => panel(side, index, { schemes, summary, scale }))
  return drawing(
    {
      title: finding(summary),
      subtitle: `${provenance(run, estimates)}\n✕: the largest state that the scheme takes; the others met no limit · logarithmic but for CPU`,
    },
    {
      legend: {
        data: schemes.map(({ scheme }) => scheme),
        left: 58,
        top: 84,
        width: 820,
        itemWidth: 26,
        itemGap: 18,
        textStyle: { color: ink.text, fontSize: 12 },
      },
      grid: panels.map(({ grid }) => grid),
      xAxis: panels.map(({ xAxis }) => xAxis),
      yAxis: panels.map(({ yAxis }) => yAxis),
      series: panels.flatMap(({ series }) => series),
      graphic: panels.map(({ title }) => title),
    },
  )
}

function pointsOf(scheme: string, summary: Summary): Point[] {
  const limit = brokenAt(summary).get(scheme)
  return armsOf(summary, 'payload')
    .flatMap((entry) => {
      const size = stateBytesOf(entry, summary)
      // Where nothing was refused, the largest is no end that was found, only the most that was tried.
      const shown = limit !== undefined || !entry.arm.largestState
      const own = entry.arm.scheme === scheme && !entry.arm.twin
      return own && shown && size !== undefined ? [{ bytes: size, entry }] : []
    })
    .sort((a, b) => a.bytes - b.bytes)
}

interface Context {
  schemes: { scheme: string; points: Point[] }[]
  summary: Summary
  scale: { smallest: number; largest: number }
}

function panel(side: (typeof sides)[number], index: number, { schemes, summary, scale }: Context) {
  const axes = { gridIndex: index, axisLine: { lineStyle: { color: ink.muted } }, axisTick: { show: false } }
  const values = schemes.flatMap(({ points }) => points.flatMap(({ entry }) => side.of(entry)?.value ?? []))
  const label = { color: ink.muted, fontSize: 11, formatter: tick }
  return {
    grid: { left: side.left, top: TOP, width: WIDTH, bottom: BOTTOM },
    xAxis: {
      ...axes,
      type: 'log' as const,
      name: 'bytes of state a user',
      nameLocation: 'middle' as const,
      nameGap: 30,
      nameTextStyle: { color: ink.muted, fontSize: 12 },
      min: scale.smallest,
      max: scale.largest,
      splitLine: { show: false },
      axisLabel: { ...label, customValues: [100, 300, 1_000, 3_000, 10_000, 30_000] },
    },
    yAxis: {
      ...axes,
      type: side.y,
      min: side.y === 'log' ? 10 ** Math.floor(Math.log10(Math.min(...values))) : 0,
      max: niceTop(Math.max(...values)),
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: label,
    },
    title: {
      type: 'text' as const,
      left: side.left,
      top: TOP - 28,
      style: { text: side.name, fill: ink.text, fontSize: 13, fontWeight: 'bold' as const },
    },
    series: schemes.flatMap((one) => lineOf(one, side, index, summary)),
  }
}

function lineOf(
  { scheme, points }: Context['schemes'][number],
  side: (typeof sides)[number],
  index: number,
  summary: Summary,
): object[] {
  const { color, symbol } = lookOf(scheme)
  const axes = { xAxisIndex: index, yAxisIndex: index, silent: true }
  const limit = brokenAt(summary).get(scheme)
  const line: LineSeriesOption = {
    ...axes,
    type: 'line',
    name: scheme,
    symbol,
    symbolSize: 7,
    lineStyle: { color, width: 2 },
    itemStyle: { color },
    data: points.flatMap(({ bytes: size, entry }) => {
      const value = side.of(entry)?.value
      if (value === undefined) return []
      return [{ value: [size, value], ...(entry.arm.largestState ? CROSS : {}) }]
    }),
    ...(limit && {
      endLabel: { show: true, color, fontSize: 11, formatter: exact(limit.acceptedBytes), distance: 6 },
      labelLayout: { moveOverlap: 'shiftY' },
    }),
  }
  const sized = points.filter(({ entry }) => !entry.arm.largestState)
  return [
    line,
    { ...axes, ...verticalWhiskers(sized.map(({ bytes: size, entry }) => [size, side.of(entry)])) },
  ]
}

const CROSS = {
  symbol: 'path://M0,2L2,0L6,4L10,0L12,2L8,6L12,10L10,12L6,8L2,12L0,10L4,6Z',
  symbolSize: 11,
}

/** The chart's finding: where the first scheme refuses, and what state costs where it travels least. */
function finding(summary: Summary): string {
  const broken = [...brokenAt(summary)].sort((a, b) => a[1].acceptedBytes - b[1].acceptedBytes)
  const [first, ...others] = broken.map(([scheme, { acceptedBytes }]) => ({
    scheme,
    bytes: exact(acceptedBytes),
  }))
  if (first) {
    const rest = others.map(({ scheme, bytes }) => `, ${scheme} ${bytes}`).join('')
    return `${first.scheme} refuses more than ${first.bytes} bytes of state a user${rest}`
  }
  const dearest = summary.payload
    .flatMap(({ scheme, perKb }) => (perKb.servingCpuUs ? [{ scheme, us: perKb.servingCpuUs.value }] : []))
    .sort((a, b) => b.us - a.us)[0]
  return dearest
    ? `Each KB of state adds up to ${figure(dearest.us)} µs to a request (${dearest.scheme})`
    : 'CPU and bytes of a request against the size of the state'
}
