/** Panels: where each lies, its axes, title and series. Small multiples are many of one kind, row after row. */
import type { CustomSeriesOption, EChartsOption, LineSeriesOption, ScatterSeriesOption } from 'echarts'
import { type Scale, xScale, yScale } from './axes.ts'
import { ink } from './palette.ts'
import { size } from './svg.ts'

export interface Panel {
  title?: {
    text: string
    /** How far the title lies above the panel, in pixels. */
    above: number
    color?: string
    fontSize?: number
    /** A line in small print between the title and the panel. */
    note?: string
  }
  /** Two: one below and one above. */
  x: Scale | readonly [Scale, Scale]
  y: Scale
  series: readonly (LineSeriesOption | CustomSeriesOption | ScatterSeriesOption)[]
  /** Small print at a distance from the panel's upper left corner, in pixels. */
  notes?: readonly { text: string; left: number; top: number; style?: object; z?: number }[]
}

interface Box {
  left: number
  top: number
  width?: number
  height?: number
  right?: number
  bottom?: number
}

type Text = ReturnType<typeof text>

/** Words anywhere in the chart: small print unless the style says more. */
export function text(words: string, at: object, style: object = {}) {
  return { type: 'text' as const, ...at, style: { text: words, fill: ink.muted, fontSize: 12, ...style } }
}

/** A chart of one panel. */
export function inPanel(box: Required<Omit<Box, 'width' | 'height'>>, panel: Panel): EChartsOption {
  return inPanels([{ ...panel, box }])
}

/** Every panel has axes of its own, which its series and only those find by their numbers. */
function inPanels(panels: readonly (Panel & { box: Box })[], texts: readonly Text[] = []): EChartsOption {
  const xs = panels.flatMap(({ x }, gridIndex) => [x].flat().map((scale) => ({ gridIndex, scale })))
  return {
    grid: panels.map(({ box }) => box),
    xAxis: xs.map(({ gridIndex, scale }) => ({ ...xScale(scale), gridIndex })),
    yAxis: panels.map(({ y }, gridIndex) => ({ ...yScale(y), gridIndex })),
    series: panels.flatMap(({ series }, yAxisIndex) => {
      const xAxisIndex = xs.findIndex(({ gridIndex }) => gridIndex === yAxisIndex)
      return series.map((one) => ({ ...one, xAxisIndex, yAxisIndex }))
    }),
    graphic: [...panels.flatMap(textsOf), ...texts],
  }
}

function textsOf({ title, notes = [], box: { left, top } }: Panel & { box: Box }): Text[] {
  const inside = notes.map(({ text: words, style, ...at }) => ({
    ...text(words, { ...at, left: left + at.left, top: top + at.top }, style),
  }))
  if (!title) return inside
  const { text: words, above, color = ink.text, fontSize = 13, note } = title
  return [
    text(words, { left, top: top - above }, { fill: color, fontSize, fontWeight: 'bold' }),
    ...(note === undefined ? [] : [text(note, { left, top: top - above + 18 })]),
    ...inside,
  ]
}

interface Area {
  left: number
  right: number
  top: number
  bottom: number
  gapX: number
  gapY?: number
  /** By how many pixels the chart is higher than usual. */
  more?: number
  /** Only the first of a row labels its vertical axis: the scales are the same. */
  sharedScale?: true
}

/** The longest name of a scheme fits above a panel that is one of so many in a row. */
const IN_A_ROW = 5
/** Up to so many two rows suffice, a little narrower. */
const IN_TWO_ROWS = 12

/**
 * A panel for each item. Up to two rows share the usual height; each row beyond makes the chart higher instead of its
 * panels flatter.
 *
 * @param panelOf is told its height in pixels
 */
export function smallMultiples<T>(
  items: readonly T[],
  { gapX, gapY = 0, more = 0, sharedScale, ...area }: Area,
  panelOf: (item: T, height: number) => Panel,
  texts: readonly Text[] = [],
): { option: EChartsOption; height: number } {
  const of = items.length
  const most = of > IN_A_ROW && of <= IN_TWO_ROWS ? Math.ceil(of / 2) : IN_A_ROW
  const columns = Math.min(of, most)
  const rows = Math.ceil(of / columns)
  const shared = Math.min(2, rows)
  const width = (size.width - area.left - area.right - (columns - 1) * gapX) / columns
  const height = (size.height + more - area.top - area.bottom - (shared - 1) * gapY) / shared
  const panels = items.map((item, index) => {
    const column = index % columns
    const left = area.left + column * (width + gapX)
    const top = area.top + Math.floor(index / columns) * (height + gapY)
    const panel = panelOf(item, height)
    const label = { ...panel.y.label, ...(sharedScale && { show: column === 0 }) }
    return { ...panel, y: { ...panel.y, label }, box: { left, top, width, height } }
  })
  return {
    option: inPanels(panels, texts),
    height: size.height + more + (rows - shared) * (height + gapY),
  }
}
