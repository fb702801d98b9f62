/** What stands on the axes: lines, dots, intervals, shades and direct labels. */
import type {
  CustomSeriesOption,
  CustomSeriesRenderItemReturn,
  LineSeriesOption,
  ScatterSeriesOption,
} from 'echarts'
import type { Estimate } from '../../record/types.ts'
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
  return { endLabel: { show: true, ...text, ...style }, labelLayout: { moveOverlap: 'shiftY' } }
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
  return {
    type: 'custom',
    silent: true,
    z: 5,
    data: estimates.flatMap((estimate, row) =>
      estimate && estimate.n > 1 ? [[estimate.lo, estimate.hi, row]] : [],
    ),
    encode: { x: [0, 1], y: 2 },
    renderItem(_, api) {
      const [lo = 0, y = 0] = api.coord([api.value(0), api.value(2)])
      const [hi = 0] = api.coord([api.value(1), api.value(2)])
      return whisker([lo, y], [hi, y], [0, 4])
    },
  }
}

/** Intervals as whiskers along y, at their x; `scale` turns the estimate's unit into the axis's. */
export function verticalWhiskers(
  points: readonly (readonly [x: number, estimate: Estimate | undefined])[],
  scale: (value: number) => number = (value) => value,
): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    z: 1,
    data: points.flatMap(([x, estimate]) =>
      estimate && estimate.n > 1 ? [[x, scale(estimate.lo), scale(estimate.hi)]] : [],
    ),
    encode: { x: 0, y: [1, 2] },
    renderItem(_, api) {
      const [x = 0, lo = 0] = api.coord([api.value(0), api.value(1)])
      const [, hi = 0] = api.coord([api.value(0), api.value(2)])
      return whisker([x, lo], [x, hi], [4, 0])
    },
  }
}

/** A line between two points with a cap at either end, reaching `cap` to both sides. */
function whisker([x1, y1]: Pair, [x2, y2]: Pair, [dx, dy]: Pair): CustomSeriesRenderItemReturn {
  const stroke = (from: Pair, to: Pair) => ({
    type: 'line' as const,
    shape: { x1: from[0], y1: from[1], x2: to[0], y2: to[1] },
    style: { stroke: ink.text, lineWidth: 1.5 },
  })
  const cap = (x: number, y: number) => stroke([x - dx, y - dy], [x + dx, y + dy])
  return { type: 'group', children: [stroke([x1, y1], [x2, y2]), cap(x1, y1), cap(x2, y2)] }
}

type Pair = readonly [number, number]
