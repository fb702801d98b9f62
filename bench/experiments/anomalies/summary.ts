/** How often concurrent requests got in each other's way: counts of all trials of an arm, with exact intervals. */
import { observed, type Seen as SeenOf, seenByArm, totalOf } from '../../figures/seen.ts'
import type { Observed, Run, TrialResult } from '../../record/types.ts'
import { proportion } from '../../stats/proportion.ts'
import type { Summary } from './schema.ts'

type Seen = Extract<Observed, { kind: 'anomalies' }>
type Entry = Summary['anomalies'][number]

/** Also of trials that were measured again: what happened has happened. */
export function anomalies(run: Run, results: readonly TrialResult[]): Entry[] {
  return seenByArm(run, results, observed('anomalies')).map(entryOf)
}

function entryOf({ arm: { id, scheme, variant }, trials, seen: all }: SeenOf<Seen>): Entry {
  const updates = all.flatMap((seen) => seen.updates ?? [])
  const held = all.flatMap((seen) => seen.heldWrites ?? [])
  const strays = all.map((seen) => seen.strays)
  const groups = totalOf(updates, 'groups')
  return {
    arm: id,
    scheme,
    variant,
    lostUpdates: share(totalOf(updates, 'lost'), totalOf(updates, 'n')),
    copiesPerGroup: groups === 0 ? null : totalOf(updates, 'copies') / groups,
    undoneLogouts: share(totalOf(held, 'undone'), totalOf(held, 'n')),
    races: racesOf(all.flatMap((seen) => seen.races ?? [])),
    ...repliesOf(all.flatMap((seen) => seen.lostReplies ?? [])),
    refusedElsewhere: share(totalOf(strays, 'refused'), totalOf(strays, 'n')),
    wrongUsers: totalOf(all, 'wrongUsers'),
    hangs: totalOf(all, 'hangs'),
    trials,
  }
}

function racesOf(races: readonly NonNullable<Seen['races']>[]): Entry['races'] {
  const successors = races.flatMap((one) => one.successors)
  const n = successors.length
  const manySuccessors = share(successors.filter((count) => count > 1).length, n)
  const loggedOut = share(totalOf(races, 'loggedOut'), n)
  if (!manySuccessors || !loggedOut) return null
  const letPerRace = totalOf(races, 'let') / n
  const [mostSuccessors, clients] = [Math.max(...successors), races[0]?.clients ?? 0]
  return { n, clients, manySuccessors, mostSuccessors, letPerRace, loggedOut }
}

/** Absent in runs that did not ask. */
function repliesOf(replies: readonly NonNullable<Seen['lostReplies']>[]): Pick<Entry, 'lostReplies'> {
  const wentOn = share(totalOf(replies, 'wentOn'), totalOf(replies, 'n'))
  const copiesLetIn = share(totalOf(replies, 'letIn'), totalOf(replies, 'copies'))
  return wentOn && copiesLetIn ? { lostReplies: { wentOn, copiesLetIn } } : {}
}

const share = (seen: number, n: number): Entry['lostUpdates'] =>
  n === 0 ? null : { ...proportion(seen, n), seen, n }
