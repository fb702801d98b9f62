/** What one turn costs: CPU of each tier, and nothing that would ask the replica itself, which would cost it CPU. */
import type { RunningFleet } from '../fleet/fleet.ts'
import { ofTiers, type Tier } from '../record/tiers.ts'
import { readEdge } from './probe.ts'

export interface TurnReading {
  seconds: number
  /** Null: not readable. */
  cpuUs: Record<Tier, number | null>
  hostUs: number | null
}

/** The kernel tells it in ticks of 10 ms: of a turn without work it can come out below zero. */
const atLeast0 = (us: number | null) => (us === null ? null : Math.max(0, us))

/** @throws Error of `reading` when it was not opened and closed */
export function openTurnProbe(fleet: RunningFleet, generatorPids: readonly number[]) {
  const edges: ReturnType<typeof readEdge>[] = []
  const edge = () => void edges.push(readEdge(fleet, generatorPids))
  return {
    open: edge,
    close: edge,
    reading(): TurnReading {
      const [from, to] = edges
      if (!from || !to) throw new Error('the turn was not opened and closed')
      const between = (a: number | null, b: number | null) => (a === null || b === null ? null : b - a)
      return {
        seconds: (to.atUs - from.atUs) / 1e6,
        cpuUs: ofTiers((tier) => between(from.tiers[tier], to.tiers[tier])),
        hostUs: atLeast0(between(from.host?.busyUs ?? null, to.host?.busyUs ?? null)),
      }
    },
  }
}
