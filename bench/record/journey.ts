/** What every part of the harness knows of a journey: log in, reads with one write among them, log out. Pure. */
export interface JourneyShape {
  reads: number
  /** Mean time between a reply and the next step. */
  thinkMs: number
}

/** Log in, write, log out. */
const BESIDE_READS = 3
/** Of a journey's mean length; not one in a thousand of ten exponential thinks takes as long. */
const SETTLED_AFTER = 2

export function stepsOf({ reads }: Pick<JourneyShape, 'reads'>): number {
  return reads + BESIDE_READS
}

/** Seconds after which as many journeys end as begin, since those of the first moments are over. */
export function settleSec({ reads, thinkMs }: JourneyShape): number {
  return (SETTLED_AFTER * (stepsOf({ reads }) - 1) * thinkMs) / 1_000
}
