/** Collects the turns of one arm into the columns of its record. Pure. */
import type { TurnReading } from '../../probe/turn.ts'
import { ofTiers, type Tier } from '../../record/tiers.ts'
import type { Point, Turns } from '../../record/types.ts'

/** One turn as it was measured. */
export interface Turn extends TurnReading {
  order: number
  point: number
  /** Which of the arm's sets of processes; absent: its only one. */
  set?: number
  requests: number
  meanInFlight: number
  failed: number
}

/** A tenth of a µs and a ten-thousandth of a second are below what any reading can tell. */
const tenths = (value: number) => Math.round(value * 10) / 10
const fine = (value: number) => Math.round(value * 1e4) / 1e4

/** A tier that could not be read in one turn is not known in any. */
export function columnsOf(points: readonly Point[], turns: readonly Turn[]): Turns {
  const known = (of: (turn: Turn) => number | null) => {
    const values = turns.map(of)
    return values.includes(null) ? null : (values as number[]).map(tenths)
  }
  const counts = (key: 'order' | 'point' | 'requests' | 'failed') => turns.map((turn) => turn[key])
  const sets = turns.map(({ set = 0 }) => set)
  return {
    points: [...points],
    order: counts('order'),
    ...(sets.some((set) => set > 0) ? { set: sets } : {}),
    point: counts('point'),
    seconds: turns.map(({ seconds }) => fine(seconds)),
    requests: counts('requests'),
    cpuUs: ofTiers((tier: Tier) => known(({ cpuUs }) => cpuUs[tier])),
    hostUs: known(({ hostUs }) => hostUs),
    meanInFlight: turns.map(({ meanInFlight }) => fine(meanInFlight)),
    failed: counts('failed'),
  }
}
