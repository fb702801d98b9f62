/** How long revoked credentials were still accepted: over all revocations of an arm, whatever trial they were seen in. */
import { observed, type Seen as SeenOf, seenByArm, totalOf } from '../../figures/seen.ts'
import type { Observed, Run, TrialResult } from '../../record/types.ts'
import { medianInterval } from '../../stats/median-interval.ts'
import { beyondWorst } from '../../stats/proportion.ts'
import type { Summary } from './schema.ts'

type Seen = Extract<Observed, { kind: 'revocation' }>
type SeenWay = Seen['ways'][number]
type Entry = Summary['revocation'][number]
type Way = Entry['ways'][number]

const EXAMPLES = 5

/**
 * All revocations count, also those of trials that were measured again: a busy machine can only make an answer later, and
 * what was accepted too late was accepted. Revocations of one trial share its processes, which an interval over single
 * ones leaves out; what they wait for is decided anew for each.
 */
export function revocation(run: Run, results: readonly TrialResult[]): Summary['revocation'] {
  return seenByArm(run, results, observed('revocation')).map(entryOf)
}

function entryOf({ arm, trials, seen: all, warnings }: SeenOf<Seen>): Entry {
  const { id, scheme, replicas, settings } = arm
  const names = [...new Set(all.flatMap(({ ways }) => ways.map(({ way }) => way)))]
  return {
    arm: id,
    scheme,
    replicas,
    settings,
    ways: names.map((name) => wayOf(all.flatMap(({ ways }) => ways.filter(({ way }) => way === name)))),
    uses: totalOf(all, 'uses'),
    late: totalOf(all, 'late'),
    wrongUsers: totalOf(all, 'wrongUsers'),
    hangs: totalOf(all, 'hangs'),
    examples: all.flatMap(({ examples }) => examples).slice(0, EXAMPLES),
    warnings,
    trials,
  }
}

/** A scheme's logouts, where at least some of them were watched to their end. */
export function logoutsOf({ revocation }: Pick<Summary, 'revocation'>, scheme: string) {
  const entry = revocation.find((one) => one.scheme === scheme)
  const logout = entry?.ways.find(({ way }) => way === 'logout')
  if (!entry || !logout?.lastAcceptedMs || !logout.refusedFromMs) return null
  const { lastAcceptedMs, refusedFromMs } = logout
  return { ...logout, entry, lastAcceptedMs, refusedFromMs }
}

/** @param same one way to revoke, in each trial; at least one */
function wayOf(same: readonly SeenWay[]): Way {
  const [{ way, boundMs, shippedBoundMs }] = same as [SeenWay]
  const last = same.flatMap(({ lastAcceptedMs }) => lastAcceptedMs)
  const accepted = last.filter((ms) => ms !== null).length
  const ages = same.flatMap(({ ageMs, refusedFromMs }) =>
    ageMs.map((age, i) => age + (refusedFromMs[i] ?? 0)),
  )
  return {
    way,
    boundMs,
    shippedBoundMs,
    unsupported: same.some(({ unsupported }) => unsupported),
    n: last.length,
    cut: totalOf(same, 'cut'),
    refused: totalOf(same, 'refused'),
    accepted,
    lastAcceptedMs: repeats(last.map((ms) => ms ?? 0)),
    refusedFromMs: repeats(same.flatMap(({ refusedFromMs }) => refusedFromMs)),
    lastAgeMs: accepted === 0 ? null : repeats(ages),
    beyondWorst: last.length === 0 ? null : beyondWorst(last.length),
  }
}

function repeats(values: readonly number[]): Way['refusedFromMs'] {
  return values.length === 0 ? null : { ...medianInterval(values), worst: Math.max(...values) }
}
