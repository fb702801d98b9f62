/** Small multiples: where each panel lies, and how high a chart of them is. */
import { size } from './svg.ts'

interface Area {
  left: number
  right: number
  top: number
  bottom: number
  gapX: number
  gapY: number
}

/** The longest name of a scheme fits above a panel that is one of so many in a row. */
const IN_A_ROW = 5
/** Up to so many two rows suffice, a little narrower. */
const IN_TWO_ROWS = 12

function grid(of: number): { columns: number; rows: number } {
  const columns = of > IN_A_ROW && of <= IN_TWO_ROWS ? Math.ceil(of / 2) : IN_A_ROW
  return { columns, rows: Math.ceil(of / Math.min(of, columns)) }
}

/** Up to two rows share the usual height. */
function rowHeight(rows: number, area: Area): number {
  const shared = Math.min(2, rows)
  return (size.height - area.top - area.bottom - (shared - 1) * area.gapY) / shared
}

/** Of a chart with that many panels: each row beyond the second makes it higher instead of flatter. */
export function panelsHeight(of: number, area: Area): number {
  const { rows } = grid(of)
  return size.height + Math.max(0, rows - 2) * (rowHeight(rows, area) + area.gapY)
}

/** The box of the panel `index` of `of`, row after row. */
export function panelBox(index: number, of: number, area: Area) {
  const { columns: most, rows } = grid(of)
  const columns = Math.min(of, most)
  const width = (size.width - area.left - area.right - (columns - 1) * area.gapX) / columns
  const height = rowHeight(rows, area)
  const column = index % columns
  const row = Math.floor(index / columns)
  const left = area.left + column * (width + area.gapX)
  return {
    box: { left, top: area.top + row * (height + area.gapY), width, height },
    firstInRow: column === 0,
  }
}
