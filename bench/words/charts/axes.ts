/** Parts that the charts share: axes, whiskers and their small print. */

import type {
  CustomSeriesOption,
  CustomSeriesRenderItemReturn,
  XAXisComponentOption,
  YAXisComponentOption,
} from 'echarts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Estimate, Run } from '../../record/types.ts'
import { FEW_BLOCKS } from '../../stats/median-interval.ts'
import { counted, figure, machine } from '../format.ts'
import { ink } from './palette.ts'

/** Axis labels, without zeros behind the point. */
export function tick(value: number): string {
  return Number.isInteger(value) ? figure(value, Math.max(100, value)) : figure(value).replace(/0+$/, '')
}

/** An upper end for a scale: 1, 2 or 5 times a power of ten, with a little room above the value. */
export function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return ([1, 2, 5, 10].find((factor) => factor * power >= 1.05 * value) ?? 20) * power
}

/** A horizontal axis of values with its unit. */
export function valueAxis(name: string): XAXisComponentOption {
  return {
    type: 'value',
    name,
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: ink.muted, fontSize: 12 },
    axisLabel: { color: ink.muted, fontSize: 11, formatter: tick },
    splitLine: { lineStyle: { color: ink.line } },
    min: 0,
  }
}

/** A vertical axis of names, first one on top. */
export function nameAxis(names: readonly string[]): YAXisComponentOption {
  return {
    type: 'category',
    data: [...names],
    inverse: true,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: ink.muted } },
    axisLabel: { color: ink.text, fontSize: 12 },
  }
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

/** A text for each row, in a column of its own at the right, where no bar or whisker can run into it. */
export function rowLabels(texts: readonly string[]): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: texts.map((_, row) => [0, row]),
    renderItem({ coordSys, dataIndex }, api) {
      const { x, width } = coordSys as unknown as { x: number; width: number }
      const [, y = 0] = api.coord([0, dataIndex])
      const style = {
        text: texts[dataIndex] ?? '',
        fill: ink.text,
        fontSize: 12,
        verticalAlign: 'middle' as const,
      }
      return { type: 'text', style: { ...style, x: x + width + 10, y } }
    },
  }
}

/** What every chart says of its source. */
export function provenance(run: Run, estimates: readonly (Estimate | null | undefined)[]): string {
  const blocks = [...new Set(estimates.flatMap((estimate) => (estimate ? [estimate.n] : [])))].sort(
    (a, b) => a - b,
  )
  const [least = 0, most = 0] = [blocks[0], blocks.at(-1)]
  const smoke = run.profile === 'smoke' ? 'SMOKE RUN, never a published figure · ' : ''
  if (most === 1) return `${smoke}one block, so there is no interval · ${machine(run.environment)}`
  const n = least === most ? counted(least, 'block') : `${least} to ${most} blocks`
  return `${smoke}median of ${n}, ${spread(least, most)} · ${machine(run.environment)}`
}

/** Fewer than five blocks have no 95 % interval, only the range of what was seen. */
function spread(least: number, most: number): string {
  if (least >= FEW_BLOCKS) return '95 % interval'
  return most < FEW_BLOCKS ? 'with their range' : '95 % interval, below five blocks their range'
}

export function armsOf(summary: CoreSummary, experiment: string): CoreSummary['arms'] {
  return summary.arms.filter(({ arm, metrics }) => arm.experiment === experiment && metrics.throughputPerSec)
}
