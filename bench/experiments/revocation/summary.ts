/** How long revoked credentials were still accepted: over all revocations of an arm, whatever trial they were seen in. */

import { inTableOrder } from '../../figures/records.ts'
import type { Observed } from '../../record/schema/observe.ts'
import type { Run } from '../../record/schema/run.ts'
import type { Arm, TrialResult } from '../../record/schema/trial.ts'
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
  const arms = new Map(run.plan.map(({ arm }) => [arm.id, arm]))
  return [...arms.values()].sort(inTableOrder).flatMap((arm) => {
    const observed = results.flatMap(({ trial, measurement }) =>
      trial.arm.id === arm.id && measurement?.observed?.kind === 'revocation'
        ? [{ id: trial.id, warnings: measurement.warnings, seen: measurement.observed }]
        : [],
    )
    return observed.length === 0 ? [] : [entryOf(arm, observed)]
  })
}

type Trials = { id: string; warnings: Entry['warnings']; seen: Seen }[]

function entryOf({ id, scheme, replicas, settings }: Arm, trials: Trials): Entry {
  const all = trials.map(({ seen }) => seen)
  const total = (key: 'uses' | 'late' | 'wrongUsers' | 'hangs') => all.reduce((sum, one) => sum + one[key], 0)
  const names = [...new Set(all.flatMap(({ ways }) => ways.map(({ way }) => way)))]
  return {
    arm: id,
    scheme,
    replicas,
    settings,
    ways: names.map((name) => wayOf(all.flatMap(({ ways }) => ways.filter(({ way }) => way === name)))),
    uses: total('uses'),
    late: total('late'),
    wrongUsers: total('wrongUsers'),
    hangs: total('hangs'),
    examples: all.flatMap(({ examples }) => examples).slice(0, EXAMPLES),
    warnings: [...new Set(trials.flatMap(({ warnings }) => warnings))],
    trials: [...new Set(trials.map(({ id: trial }) => trial))],
  }
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
    cut: same.reduce((sum, one) => sum + one.cut, 0),
    refused: same.reduce((sum, one) => sum + one.refused, 0),
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
