/**
 * Zipf-like laws: the i-th most popular of n is asked for with a probability proportional to 1 ÷ i^s (L. Breslau et al.,
 * "Web caching and Zipf-like distributions", INFOCOM 1999). With the exponent 0 all are alike.
 */
import type { Draw } from './seeded.ts'

const COIN = 2 ** 31

/** How much each of the ranks weighs, the first 1. */
export function zipfWeights(count: number, exponent: number): Float64Array {
  return Float64Array.from({ length: count }, (_, rank) => (rank + 1) ** -exponent)
}

/**
 * Draws places of the list in proportion to their weights, each draw in the same time however many there are: the alias
 * method (M. D. Vose, "A linear algorithm for generating random numbers with a given distribution", IEEE Transactions on
 * Software Engineering 17, 1991).
 */
export function weightedDraw(weights: ArrayLike<number>, draw: Draw): () => number {
  const count = weights.length
  let total = 0
  for (let place = 0; place < count; place++) total += weights[place] as number
  /** What is left of each place's weight, as multiples of an even share; below 1 it shares its column with its alias. */
  const column = Float64Array.from(weights, (weight) => (weight * count) / total)
  const alias = new Uint32Array(count)
  const [light, heavy]: [number[], number[]] = [[], []]
  for (let place = 0; place < count; place++)
    (column[place] as number) < 1 ? light.push(place) : heavy.push(place)
  while (light.length > 0 && heavy.length > 0) {
    const small = light.pop() as number
    const large = heavy.at(-1) as number
    alias[small] = large
    const left = (column[large] as number) - (1 - (column[small] as number))
    column[large] = left
    if (left < 1) light.push(heavy.pop() as number)
  }
  // What rounding left over on either side fills its column by itself.
  for (const place of [...light, ...heavy]) column[place] = 1
  return () => {
    const place = draw(count)
    return draw(COIN) / COIN < (column[place] as number) ? place : (alias[place] as number)
  }
}

/** How many of the ranks so many independent draws are expected to meet at least once. */
export function expectedDistinct(count: number, exponent: number, draws: number): number {
  const weights = zipfWeights(count, exponent)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.reduce((sum, weight) => sum - Math.expm1((-draws * weight) / total), 0)
}
