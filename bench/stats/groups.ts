/** What values have in common. */

/** Each once, from the least to the most. */
export function rising(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

/** Items of one key together; keys, and the items of each, in the order of the items. */
export function groupedBy<T, Key>(items: readonly T[], keyOf: (item: T) => Key): Map<Key, T[]> {
  const groups = new Map<Key, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const own = groups.get(key)
    if (own) own.push(item)
    else groups.set(key, [item])
  }
  return groups
}
