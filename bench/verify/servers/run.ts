/** Tries servers by turns until the time is over: each alone while it has its turn, so that an answer has one cause. */
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Bed } from './bed.ts'
import { type Outcome, Trial } from './trial.ts'

interface Options {
  seconds: number
  seed: number
  signal: AbortSignal
  /** Of each scheme, however long they take; 1 unless it is given. */
  leastBatches?: number
  /** For tests: another server than the project's own. */
  script?: string
}

/** Turns of each scheme, where there is time for them. */
const TURNS = 6
const LONGEST_TURN_MS = 1_000
const LEAST_TURN_MS = 300

/** @throws what starts no server, and the signal's reason */
export async function trySchemes(
  bed: Bed,
  names: readonly SchemeName[],
  options: Options,
): Promise<Outcome[]> {
  const trials = await Promise.all(
    names.map(async (name) => new Trial(name, bed, await bed.start(name, options.script), options.seed)),
  )
  try {
    await Promise.all(trials.map((trial) => trial.begin()))
    const shareMs = (1_000 * options.seconds) / names.length
    const turnMs = Math.min(LONGEST_TURN_MS, Math.max(LEAST_TURN_MS, shareMs / TURNS))
    const until = performance.now() + 1_000 * options.seconds
    const isOver = () => performance.now() >= until
    const going = () =>
      trials.filter(
        ({ outcome, batches }) =>
          outcome.finding === null && (!isOver() || batches < (options.leastBatches ?? 1)),
      )
    while (going().length > 0)
      for (const trial of going())
        await trial.turn(Math.min(turnMs, until - performance.now()), options.signal)
    return trials.map(({ outcome }) => outcome)
  } finally {
    for (const trial of trials) trial.end()
  }
}
