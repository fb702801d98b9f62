/** Charts of rows: a name at the left, what was found along one axis, and its figure in words at the right. */
import type {
  BarSeriesOption,
  CustomSeriesOption,
  EChartsOption,
  LegendComponentOption,
  ScatterSeriesOption,
  XAXisComponentOption,
  YAXisComponentOption,
} from 'echarts'
import { nameAxis } from './axes.ts'
import { ink } from './palette.ts'

/** In words; muted where what it says was not detected. */
export type RowLabel = string | { muted: string }

interface Rows {
  names: readonly string[]
  /** Where names are more than names. */
  axis?: object
  x: XAXisComponentOption
  series: readonly (BarSeriesOption | ScatterSeriesOption | CustomSeriesOption)[]
  /** At the right; none where the axis tells enough. */
  labels?: readonly RowLabel[]
  /** Around the rows. */
  room: { left?: number; right?: number; top: number; bottom?: number }
  /** One line above the rows says which colour of a stack is what. */
  stacks?: true
}

export function inRows({ names, axis = {}, x, series, labels = [], room, stacks }: Rows): EChartsOption {
  const grid = { left: 158, right: 215, bottom: 48, ...room }
  const place = { left: grid.left - 4, top: grid.top - 30 }
  return {
    grid,
    ...(stacks && { legend: legend({ ...place, itemHeight: 11, itemWidth: 16, itemGap: 20 }) }),
    xAxis: x,
    yAxis: { ...nameAxis(names), ...axis } as YAXisComponentOption,
    series: [...series, rowLabels(labels)],
  }
}

/** Which mark is what, in lines of names. */
export function legend(own: LegendComponentOption): LegendComponentOption {
  return { textStyle: { color: ink.text, fontSize: 12 }, ...own }
}

/** A bar of each row, stacked on those of the series before it. */
export function stacked(
  name: string,
  color: string,
  values: readonly (number | null | undefined)[],
): BarSeriesOption {
  return {
    type: 'bar',
    name,
    stack: 'rows',
    barWidth: '62%',
    silent: true,
    itemStyle: { color },
    data: values.map((value) => value ?? null),
  }
}

/** A text for each row, in a column of its own, where no bar or whisker can run into it. */
function rowLabels(texts: readonly RowLabel[]): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
    clip: false,
    data: texts.map((_, row) => [0, row]),
    renderItem({ coordSys, dataIndex }, api) {
      const { x, width } = coordSys as unknown as { x: number; width: number }
      const [, y = 0] = api.coord([0, dataIndex])
      const place = { x: x + width + 10, y, verticalAlign: 'middle' as const }
      const label = texts[dataIndex] ?? ''
      const [text, fill] = typeof label === 'string' ? [label, ink.text] : [label.muted, ink.faint]
      return { type: 'text', style: { text, fill, fontSize: 12, ...place } }
    },
  }
}
