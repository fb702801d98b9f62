/** Tables and lists as Markdown. */
import { footnotes } from './warnings.ts'

export interface Table {
  head: string[]
  rows: string[][]
}

/** Columns of a table by their heads: what each says of an entry. */
export type Columns<T> = Readonly<Record<string, (entry: T) => string>>

/** A row for each entry. */
export function tableOf<T>(entries: readonly T[], columns: Columns<T>): Table {
  const cells = Object.values(columns)
  return { head: Object.keys(columns), rows: entries.map((entry) => cells.map((cell) => cell(entry))) }
}

const LEAST_SHOWN =
  '~ no difference detected; from: the smallest effect that this many blocks of this noise show four times in five.'

/** A GitHub table with its footnotes; first column left, the others right where they are figures. */
export function markdownTable({ head, rows }: Table, align: 'figures' | 'text' = 'figures'): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 || align === 'text' ? '---' : '---:'))
  const table = [line(head), line(rule), ...rows.map(line)].join('\n')
  const least = table.includes('; from ') ? [LEAST_SHOWN] : []
  return [table, ...footnotes(table), ...least].join('\n\n')
}

/** Closed until the reader opens it: a hundred rows would bury what follows. */
export function folded(title: string, content: string): string {
  return `<details><summary>${title}</summary>\n\n${content}\n\n</details>`
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
