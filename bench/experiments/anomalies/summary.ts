/** How often concurrent requests got in each other's way: counts of all trials of an arm, with exact intervals. */
import { observed, seenByArm } from '../../figures/seen.ts'
import type { Arm, Observed, Run, TrialResult } from '../../record/types.ts'
import { proportion } from '../../stats/proportion.ts'
import type { Summary } from './schema.ts'

type Seen = Extract<Observed, { kind: 'anomalies' }>
type Entry = Summary['anomalies'][number]
type Share = NonNullable<Entry['lostUpdates']>

/** Also of trials that were measured again: what happened has happened. */
export function anomalies(run: Run, results: readonly TrialResult[]): Summary['anomalies'] {
  return seenByArm(run, results, observed('anomalies')).map(({ arm, trials, records }) =>
    entryOf(
      arm,
      records.map(({ seen }) => seen),
      trials,
    ),
  )
}

function entryOf({ id, scheme, variant }: Arm, all: readonly Seen[], trials: string[]): Entry {
  const updates = all.flatMap((seen) => seen.updates ?? [])
  const held = all.flatMap((seen) => seen.heldWrites ?? [])
  const strays = all.map((seen) => seen.strays)
  const groups = sum(updates, 'groups')
  return {
    arm: id,
    scheme,
    variant,
    lostUpdates: share(sum(updates, 'lost'), sum(updates, 'n')),
    copiesPerGroup: groups === 0 ? null : sum(updates, 'copies') / groups,
    undoneLogouts: share(sum(held, 'undone'), sum(held, 'n')),
    races: racesOf(all.flatMap((seen) => seen.races ?? [])),
    refusedElsewhere: share(sum(strays, 'refused'), sum(strays, 'n')),
    wrongUsers: sum(all, 'wrongUsers'),
    hangs: sum(all, 'hangs'),
    trials,
  }
}

function racesOf(races: readonly NonNullable<Seen['races']>[]): Entry['races'] {
  const successors = races.flatMap((one) => one.successors)
  const n = successors.length
  const many = share(successors.filter((count) => count > 1).length, n)
  const loggedOut = share(sum(races, 'loggedOut'), n)
  if (!many || !loggedOut) return null
  return {
    n,
    clients: races[0]?.clients ?? 0,
    manySuccessors: many,
    mostSuccessors: Math.max(...successors),
    letPerRace: sum(races, 'let') / n,
    loggedOut,
  }
}

function share(seen: number, n: number): Share | null {
  return n === 0 ? null : { ...proportion(seen, n), seen, n }
}

function sum<K extends string>(items: readonly Record<K, number>[], key: K): number {
  return items.reduce((total, item) => total + item[key], 0)
}
