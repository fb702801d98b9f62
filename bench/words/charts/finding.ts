/** Words of titles that many charts share. */
import { counted, list } from '../format.ts'

/** What was found of one scheme. */
export interface Found {
  scheme: string
  value: number
}

/** `a (one) to b (other)`, or `a (one and other)` where both read alike; null where nothing was found. */
export function leastToMost<T extends Found>(found: readonly T[], say: (one: T) => string): string | null {
  return range(found, say, (a, b) => a.value - b.value)
}

/** The same for what is better the more it is. */
export function mostToLeast<T extends Found>(found: readonly T[], say: (one: T) => string): string | null {
  return range(found, say, (a, b) => b.value - a.value)
}

function range<T extends Found>(found: readonly T[], say: (one: T) => string, order: (a: T, b: T) => number) {
  const sorted = found.toSorted(order)
  const [first, last] = [sorted[0], sorted.at(-1)]
  if (!first || !last) return null
  const [from, to] = [say(first), say(last)]
  if (from !== to) return `${from} (${first.scheme}) to ${to} (${last.scheme})`
  return `${from} (${found.length > FEW ? counted(found.length, 'scheme') : list(found.map(({ scheme }) => scheme))})`
}

/** So many fit into a title by name. */
const FEW = 3
