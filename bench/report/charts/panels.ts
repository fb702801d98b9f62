/** Small multiples: where each panel lies. */
import { size } from './svg.ts'

interface Area {
  left: number
  right: number
  top: number
  bottom: number
  gapX: number
  gapY: number
}

const MAX_COLUMNS = 5

/** The box of the panel `index` of `of`, row after row, at most five in a row. */
export function panelBox(index: number, of: number, area: Area) {
  const columns = Math.min(of, of > MAX_COLUMNS ? Math.ceil(of / 2) : MAX_COLUMNS)
  const rows = Math.ceil(of / columns)
  const width = (size.width - area.left - area.right - (columns - 1) * area.gapX) / columns
  const height = (size.height - area.top - area.bottom - (rows - 1) * area.gapY) / rows
  const column = index % columns
  const row = Math.floor(index / columns)
  const left = area.left + column * (width + area.gapX)
  return {
    box: { left, top: area.top + row * (height + area.gapY), width, height },
    firstInRow: column === 0,
  }
}
