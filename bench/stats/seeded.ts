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

/** Draws from the standard normal distribution (Box & Muller, Annals of Mathematical Statistics 29, 1958). */
export function seededNormal(seed: number): () => number {
  const draw = seededDraw(seed)
  const uniform = () => (draw(1_000_000) + 0.5) / 1_000_000
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}

/** A shuffled copy, every order equally likely (Fisher & Yates 1938, in Durstenfeld's form, CACM 7, 1964). */
export function shuffled<T>(items: readonly T[], seed: number): T[] {
  const draw = seededDraw(seed)
  const result = [...items]
  for (let last = result.length - 1; last > 0; last--) {
    const chosen = draw(last + 1)
    const held = result[last] as T
    result[last] = result[chosen] as T
    result[chosen] = held
  }
  return result
}
