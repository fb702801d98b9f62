/** Which replicas of a fleet are in rotation when, and how the fleet looks while the others are not. Pure. */
import type { ReplicaHandle } from '../../fleet/fleet.ts'
import type { Session } from '../window.ts'

/** As often as it takes until each replica was in rotation as often as the others, and no fewer windows than these. */
export const LEAST_SHIFTS = 4

/** @returns ids of each group */
export function shiftsOf(replicas: readonly Pick<ReplicaHandle, 'id'>[], size: number): string[][] {
  const ids = replicas.map(({ id }) => id)
  const around = ids.length / greatestCommonDivisor(ids.length, size)
  return Array.from({ length: Math.ceil(LEAST_SHIFTS / around) * around }, (_, shift) =>
    Array.from({ length: size }, (_, i) => ids[(shift * size + i) % ids.length] ?? ''),
  )
}

/**
 * The shifts of several sizes of group, so that each is spread evenly over the time of all: whatever happens to the
 * machine meanwhile happens to each of them.
 * @returns in order of time: which of the sizes, and the ids of its group
 */
export function alternating(
  replicas: readonly Pick<ReplicaHandle, 'id'>[],
  sizes: readonly number[],
): { index: number; ids: string[] }[] {
  const placed = sizes.flatMap((size, index) => {
    const shifts = shiftsOf(replicas, size)
    return shifts.map((ids, i) => ({ index, ids, at: (i + 0.5) / shifts.length }))
  })
  return placed.sort((a, b) => a.at - b.at || a.index - b.index).map(({ index, ids }) => ({ index, ids }))
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b)
}

/** The fleet as one whose other replicas rest: they are no tier, and users who are theirs count as absent. */
export function inRotation(
  { running, trial, traits }: Pick<Session, 'trial' | 'traits' | 'running'>,
  ids: readonly string[],
): Pick<Session, 'trial' | 'running'> {
  const { arm } = trial
  const { replicas, placement } = running
  const isIn = ({ id }: { id: string }) => ids.includes(id)
  const others = replicas.filter((replica) => !isIn(replica))
  const share = traits.state === 'process' ? ids.length / replicas.length : 1
  return {
    trial: { ...trial, arm: { ...arm, users: Math.floor(arm.users * share) } },
    running: {
      ...running,
      replicas: replicas.filter(isIn),
      placement: {
        ...placement,
        replicaCpus: placement.replicaCpus.filter((_, i) => ids.includes(replicas[i]?.id ?? '')),
      },
      resting: others.flatMap(({ pid }) => (pid === null ? [] : [pid])),
      async proxyCounts() {
        const counts = await running.proxyCounts()
        return counts && Object.fromEntries(Object.entries(counts).filter(([id]) => ids.includes(id)))
      },
    },
  }
}
