/** What stands on the axes: lines, dots, intervals, shades and direct labels. */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts'
import type { Estimate } from '../../record/types.ts'
import { withInterval } from '../format.ts'
import { ink, lookOf } from './palette.ts'

/** A line in the scheme's colour, with its symbol at each point. */
export function schemeLine(
  scheme: string,
  data: LineSeriesOption['data'] & object,
  { lineStyle, ...more }: LineSeriesOption = {},
): LineSeriesOption {
  const { color, symbol } = lookOf(scheme)
  const own = { type: 'line', silent: true, symbol, symbolSize: 8, itemStyle: { color } } as const
  return { ...own, ...more, lineStyle: { color, width: 2, ...lineStyle }, data }
}

/** A name at the end of a line, out of the way of the others'. */
export function endLabel(
  color: string,
  words: string,
  style: { distance?: number; fontSize?: number; fontWeight?: 'normal'; backgroundColor?: string } = {},
): LineSeriesOption {
  const text = { color, fontSize: 12, fontWeight: 'bold' as const, distance: 10, formatter: words }
  // Without one it is told from a letter that not every machine has, and labels are kept too little apart.
  const lineHeight = Math.round(1.25 * (style.fontSize ?? text.fontSize))
  return { endLabel: { show: true, ...text, lineHeight, ...style }, labelLayout: { moveOverlap: 'shiftY' } }
}

/** Between the scheme of a mark and what is said of it. */
export const OF_SCHEME = ' · '

/** What a mark says to who points at it, as the name of its data: the figure with its interval and n. @param also p, or what else is known */
export function said(scheme: string, where: string, estimate: Estimate, unit: string, also = ''): string {
  return `${scheme}${OF_SCHEME}${where}: ${withInterval(estimate)} ${unit}, n ${estimate.n}${also}`
}

type Stroke = NonNullable<LineSeriesOption['lineStyle']>

/** A line that measures nothing: a limit, a law, an expectation. */
export function rule(data: number[][], lineStyle: Stroke): LineSeriesOption {
  return { type: 'line', silent: true, symbol: 'none', lineStyle, data }
}

/** Marks a place of the horizontal axis all the way up; belongs to a series. */
export function upright(x: number, style: Stroke = { type: 'dashed' }) {
  return {
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: ink.muted, width: 1, ...style },
      data: [{ xAxis: x }],
    },
  }
}

/** Shades all of a panel between two places of its horizontal axis; belongs to a series. */
export function shade(
  from: number,
  to: number,
  itemStyle: { color: string; opacity: number },
  label?: object,
) {
  const data: [{ xAxis: number }, { xAxis: number }][] = [[{ xAxis: from }, { xAxis: to }]]
  return { markArea: { silent: true, itemStyle, ...(label && { label }), data } }
}

/** Dots above all else in their rows. */
export function dots(
  data: ScatterSeriesOption['data'] & object,
  more: ScatterSeriesOption = {},
): ScatterSeriesOption {
  return { type: 'scatter', silent: true, z: 6, ...more, data }
}

/** Where a line ends: nothing is known, or possible, beyond. */
export const CROSS = 'path://M0,2L2,0L6,4L10,0L12,2L8,6L12,10L10,12L6,8L2,12L0,10L4,6Z'

/** The inside left out: what is shown holds with a reservation. */
export function hollow(color: string, borderWidth = 2) {
  return { color: ink.background, borderColor: color, borderWidth }
}

/** Intervals as whiskers along x, one for each row of a name axis; null leaves a row without. */
export function whiskers(estimates: readonly (Estimate | null | undefined)[]): CustomSeriesOption {
  const lines = estimates.flatMap((estimate, row) =>
    estimate && estimate.n > 1 ? [[estimate.lo, row, estimate.hi, row]] : [],
  )
  return capped(lines, [0, 4], 5)
}

/** Intervals as whiskers along y, at their x; `scale` turns the estimate's unit into the axis's. */
export function verticalWhiskers(
  points: readonly (readonly [x: number, estimate: Estimate | undefined])[],
  scale: (value: number) => number = (value) => value,
): CustomSeriesOption {
  const lines = points.flatMap(([x, estimate]) =>
    estimate && estimate.n > 1 ? [[x, scale(estimate.lo), x, scale(estimate.hi)]] : [],
  )
  return capped(lines, [4, 0], 1)
}

/** What lies between the ends of intervals along x, lightly filled. @param points by rising x */
export function band(
  points: readonly (readonly [x: number, y: Pick<Estimate, 'lo' | 'hi'>])[],
  color: string,
): CustomSeriesOption {
  const outline = [
    ...points.map(([x, { hi }]) => [x, hi]),
    ...points.toReversed().map(([x, { lo }]) => [x, lo]),
  ]
  return {
    type: 'custom',
    silent: true,
    clip: true,
    z: 1,
    data: [[0, 0]],
    renderItem(_, api) {
      return {
        type: 'polygon',
        shape: { points: outline.map((point) => api.coord(point)) },
        style: { fill: color, opacity: 0.16 },
      }
    },
  }
}

/** Lines from x1, y1 to x2, y2 on the axes, with a cap at either end that reaches so many pixels to both sides. */
function capped(lines: number[][], [dx, dy]: Pair, z: number): CustomSeriesOption {
  const stroke = ([x1, y1]: Pair, [x2, y2]: Pair) => ({
    type: 'line' as const,
    shape: { x1, y1, x2, y2 },
    style: { stroke: ink.text, lineWidth: 1.5 },
  })
  const cap = (x: number, y: number) => stroke([x - dx, y - dy], [x + dx, y + dy])
  return {
    type: 'custom',
    silent: true,
    z,
    data: lines,
    encode: { x: [0, 2], y: [1, 3] },
    renderItem(_, api) {
      const [x1 = 0, y1 = 0] = api.coord([api.value(0), api.value(1)])
      const [x2 = 0, y2 = 0] = api.coord([api.value(2), api.value(3)])
      return { type: 'group', children: [stroke([x1, y1], [x2, y2]), cap(x1, y1), cap(x2, y2)] }
    },
  }
}

type Pair = readonly [number, number]
