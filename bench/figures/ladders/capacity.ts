/** What the rungs of a ladder say about the capacity of a scheme: in a block, and over all of them. */
import type { Rung, Slo } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { mean, sum } from '../../stats/sums.ts'
import type { CapacityNote } from '../schema.ts'
import { type Look, look, rounded } from './ladder.ts'

/** Of one block. */
export interface BlockCapacity {
  /** Arrivals/s. */
  perSec: number | null
  note: CapacityNote
}

/** A search ends well within this; rates that somebody named, or that nobody had time to search between, may not. */
const WIDEST_GAP = 1.5

/**
 * How slowly the share of windows that keep the SLO falls over the logarithm of the rate: from 73 % to 27 % over two of these. On a
 * host whose speed varies by a seventh from second to second it has this scale; a steeper fall moves the capacity by less than
 * a step between rates.
 */
const FALL = 0.08
/** Share of looks that say nothing of their rate, either way: one bad second far below the boundary must not move it. */
const LAPSES = 0.05
/** So far beyond all looks each of them says what it says, or is a lapse. */
const BEYOND_LOOKS = 5 * FALL
/** Of the logarithm of the rate: finer than the three digits of what is told. */
const RESOLUTION = 0.002

/**
 * The rate at which half of the windows keep the SLO, by maximum likelihood over all looks of a block: a logistic fall of known
 * scale, with lapses (Wichmann & Hill, "The psychometric function: I. Fitting, sampling, and goodness of fit", Perception &
 * Psychophysics 63, 2001). Every look counts the same, to either side; none decides.
 *
 * With `never-broken`, `load-limited` and `wide-gap` the capacity is at least the value, with the others but `found` there is
 * no number.
 */
export function capacityOf(looks: readonly Look[]): BlockCapacity {
  const rates = (verdict: Look['verdict']) =>
    rising(looks.flatMap((one) => (one.verdict === verdict ? [one.arrivalsPerSec] : [])))
  const [kept, broken, rejected] = [rates('kept'), rates('broken'), rates('rejected')]
  if (kept.length + broken.length === 0) return { perSec: null, note: 'not-measured' }
  if (new Set(looks.map(({ arrivalsPerSec }) => arrivalsPerSec)).size === 1)
    return { perSec: null, note: 'one-rung' }
  const most = kept.at(-1)
  if (most === undefined) return { perSec: null, note: 'slo-never-met' }
  const perSec = broken.length > 0 ? halfKept(looks) : Number.POSITIVE_INFINITY
  // What broke was a lapse, or nothing did.
  if (perSec > Math.max(most, broken.at(-1) ?? 0))
    return { perSec: most, note: (rejected.at(-1) ?? 0) > most ? 'load-limited' : 'never-broken' }
  if (perSec < Math.min(kept[0] ?? most, broken[0] ?? most)) return { perSec: null, note: 'slo-never-met' }
  const [below, above] = [nearest(kept, perSec), nearest(broken, perSec)]
  return above > WIDEST_GAP * below
    ? { perSec: below, note: 'wide-gap' }
    : { perSec: rounded(perSec), note: 'found' }
}

function nearest(rates: readonly number[], perSec: number): number {
  const away = (rate: number) => Math.abs(Math.log(rate / perSec))
  return rates.reduce((best, rate) => (away(rate) < away(best) ? rate : best))
}

/** Beyond all looks where that is likeliest. */
function halfKept(looks: readonly Look[]): number {
  const judged = looks.filter(({ verdict }) => verdict !== 'rejected')
  const places = judged.map((one) => ({ at: Math.log(one.arrivalsPerSec), isKept: one.verdict === 'kept' }))
  const logLikelihood = (middle: number) =>
    sum(
      places.map(({ at, isKept }) => {
        const share = LAPSES + (1 - 2 * LAPSES) / (1 + Math.exp((at - middle) / FALL))
        return Math.log(isKept ? share : 1 - share)
      }),
    )
  const from = Math.min(...places.map(({ at }) => at)) - BEYOND_LOOKS
  const to = Math.max(...places.map(({ at }) => at)) + BEYOND_LOOKS
  const middles = Array.from(
    { length: Math.ceil((to - from) / RESOLUTION) + 1 },
    (_, i) => from + i * RESOLUTION,
  )
  const likely = middles.map(logLikelihood)
  const best = Math.max(...likely)
  // Between looks far apart all middles are as likely, but for the last digits.
  const alike = middles.filter((_, i) => (likely[i] ?? 0) >= best - 1e-9)
  return Math.exp(mean(alike))
}

/** The same of rungs as they were measured. */
export function capacityIn(rungs: readonly Rung[], slo: Slo): BlockCapacity {
  return capacityOf(rungs.map((rung) => look(rung, slo)))
}

/**
 * Notes from the least that can be said of a scheme to the most. Blocks that disagree get the one that claims least: a
 * scheme that kept the SLO at no rate in one of five blocks has no capacity to promise, and if one value is only a
 * lower bound, so is the median. A block in which gates rejected everything says nothing, so it counts only where all
 * are like it.
 */
const BY_CAUTION = ['slo-never-met', 'one-rung', 'load-limited', 'never-broken', 'wide-gap', 'found'] as const

/** Whether a capacity may be higher than its value. */
export const isAtLeast = (note: CapacityNote) =>
  note === 'load-limited' || note === 'never-broken' || note === 'wide-gap'

/** @returns those of its blocks that count; none where they tell no capacity */
export function capacityOver(blocks: readonly BlockCapacity[]): { perSec: number[]; note: CapacityNote } {
  const found = informative(blocks)
  const note = BY_CAUTION.find((one) => found.some((block) => block.note === one)) ?? 'not-measured'
  const isKnown = note === 'found' || isAtLeast(note)
  return { perSec: isKnown ? found.flatMap(({ perSec }) => perSec ?? []) : [], note }
}

/**
 * Without the blocks whose load ended below every capacity that others found. Such a value is censored before the
 * first event, where the product-limit estimate does not change (E. L. Kaplan and P. Meier, "Nonparametric estimation
 * from incomplete observations", JASA 53, 1958); as an end of a range it would be where the generator fell behind, and
 * not where the scheme did.
 */
function informative(blocks: readonly BlockCapacity[]): BlockCapacity[] {
  const capacities = blocks.flatMap(({ note, perSec }) =>
    note === 'found' && perSec !== null ? [perSec] : [],
  )
  if (capacities.length === 0) return [...blocks]
  const least = Math.min(...capacities)
  return blocks.filter(({ note, perSec }) => note !== 'load-limited' || perSec === null || perSec >= least)
}
