/** Which arrival rate comes next on a ladder: pure decisions, no clock. */
import type { Arm, Measurement, Rung, Slo } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'

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

/** Rates of a search lie on a grid of so many steps to the octave, so that blocks meet on the same ones. */
const STEPS = 8
/** Where all looks agree, a capacity lies within so much of a step of the truth; the test holds it to that. */
export const WITHIN_STEPS = 0.8
/** As a share of the rate. */
export const FINEST_STEP = 2 ** (1 / STEPS) - 1
/** A search that was led astray takes more looks than were asked for, but not for ever. */
const LOOKS_A_RUNG = 4

/**
 * The next rung, or null at the end. Rates that were named are taken in turn. Otherwise the rate doubles until the SLO breaks, or
 * halves until it is kept. From there the next rate lies half way to the nearest one that said otherwise: up after a window that
 * kept the SLO, down after one that broke it, at least a step. Looks that agree halve the gap between them. A look that chance
 * spoiled, whichever way, is looked at again before the search goes on, and where nothing beyond says otherwise, the rate doubles
 * or halves again.
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
  const settled = withoutRetried(looks)
  const isUp = goesUp(last)
  const beyond = rising(settled.filter((one) => goesUp(one) !== isUp).map((one) => one.arrivalsPerSec))
  const other = isUp
    ? beyond.find((rate) => rate > arrivalsPerSec)
    : beyond.findLast((rate) => rate < arrivalsPerSec)
  if (other === undefined && isUp) return climb(load, arrivalsPerSec, saturationPerSec)
  // A rate that nobody could judge says nothing about lower ones; the trial is measured again instead.
  if (other === undefined) return last.verdict === 'rejected' ? null : descend(load, arrivalsPerSec)
  const [here, there] = [arrivalsPerSec, other].map((rate) => stepsFrom(load.firstPerSec, rate)) as [
    number,
    number,
  ]
  const gap = Math.abs(there - here)
  const searched = looks.filter((one) => one.purpose === 'search').length
  const isDone = searched > load.searchRungs && gap <= 1
  if (isDone || searched >= LOOKS_A_RUNG * (load.searchRungs + 1)) return null
  const step = Math.max(1, Math.floor(gap / 2))
  return { arrivalsPerSec: rateAt(load.firstPerSec, here + (isUp ? step : -step)), purpose: 'search' }
}

/** Without looks that a gate rejected and that were taken again at once. */
function withoutRetried(looks: readonly Look[]): Look[] {
  return looks.filter(
    (one, i) => one.verdict !== 'rejected' || looks[i + 1]?.arrivalsPerSec !== one.arrivalsPerSec,
  )
}

/** A rate that the load cannot bring is one to go down from, like one that broke. */
const goesUp = ({ verdict }: Look) => verdict === 'kept'

const stepsFrom = (firstPerSec: number, rate: number) => Math.round(STEPS * Math.log2(rate / firstPerSec))
const rateAt = (firstPerSec: number, steps: number) => rounded(firstPerSec * 2 ** (steps / STEPS))

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
export function rounded(rate: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(rate)) - 2)
  return Math.round(rate / unit) * unit
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
