/** Kinds of schemes, by what they declare: what a reader chooses at once, and what charts group by. */
import { isSchemeName } from '../../servers/scheme.ts'
import { traits } from '../traits.ts'

export const FAMILIES = ['control', 'sessions', 'signed tokens', 'encrypted tokens'] as const
export type Family = (typeof FAMILIES)[number]

/** Of a scheme that the registry no longer has by its name alone: sessions are called so. */
export function familyOf(scheme: string): Family {
  if (!isSchemeName(scheme)) return scheme.startsWith('session') ? 'sessions' : 'signed tokens'
  const { state, payload } = traits[scheme]
  switch (state) {
    case 'none':
      return 'control'
    case 'process':
    case 'redis':
      return 'sessions'
    default:
      return payload === 'encrypted' ? 'encrypted tokens' : 'signed tokens'
  }
}

/** Family by family, and within each by value; what has none comes last. Equal ones stay as they are. */
export function inFamilies<T>(
  items: readonly T[],
  of: (item: T) => { scheme: string; value: number | null | undefined },
  first: 'least' | 'most',
): T[] {
  const rank = (item: T) => {
    const { scheme, value } = of(item)
    const size = value ?? Number.POSITIVE_INFINITY
    return [FAMILIES.indexOf(familyOf(scheme)), first === 'least' ? size : value ? -value : size] as const
  }
  return items.toSorted((a, b) => {
    const [[familyA, valueA], [familyB, valueB]] = [rank(a), rank(b)]
    return familyA - familyB || (valueA === valueB ? 0 : valueA - valueB)
  })
}
