/** Words of titles that many charts share. */

/** What was found of one scheme. */
export interface Found {
  scheme: string
  value: number
}

/** `a (one) to b (other)`, or the only one; null where nothing was found. */
export function leastToMost<T extends Found>(found: readonly T[], say: (one: T) => string): string | null {
  return range(found, say, (a, b) => a.value - b.value)
}

/** The same for what is better the more it is. */
export function mostToLeast<T extends Found>(found: readonly T[], say: (one: T) => string): string | null {
  return range(found, say, (a, b) => b.value - a.value)
}

function range<T extends Found>(found: readonly T[], say: (one: T) => string, order: (a: T, b: T) => number) {
  const sorted = found.toSorted(order)
  const ends = sorted.length > 1 ? [...sorted.slice(0, 1), ...sorted.slice(-1)] : sorted
  return ends.length === 0 ? null : ends.map((one) => `${say(one)} (${one.scheme})`).join(' to ')
}
