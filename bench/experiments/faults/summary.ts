/** What users met under each fault: over the trials of an arm, and against what was expected. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { observed, type Seen as SeenOf, seenByArm, totalOf } from '../../figures/seen.ts'
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

function entryOf({ arm, trials, seen: all }: SeenOf<Seen>): Entry {
  const [first] = all as [Seen]
  const measured = measuredIn(all)
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

/** Over all trials: counts are added up; of shares and times the worst stays. */
function measuredIn(all: readonly Seen[]): Measured {
  const courses = all.map(courseOf)
  const least = (key: 'beforeShare' | 'duringShare' | 'endShare' | 'watchedMs') =>
    Math.min(...courses.map((one) => one[key]))
  const sum = (of: (seen: Seen) => number) => all.reduce((total, seen) => total + of(seen), 0)
  const failures = all.flatMap((seen) => seen.firstFailureMs ?? [])
  const recoveries = courses.flatMap((one) => one.recoveryMs ?? [])
  return {
    beforeShare: least('beforeShare'),
    duringShare: least('duringShare'),
    endShare: least('endShare'),
    watchedMs: least('watchedMs'),
    firstFailureMs: failures.length === 0 ? null : Math.min(...failures),
    recoveryMs: recoveries.length < all.length ? null : Math.max(...recoveries),
    failed: totalOf(courses, 'failed'),
    due: totalOf(courses, 'due'),
    alive: sum(({ alive }) => alive.asked),
    loggedOut: sum(({ alive }) => alive.loggedOut),
    before: sum(({ before }) => before.asked),
    loggedOutBefore: sum(({ before }) => before.loggedOut),
    revoked: sum(({ revoked }) => revoked.asked),
    late: sum(({ revoked }) => revoked.late),
    revokedMeanwhile: sum(({ revokedMeanwhile }) => revokedMeanwhile.asked),
    lateMeanwhile: sum(({ revokedMeanwhile }) => revokedMeanwhile.late),
    unacknowledged: totalOf(all, 'unacknowledged'),
    wrongUsers: totalOf(all, 'wrongUsers'),
    hangs: totalOf(all, 'hangs'),
    serverErrors: totalOf(all, 'serverErrors'),
  }
}

function courseOf({ bins, binMs, injectedMs, healFromMs, healedMs }: Seen) {
  const since = bins.filter(({ fromMs }) => fromMs >= 0)
  const due = totalOf(since, 'due')
  const share = (fromMs: number, toMs: number) => goodShare(bins, fromMs, toMs) ?? 0
  const beforeShare = share(Number.NEGATIVE_INFINITY, 0)
  const lastMs = (bins.at(-1)?.fromMs ?? 0) + binMs
  return {
    beforeShare,
    duringShare: share(injectedMs, healFromMs),
    endShare: share(healFromMs - LAST_MS, healFromMs),
    failed: due - totalOf(since, 'good'),
    due,
    recoveryMs: recoveryMs(bins, binMs, healedMs, beforeShare),
    watchedMs: Math.max(0, lastMs - healedMs),
  }
}
