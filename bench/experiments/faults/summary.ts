/** What users met under each fault: over the trials of an arm, and against what was expected. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { observed, type Seen as SeenOf, seenByArm } from '../../figures/seen.ts'
import type { Arm, Observed, Run, TrialResult } from '../../record/types.ts'
import { goodShare, recoveryMs } from '../../stats/recovery.ts'
import { traits } from '../../traits.ts'
import { judged, type Measured } from './expectations.ts'
import { FAULTS } from './plan.ts'
import type { Summary } from './schema.ts'

type Seen = Extract<Observed, { kind: 'faults' }>
type Entry = Summary['faults'][number]

const EXAMPLES = 5
const LAST_MS = 1_000

/**
 * All trials count, also those that were measured again: a fault does what it does on a busy machine too. In the order of
 * the faults, and of schemes within each.
 */
export function faults(run: Run, results: readonly TrialResult[]): Entry[] {
  return seenByArm(run, results, observed('faults'))
    .toSorted((a, b) => placeOf(a.arm) - placeOf(b.arm))
    .map(entryOf)
}

/** By the place of the same fault with the same settings in the experiment's own table. */
function placeOf({ observe, settings }: Arm): number {
  if (observe?.kind !== 'faults') return -1
  const { fault } = observe
  const same = JSON.stringify(settings)
  return FAULTS.findIndex((one) => one.fault === fault && JSON.stringify(one.settings ?? {}) === same)
}

function entryOf({ arm, trials, records }: SeenOf<Seen>): Entry {
  const all = records.map(({ seen }) => seen)
  const [first] = all as [Seen]
  const measured = over(all.map(measuredIn))
  return {
    arm: arm.id,
    scheme: arm.scheme,
    fault: first.fault,
    settings: arm.settings,
    trials,
    perSec: arm.observe?.kind === 'faults' ? arm.observe.perSec : 0,
    measured,
    expectations: judged(first.fault, traits[arm.scheme as SchemeName], arm.settings, measured),
    timeline: first.bins.map(({ fromMs, due, good }) => ({
      fromMs,
      goodShare: due === 0 ? null : good / due,
    })),
    healFromMs: first.healFromMs,
    healedMs: first.healedMs,
    examples: all.flatMap(({ examples }) => examples).slice(0, EXAMPLES),
  }
}

function measuredIn(seen: Seen): Measured {
  const { bins, binMs, injectedMs, healFromMs, healedMs, revoked, revokedMeanwhile, alive, before } = seen
  const since = bins.filter(({ fromMs }) => fromMs >= 0)
  const share = (fromMs: number, toMs: number) => goodShare(bins, fromMs, toMs) ?? 0
  const beforeShare = share(Number.NEGATIVE_INFINITY, 0)
  const lastMs = (bins.at(-1)?.fromMs ?? 0) + binMs
  return {
    beforeShare,
    duringShare: share(injectedMs, healFromMs),
    endShare: share(healFromMs - LAST_MS, healFromMs),
    failed: since.reduce((sum, { due, good }) => sum + due - good, 0),
    due: since.reduce((sum, { due }) => sum + due, 0),
    firstFailureMs: seen.firstFailureMs,
    recoveryMs: recoveryMs(bins, binMs, healedMs, beforeShare),
    watchedMs: Math.max(0, lastMs - healedMs),
    alive: alive.asked,
    loggedOut: alive.loggedOut,
    before: before.asked,
    loggedOutBefore: before.loggedOut,
    revoked: revoked.asked,
    late: revoked.late,
    revokedMeanwhile: revokedMeanwhile.asked,
    lateMeanwhile: revokedMeanwhile.late,
    unacknowledged: seen.unacknowledged,
    wrongUsers: seen.wrongUsers,
    hangs: seen.hangs,
    serverErrors: seen.serverErrors,
  }
}

/** Counts are added up; of shares and times the worst stays. */
function over(trials: readonly Measured[]): Measured {
  const of = <K extends keyof Measured>(key: K) => trials.map((one) => one[key])
  const sum = (key: Exclude<keyof Measured, 'firstFailureMs' | 'recoveryMs'>) =>
    of(key).reduce((a, b) => a + b, 0)
  const least = (key: 'beforeShare' | 'duringShare' | 'endShare' | 'watchedMs') => Math.min(...of(key))
  const failures = of('firstFailureMs').filter((ms) => ms !== null)
  const recoveries = of('recoveryMs').filter((ms) => ms !== null)
  return {
    beforeShare: least('beforeShare'),
    duringShare: least('duringShare'),
    endShare: least('endShare'),
    watchedMs: least('watchedMs'),
    firstFailureMs: failures.length === 0 ? null : Math.min(...failures),
    recoveryMs: recoveries.length < trials.length ? null : Math.max(...recoveries),
    failed: sum('failed'),
    due: sum('due'),
    alive: sum('alive'),
    loggedOut: sum('loggedOut'),
    before: sum('before'),
    loggedOutBefore: sum('loggedOutBefore'),
    revoked: sum('revoked'),
    late: sum('late'),
    revokedMeanwhile: sum('revokedMeanwhile'),
    lateMeanwhile: sum('lateMeanwhile'),
    unacknowledged: sum('unacknowledged'),
    wrongUsers: sum('wrongUsers'),
    hangs: sum('hangs'),
    serverErrors: sum('serverErrors'),
  }
}
