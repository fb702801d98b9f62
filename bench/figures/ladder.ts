/** Which arrival rate comes next on a ladder, and what its rungs say about capacity: pure decisions, no clock. */
import type { Arm, Measurement, Rung, Slo } from '../record/types.ts'
import { rising } from '../stats/groups.ts'
import type { CapacityNote } from './schema.ts'

type OpenLoad = Extract<Arm['load'], { loop: 'open' }>
type Step = Pick<Rung, 'arrivalsPerSec' | 'purpose'>

/** What one look at a rate said: the SLO was kept, or broken, or a gate rejected what was seen. */
export type Look = Step & { verdict: 'kept' | 'broken' | 'rejected' }

/** A rate that a gate rejected is tried this often before the ladder ends below it. */
const LOOKS_AT_REJECTED = 2
/** Halvings from the first rate before the SLO counts as one that no rate keeps. */
const MOST_HALVINGS = 6
/** No rung beyond this: 2^20 times the first rate. */
const MOST_DOUBLINGS = 20
/** A rate this far beyond what the closed loop reached, or beyond what was kept, is one that should break. */
const BEYOND = 1.1
/** A rate is only kept when the replies keep pace with the arrivals; else a longer window would break it. */
export const PACE = 0.98
/** Ten arrivals have to lie beyond a p99, so a slow rung's window is as long as that takes. */
const LEAST_ARRIVALS = 1_000
const LONGEST_RUNG_SEC = 10
/** What a window's last arrivals may take beyond it. */
const DRAIN_SEC = 5

/** Length of a rung's window. */
export function rungSec(arrivalsPerSec: number, measureSec: number): number {
  return Math.min(LONGEST_RUNG_SEC, Math.max(measureSec, LEAST_ARRIVALS / arrivalsPerSec))
}

/** Share of a window's arrivals that were not answered 2xx in time; 0 for a closed loop. */
export function errorShare({ arrivals }: Measurement): number {
  if (!arrivals || arrivals.account.scheduled === 0) return 0
  const { scheduled, ok } = arrivals.account
  return (scheduled - ok) / scheduled
}

/** Whether the replies of an open-loop window kept pace with its arrivals. */
export function keepsPace({ arrivals, requests }: Measurement): boolean {
  return arrivals !== null && requests >= PACE * arrivals.account.scheduled
}

export function keepsSlo(slo: Slo, measurement: Measurement): boolean {
  return (
    keepsPace(measurement) &&
    measurement.latencyUs[slo.quantile] <= slo.limitMs * 1_000 &&
    errorShare(measurement) <= slo.maxErrorShare
  )
}

export function look({ arrivalsPerSec, purpose, rejectedBy, measurement }: Rung, slo: Slo): Look {
  const verdict = rejectedBy.length > 0 ? 'rejected' : keepsSlo(slo, measurement) ? 'kept' : 'broken'
  return { arrivalsPerSec, purpose, verdict }
}

/**
 * The next rung, or null at the end. Rates that were named are taken in turn. Otherwise the rate doubles until the
 * SLO breaks, which has to be seen twice, since on a shared machine one bad second says little; then the gap is
 * halved on a logarithmic scale, so that most of the time is spent near the boundary.
 *
 * @param saturationPerSec what the closed loop reached on the same processes; a ladder that would step far beyond it
 *   takes a smaller step instead, since there is nothing to learn from a queue that only grows
 */
export function nextRung(
  load: OpenLoad,
  looks: readonly Look[],
  saturationPerSec: number | null = null,
): Step | null {
  return load.ratesPerSec ? nextNamed(load.ratesPerSec, looks) : nextFound(load, looks, saturationPerSec)
}

function nextNamed(rates: readonly number[], looks: readonly Look[]): Step | null {
  const open = rates.find((rate) => isOpen(rate, looks))
  return open === undefined ? null : { arrivalsPerSec: open, purpose: 'ladder' }
}

/** Not looked at yet, or rejected and not given up. */
function isOpen(rate: number, looks: readonly Look[]): boolean {
  const own = looks.filter(({ arrivalsPerSec }) => arrivalsPerSec === rate)
  return own.every(({ verdict }) => verdict === 'rejected') && own.length < LOOKS_AT_REJECTED
}

function nextFound(load: OpenLoad, looks: readonly Look[], saturationPerSec: number | null): Step | null {
  const last = looks.at(-1)
  if (!last) return { arrivalsPerSec: load.firstPerSec, purpose: 'ladder' }
  const { arrivalsPerSec, purpose } = last
  if (isOpen(arrivalsPerSec, looks)) return { arrivalsPerSec, purpose }
  if (needsSecondLook(arrivalsPerSec, looks)) return { arrivalsPerSec, purpose: 'confirm' }
  const { kept, limit, by } = bracket(looks)
  if (limit === null) return climb(load, kept ?? load.firstPerSec, saturationPerSec)
  // A rate that nobody could judge says nothing about lower ones; the trial is measured again instead.
  if (kept === null) return by === 'rejected' ? null : descend(load, limit)
  const searched = new Set(looks.flatMap((one) => (one.purpose === 'search' ? [one.arrivalsPerSec] : [])))
  if (searched.size >= load.searchRungs) return null
  return { arrivalsPerSec: rounded(Math.sqrt(kept * limit)), purpose: 'search' }
}

/** Broken once on the way up, and the second look not there yet, or rejected and not given up. */
function needsSecondLook(rate: number, looks: readonly Look[]): boolean {
  const own = looks.filter(({ arrivalsPerSec }) => arrivalsPerSec === rate)
  const first = own.find(({ verdict }) => verdict !== 'rejected')
  if (first?.verdict !== 'broken' || first.purpose !== 'ladder') return false
  const second = own.filter(({ purpose }) => purpose === 'confirm')
  return isOpen(rate, second)
}

function climb({ firstPerSec }: OpenLoad, kept: number, saturationPerSec: number | null): Step | null {
  const doubled = kept * 2
  const enough = BEYOND * Math.max(saturationPerSec ?? doubled, kept)
  const next = Math.min(doubled, onGrid(firstPerSec, enough))
  return next > firstPerSec * 2 ** MOST_DOUBLINGS ? null : { arrivalsPerSec: next, purpose: 'ladder' }
}

/** The next rate up of the first times a power of 2^(1/4), so that blocks meet on the same rates. */
function onGrid(firstPerSec: number, rate: number): number {
  return rounded(firstPerSec * 2 ** (Math.ceil(4 * Math.log2(rate / firstPerSec)) / 4))
}

function descend({ firstPerSec }: OpenLoad, limit: number): Step | null {
  const next = limit / 2
  // Whole numbers up to here; below, a rate of its own takes longer than it tells.
  return next < firstPerSec / 2 ** MOST_HALVINGS ? null : { arrivalsPerSec: next, purpose: 'ladder' }
}

/** Three digits: a rate that somebody can type. */
function rounded(rate: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 2)
  return Math.round(rate / unit) * unit
}

/** Highest rate that was kept below the lowest that was not; a rate is kept when any look at it was. */
function bracket(looks: readonly Look[]): {
  kept: number | null
  limit: number | null
  by: Look['verdict'] | null
} {
  const rates = rising(looks.map(({ arrivalsPerSec }) => arrivalsPerSec))
  let kept: number | null = null
  for (const rate of rates) {
    const verdicts = looks.filter((one) => one.arrivalsPerSec === rate).map(({ verdict }) => verdict)
    if (verdicts.includes('kept')) kept = rate
    else return { kept, limit: rate, by: verdicts.includes('broken') ? 'broken' : 'rejected' }
  }
  return { kept, limit: null, by: null }
}

/** A search ends well within this; rates that somebody named, or that nobody had time to search between, may not. */
const WIDEST_GAP = 1.5

/**
 * The highest rate that kept the SLO, and what that is worth: with `never-broken`, `load-limited` and `wide-gap` the
 * capacity is at least that, with the others but `found` there is no number.
 */
export function capacityOf(looks: readonly Look[]): { perSec: number | null; note: CapacityNote } {
  const { kept, limit, by } = bracket(looks)
  if (looks.length === 0) return { perSec: null, note: 'not-measured' }
  if (new Set(looks.map(({ arrivalsPerSec }) => arrivalsPerSec)).size === 1 && by !== 'rejected')
    return { perSec: null, note: 'one-rung' }
  if (kept === null) return { perSec: null, note: by === 'rejected' ? 'not-measured' : 'slo-never-met' }
  if (limit === null) return { perSec: kept, note: 'never-broken' }
  if (by === 'rejected') return { perSec: kept, note: 'load-limited' }
  return { perSec: kept, note: limit > WIDEST_GAP * kept ? 'wide-gap' : 'found' }
}

/** The same of rungs as they were measured. */
export function capacityIn(rungs: readonly Rung[], slo: Slo): ReturnType<typeof capacityOf> {
  return capacityOf(rungs.map((rung) => look(rung, slo)))
}

/** An upper bound for the length of a ladder: what runs longer hangs. */
export function longestLadderSec(
  { ratesPerSec, searchRungs, settleSec }: OpenLoad,
  measureSec: number,
): number {
  const rates = ratesPerSec?.length ?? MOST_DOUBLINGS + MOST_HALVINGS + searchRungs
  const longest = Math.max(measureSec, LONGEST_RUNG_SEC)
  return LOOKS_AT_REJECTED * rates * (settleSec + longest + DRAIN_SEC)
}
