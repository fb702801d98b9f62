/** What the reader chose, kept in the page's address, so that a view can be shared. */

export type Choice =
  | 'schemes'
  | 'experiments'
  | 'runs'
  | 'machines'
  | 'runtimes'
  | 'dates'
  | 'base'
  | 'against'
  | 'with'
  | 'trials'
  | 'sort'
  | 'rps'
  | 'users'
  | 'p99'
  | 'headroom'
  | 'cores'
  | 'payload'
  | 'handler'
  | 'distance'
  | 'survive'
  | 'zones'
  | 'logins'
  | 'price'
  | 'pair'

const listeners: { of: readonly Choice[]; listener: () => void }[] = []

export function chosen(choice: Choice): string | null {
  return new URLSearchParams(location.search).get(choice)
}

/** No name has it. */
export const BETWEEN = '|'

/** Null where nothing was chosen, which means all. */
export function chosenList(choice: Choice): string[] | null {
  const text = chosen(choice)
  return text === null ? null : text.split(BETWEEN).filter((item) => item !== '')
}

/** Null takes a choice back. The history is not filled with every step of a slider. */
export function choose(choices: Partial<Record<Choice, string | null>>): void {
  const params = new URLSearchParams(location.search)
  const changed: Choice[] = []
  for (const [name, value] of Object.entries(choices) as [Choice, string | null][]) {
    if (params.get(name) === value) continue
    changed.push(name)
    if (value === null) params.delete(name)
    else params.set(name, value)
  }
  if (changed.length === 0) return
  const query = params.toString().replaceAll('%2C', ',').replaceAll('%7C', BETWEEN)
  history.replaceState(null, '', `${location.pathname}${query ? `?${query}` : ''}${location.hash}`)
  for (const { of, listener } of listeners) {
    if (of.some((choice) => changed.includes(choice))) listener()
  }
}

/** Calls when the reader has changed any of these. */
export function onChoice(of: readonly Choice[], listener: () => void): void {
  listeners.push({ of, listener })
}

/** Calls now, and whenever the reader has changed any of these. */
export function follow(of: readonly Choice[], listener: () => void): void {
  listener()
  onChoice(of, listener)
}

/** A drag gives more events than a screen has frames. */
export function onceAFrame(act: () => void): () => void {
  let isDue = false
  return () => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      act()
    })
  }
}

/** Of `all`, those that were chosen; names that do not exist are nobody's. */
export function kept(choice: Choice, all: readonly string[]): string[] {
  const list = chosenList(choice)
  return all.filter((name) => list?.includes(name) ?? true)
}
