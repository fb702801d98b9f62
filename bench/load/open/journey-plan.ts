/** When journeys begin, how long their users think, and when they write: all from the seed, without a clock. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import { stepsOf } from '../../record/journey.ts'
import type { Load, Step } from '../job.ts'
import { type Shard, WHOLE } from '../shard.ts'
import { exponential, scheduleOf, seedOf } from './schedule.ts'

export type JourneyLoad = Extract<Load, { loop: 'journey' }>

/** One value for each step. */
export function ofSteps<T>(of: (step: Step) => T): Record<Step, T> {
  return { login: of('login'), read: of('read'), write: of('write'), logout: of('logout') }
}

export interface JourneyPlan {
  /** Beginning, in µs from the start of the load. */
  atUs: number
  steps: readonly Step[]
  /** Time between the reply of the step before and each later step, in µs; the first step has none. */
  thinkUs: readonly number[]
}

type Shape = Pick<JourneyLoad, 'journeysPerSec' | 'reads' | 'thinkMs' | 'seed'>

/** Other draws than those of the arrivals, from the same seed. */
const THINKING = 0x9e3779b9

/**
 * A process's own journeys, one after the other without end: beginnings are a Poisson process, thinks exponential, the
 * write falls before any of the reads, so that at least one of them can show what was written.
 */
export function journeysOf(load: Shape, shard: Shard = WHOLE): () => JourneyPlan {
  const { journeysPerSec: arrivalsPerSec, reads, thinkMs, seed } = load
  const next = scheduleOf({ arrivalsPerSec, spacing: 'poisson', seed }, shard)
  const draws = mersenne(seedOf(seed ^ THINKING, shard))
  return () => {
    const writeAt = Math.floor(uniformFloat64(draws) * reads)
    const between: Step[] = Array.from({ length: reads + 1 }, (_, at) => (at === writeAt ? 'write' : 'read'))
    const thinkUs = Array.from({ length: stepsOf(load) }, (_, at) =>
      at === 0 ? 0 : exponential(draws, thinkMs * 1_000),
    )
    return { atUs: next(), steps: ['login', ...between, 'logout'], thinkUs }
  }
}
