/** Reproducible randomness: everything random in a run or a report comes from a seed that its record carries. */
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { mersenne } from 'pure-rand/generator/mersenne'

/** Draws whole numbers from 0 to `below - 1`, each equally likely. */
export type Draw = (below: number) => number

/**
 * The same seed always gives the same draws. Mersenne twister although pure-rand recommends xoroshiro128plus:
 * that one barely mixes its seed, so its first draws for seeds 1, 2, 3… march in step (10, 9, 8…), and blocks
 * seeded one after the other would put the same arms first in turn instead of at random.
 */
export function seededDraw(seed: number): Draw {
  const generator = mersenne(seed)
  return (below) => uniformInt(generator, 0, below - 1)
}

/** A seed for each name, by FNV-1a (Fowler, Noll & Vo), so that what is drawn for it depends on nothing beside it. */
export function seedOf(name: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed
  for (const char of name) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  return hash >>> 0
}

/** A shuffled copy, every order equally likely (Fisher & Yates 1938, in Durstenfeld's form, CACM 7, 1964). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const draw = seededDraw(seed)
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = draw(last + 1)
    ;[result[last], result[chosen]] = [result[chosen] as T, result[last] as T]
  }
  return result
}
