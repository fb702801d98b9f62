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
import { unseen } from '../format.ts'
import { nameAxis } from './axes.ts'
import { OF_SCHEME } from './marks.ts'
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
  /** Beyond the label, what each row says to who points at it; `by-marks` where the marks in it say that by themselves. */
  told?: readonly (string | null | undefined)[] | 'by-marks'
  /** Around the rows. */
  room: { left?: number; right?: number; top: number; bottom?: number }
  /** One line above the rows says which colour of a stack is what. */
  stacks?: true
}

export function inRows({
  names,
  axis = {},
  x,
  series,
  labels = [],
  told = [],
  room,
  stacks,
}: Rows): EChartsOption {
  const grid = { left: 158, right: 215, bottom: 48, ...room }
  const place = { left: grid.left - 4, top: grid.top - 30 }
  const what = typeof x.name === 'string' ? x.name : ''
  const saidOf = (row: number) => {
    const label = labels[row] ?? ''
    const text = typeof label === 'string' ? label : unseen(label.muted)
    const figures = [text, told === 'by-marks' ? null : told[row]].filter(Boolean).join('; ')
    return names[row] && figures ? `${names[row]}${OF_SCHEME}${what}: ${figures}` : ''
  }
  return {
    grid,
    ...(stacks && { legend: legend({ ...place, itemHeight: 11, itemWidth: 16, itemGap: 20 }) }),
    xAxis: x,
    yAxis: { ...nameAxis(names), ...axis } as YAXisComponentOption,
    series: [
      ...series,
      rowLabels(labels),
      ...(told === 'by-marks' ? [] : [rowMarks(names.map((_, row) => saidOf(row)))]),
    ],
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

/** Over all of a row and out of sight: a mark that says what the row is. */
function rowMarks(texts: readonly string[]): CustomSeriesOption {
  return {
    type: 'custom',
    clip: false,
    z: 9,
    data: texts.map((name, row) => ({ name, value: [0, row] })),
    renderItem({ coordSys, dataIndex }, api) {
      if (!texts[dataIndex]) return null
      const { x, width, height } = coordSys as unknown as { x: number; width: number; height: number }
      const [, y = 0] = api.coord([0, dataIndex])
      const own = height / texts.length
      return {
        type: 'rect',
        shape: { x, y: y - own / 2, width, height: own },
        style: { fill: 'transparent' },
      }
    },
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
