/** Tables and lists as Markdown. */
import type { Part } from './section.ts'
import { footnotes } from './warnings.ts'

export interface Table {
  head: string[]
  rows: string[][]
}

/** What a column says of an item. */
type Cell<T> = (item: T) => string
/** A column that is computed: what stands above it, and what it says of an item. */
export type Column<T> = readonly [head: string, cell: Cell<T>]
/** Columns that are known, by what stands above them. */
export type Columns<T> = Readonly<Record<string, Cell<T>>>

/** A row for each item. */
export function tableOf<T>(items: readonly T[], columns: Columns<T> | readonly Column<T>[]): Table {
  const pairs: readonly Column<T>[] = Array.isArray(columns) ? columns : Object.entries(columns)
  return {
    head: pairs.map(([head]) => head),
    rows: items.map((item) => pairs.map(([, cell]) => cell(item))),
  }
}

const LEAST_SHOWN =
  '~ no difference detected: what follows it may be chance; from: the smallest effect that this many blocks of this noise show four times in five.'

/** A GitHub table with its footnotes; first column left, the others right where they are figures. */
export function markdownTable({ head, rows }: Table, align: 'figures' | 'text' = 'figures'): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 || align === 'text' ? '---' : '---:'))
  const table = [line(head), line(rule), ...rows.map(line)].join('\n')
  const least = table.includes('; from ') ? [LEAST_SHOWN] : []
  return [table, ...footnotes(table), ...least].join('\n\n')
}

/** The same with what stands above and below it; nothing where it has no rows. */
export function shown(
  table: Table,
  { align, above, below }: { align?: 'text'; above?: string; below?: string } = {},
): Part {
  if (table.rows.length === 0) return null
  return [above, markdownTable(table, align), below].filter((part) => part !== undefined).join('\n\n')
}

/** Lines for a terminal, as wide as its columns are; first column left, the others, which are figures, right. */
export function terminalTable({ head, rows }: Table, widths: readonly number[]): string[] {
  const padded = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)
  return [head, ...rows].map((cells) => cells.map(padded).join('').trimEnd())
}

/** Closed until the reader opens it: a hundred rows would bury what follows. */
export function folded(title: string, content: Part): Part {
  return content && `<details><summary>${title}</summary>\n\n${content}\n\n</details>`
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
