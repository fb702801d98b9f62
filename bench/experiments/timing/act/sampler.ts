/** Times lookups of guesses, class by class in a new random order each round. */
import { randomInt } from 'node:crypto'
import type { TimingSeen } from '../../../record/types.ts'
import { trimmedMean } from '../../../stats/quantiles.ts'
import { shuffled } from '../../../stats/seeded.ts'
import { guessAt } from './guesses.ts'

type Class = TimingSeen['ways'][number]['classes'][number]

/** Resolves when the answer is there; that there is no such session is not its business. */
type Lookup = (guess: string, existing: string) => Promise<unknown>
export type Lookups = Readonly<Record<Class['lookup'], Lookup>>

/** Of 32 characters; the last is one short of right. */
export const SHARED = [0, 8, 16, 24, 31] as const

/** How many batches, and lookups of each class in a batch. */
type Sampling = Record<'batches' | 'rounds', number>

/** Outer quarters are left out: as robust as a median against pauses, and finer where a clock ticks coarsely. */
const PAUSES = 0.25

/** @param existing ids of sessions that exist */
export async function sample(
  lookups: Lookups,
  existing: readonly string[],
  { batches, rounds }: Sampling,
): Promise<Class[]> {
  const classes = (['plain', 'leaky'] as const).flatMap((lookup): Class[] => [
    ...SHARED.map((shared) => ({ lookup, shared, twin: false, batchNs: [] })),
    { lookup, shared: 0, twin: true, batchNs: [] },
  ])
  // Code that is still being compiled would make the first batch differ.
  await oneBatch(classes, lookups, existing, rounds)
  for (let batch = 0; batch < batches; batch++) {
    const durations = await oneBatch(classes, lookups, existing, rounds)
    classes.forEach((one, i) => {
      one.batchNs.push(Math.round(1e6 * trimmedMean(durations[i] ?? [], PAUSES)))
    })
  }
  return classes
}

/** @returns durations of each class, in ms */
async function oneBatch(
  classes: readonly Class[],
  lookups: Lookups,
  existing: readonly string[],
  rounds: number,
): Promise<number[][]> {
  const durations: number[][] = classes.map(() => [])
  // All guesses first, so that none is made while another is under way.
  const prepared = Array.from({ length: rounds }, () => oneRound(classes, existing))
  for (const { target, guesses } of prepared) {
    for (const { index, guess } of guesses) {
      const lookup = lookups[(classes[index] as Class).lookup]
      const start = performance.now()
      await lookup(guess, target)
      durations[index]?.push(performance.now() - start)
    }
  }
  return durations
}

/** One guess of each class at the same session, in random order. */
function oneRound(classes: readonly Class[], existing: readonly string[]) {
  const target = existing[randomInt(existing.length)] as string
  const guesses = classes.map(({ shared }, index) => ({ index, guess: guessAt(target, shared) }))
  return { target, guesses: shuffled(guesses, randomInt(2 ** 31)) }
}
