/** When open-loop requests are to be sent: absolute times, fixed before the first one, without a clock. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'
import type { Load } from '../job.ts'
import { type Shard, WHOLE } from '../shard.ts'

export type OpenLoad = Extract<Load, { loop: 'open' }>

/** Gives the next arrival in µs from the start, later than the one before; never ends. */
export type Schedule = () => number

type Rate = Pick<OpenLoad, 'arrivalsPerSec' | 'spacing' | 'seed'>

/**
 * A process's own part of the arrivals. Parts of an even schedule make up exactly the whole. A Poisson process is
 * split into independent ones of a lower rate, whose sum is a Poisson process of the whole rate.
 */
export function scheduleOf(rate: Rate, shard: Shard = WHOLE): Schedule {
  const gapUs = 1e6 / rate.arrivalsPerSec
  return rate.spacing === 'even' ? even(gapUs, shard) : poisson(gapUs * shard.of, seedOf(rate.seed, shard))
}

/** Multiplied and not summed up: sums of a rounded gap drift. */
function even(gapUs: number, { index, of }: Shard): Schedule {
  let arrival = index - of
  return () => {
    arrival += of
    return arrival * gapUs
  }
}

/** By inversion: −ln(1 − u)/λ, with u from [0, 1). */
export function exponential(generator: RandomGenerator, mean: number): number {
  return -Math.log1p(-uniformFloat64(generator)) * mean
}

function poisson(meanGapUs: number, seed: number): Schedule {
  const generator = mersenne(seed)
  let atUs = 0
  return () => {
    atUs += exponential(generator, meanGapUs)
    return atUs
  }
}

/** The shard's own draw from the seed: neighbouring seeds must not share shards. */
export function seedOf(seed: number, { index }: Shard): number {
  const seeds = mersenne(seed)
  for (let skipped = 0; skipped < index; skipped++) seeds.next()
  return seeds.next()
}
