/**
 * A claim about cost at each arrival rate, and one verdict over all of them.
 *
 * The rule, fixed on 2026-11-30. The case that a service is in carries the verdict: the most handler work that was measured,
 * since the process of a service is busy with more than auth; the others stand beside it. Each rate is judged by itself,
 * by intervals that hold at all rates together in 95 % of runs. A rate whose interval decides nothing is named and turns
 * nothing. There is a verdict where two rates at least, and half of all, decide: that of all of them where they agree,
 * `depends` where the answer turns once, with the two rates between which it does. Where it turns more than once no rule of
 * cost explains it, and nothing is decided. Saturation is a row beside, and no rate.
 *
 * A wrong answer at any rate needs an interval that misses its truth, so at most one run in twenty has one: the tests
 * count it for two equal schemes.
 */
import { handlerText } from '../experiments/cost/curves-section.ts'
import type { ComparedCurves, CostCurves, CostPair } from '../figures/curve-schema.ts'
import type { Estimate } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { figure, inUnit, list, type Style, withInterval } from '../words/format.ts'
import type { Entry, Finding } from './claim.ts'
import { type Limits, type Ruling, ruling } from './verdict.ts'

/** As it stands in the metric of each claim that is judged so. */
export const AT_EACH_RATE =
  'at each arrival rate of the cost curve with the most handler work that was measured; with less of it and at saturation beside'

/** What a pair has as a ratio: CPU a request, or what both add to the control. */
type Figure = keyof NonNullable<CostPair['points'][number]['times']>

interface AtRate {
  /** Requests a second on one replica. */
  perSec: number
  /** Null where what it is divided by is not told from zero. */
  estimate: Estimate | null
  judged: Ruling
}

export interface OverRates {
  verdict: Exclude<Finding['verdict'], 'undecided'>
  /** The rates between which the answer turns, as far as that is known; null unless it depends on the rate. */
  turn: { lo: number; hi: number } | null
  /** Why there is no verdict although rates decide; null where there is one, or where too few of them do. */
  doubt: 'one-rate' | 'turns-again' | null
}

/** Of several rates one verdict is left to few of them where the others say nothing. */
const LEAST_RATES = 2
const LEAST_SHARE = 0.5

/** One verdict over rates, rising; the rule stands at the head of this file. */
export function overRates(rates: readonly Pick<AtRate, 'perSec' | 'judged'>[]): OverRates {
  const deciding = rates.filter(({ judged }) => judged.doubt === null)
  const [first] = deciding
  if (first && rates.length < LEAST_RATES) return { ...OPEN, doubt: 'one-rate' }
  if (!first || deciding.length < Math.max(LEAST_RATES, LEAST_SHARE * rates.length)) return OPEN
  const turns = deciding.flatMap(({ perSec, judged }, i) => {
    const before = deciding[i - 1]
    return before && before.judged.verdict !== judged.verdict ? [{ lo: before.perSec, hi: perSec }] : []
  })
  const [turn] = turns
  if (!turn) return { verdict: first.judged.verdict, turn: null, doubt: null }
  return turns.length > 1 ? { ...OPEN, doubt: 'turns-again' } : { verdict: 'depends', turn, doubt: null }
}

const OPEN: OverRates = { verdict: 'inconclusive', turn: null, doubt: null }

/** A case, by its handler work in µs a request. */
interface Case extends OverRates {
  handlerUs: number
  rates: AtRate[]
}

export interface OnCurves {
  /** The most handler work first: it carries the verdict. */
  cases: [Case, ...Case[]]
  /** Of the closed loop; null where the run has no turns of it, or the ratio is not known there. */
  saturation: Estimate | null
}

/**
 * A ratio of two schemes at each rate of the cost curve, judged; null for a run without curves of both.
 *
 * @param of what the limits are of, from the ratio of the first scheme ÷ the second
 */
export function onCurves(
  { pairs, equal }: Pick<CostCurves, 'pairs' | 'equal'>,
  [more, less]: readonly [string, string],
  figure: Figure,
  limits: Limits,
  of: (ratio: Estimate) => Estimate = (ratio) => ratio,
): OnCurves | null {
  const points = pairs.find((one) => one.more === more && one.less === less)?.points ?? []
  const known = points.map(({ times, ...point }) => {
    const ratio = times?.[figure] ?? null
    return { ...point, estimate: ratio && of(ratio) }
  })
  const open = known.flatMap(({ perSec, handlerUs, estimate }) => {
    if (perSec === null) return []
    const twins = equal.find((one) => one.perSec === perSec && one.handlerUs === handlerUs)
    return [{ handlerUs, perSec, estimate, judged: judgedAt(estimate, limits, twins) }]
  })
  const cases = [...groupedBy(open, ({ handlerUs }) => handlerUs)]
    .sort(([a], [b]) => b - a)
    .map(([handlerUs, own]): Case => {
      const rates = own.map(({ perSec, estimate, judged }) => ({ perSec, estimate, judged }))
      return { handlerUs, rates, ...overRates(rates) }
    })
  const [first, ...others] = cases
  if (!first) return null
  return {
    cases: [first, ...others],
    saturation: known.find(({ perSec }) => perSec === null)?.estimate ?? null,
  }
}

const SIGNIFICANT = 0.05

/** Nothing is said where two equal arms were told apart, nor where there were none to tell. */
function judgedAt(estimate: Estimate | null, limits: Limits, twins: { p: number } | undefined): Ruling {
  if (!estimate) return { verdict: 'inconclusive', doubt: 'no-base' }
  if (twins && twins.p < SIGNIFICANT) return { verdict: 'inconclusive', doubt: 'own-error' }
  return ruling(estimate, limits, twins ? { neutral: 1, error: 0 } : null)
}

/** `3.47 times (2.15 to 7.59) at 100/s and …, with 300 µs of handler work; without handler work …; at saturation 1.82 times` */
export function onCurvesText({ cases: [first, ...others], saturation }: OnCurves, style: Style): string {
  const at = ({ rates }: Case) =>
    list(
      rates.map(
        ({ perSec, estimate }) =>
          `${estimate ? withInterval(estimate, style) : 'not told'} at ${perSecText(perSec)}`,
      ),
    )
  return [
    `${at(first)}, ${handlerText(first.handlerUs)}${doubtsText(first)}`,
    ...others.map((one) => `${handlerText(one.handlerUs)} it is ${at(one)} (${outcomeText(one)})`),
    ...(saturation ? [`at saturation, where no service runs, ${withInterval(saturation, style)}`] : []),
  ].join('; ')
}

const perSecText = (perSec: number) => `${figure(perSec)}/s`

const WHY: Readonly<Record<NonNullable<Ruling['doubt']>, string>> = {
  'few-blocks': 'too few turns',
  'own-error-unknown': 'the control was not measured twice',
  'own-error': 'two equal controls were told apart there',
  'no-base': 'what it is compared with was not told from zero',
  straddles: 'the interval reaches across a threshold',
  between: 'between both thresholds',
}

const NO_RULE: Readonly<Record<NonNullable<OverRates['doubt']>, string>> = {
  'one-rate': '; one rate does not tell what it is at others',
  'turns-again': '; over the rates the answer turns more than once',
}

/** Names the rates that decide nothing, by their reasons; empty where all decide. */
function doubtsText({ rates, doubt }: Case): string {
  const reasons = groupedBy(rates, ({ judged }) => judged.doubt)
  const told = [...reasons].flatMap(([why, own]) =>
    why === null ? [] : [`${list(own.map(({ perSec }) => perSecText(perSec)))} (${WHY[why]})`],
  )
  return `${told.length === 0 ? '' : `; nothing is decided at ${list(told)}`}${doubt ? NO_RULE[doubt] : ''}`
}

/** What a case that carries no verdict says. */
function outcomeText({ rates, verdict, turn }: Case): string {
  if (turn) return `it turns between ${turnText(turn)}`
  const deciding = rates.filter(({ judged }) => judged.doubt === null)
  if (verdict !== 'inconclusive') return `${verdict} at ${deciding.length} of ${rates.length} rates`
  return `no verdict, ${deciding.length} of ${rates.length} rates decide`
}

const turnText = ({ lo, hi }: { lo: number; hi: number }) => `${figure(lo)} and ${figure(hi)} requests/s`

/** What it depends on; null unless the answer turns. */
export function turnBoundary({ cases: [{ turn, rates, handlerUs }] }: OnCurves): string | null {
  if (!turn) return null
  const verdictAt = (rate: number) => rates.find(({ perSec }) => perSec === rate)?.judged.verdict
  return (
    `the rate: ${verdictAt(turn.lo)} up to ${figure(turn.lo)} and ${verdictAt(turn.hi)} from ${figure(turn.hi)} requests/s on one ` +
    `replica ${handlerText(handlerUs)}; it turns between the two`
  )
}

/**
 * What a scheme adds where headlines are taken, for claims about a cost that was measured at one load alone: `84.1 µs (62.0 to
 * 106) at 500/s, with 300 µs of handler work`; null where that was not measured.
 */
export function everydayTax(
  { curves, everyday }: ComparedCurves,
  scheme: string,
): { text: string; entry: Entry } | null {
  const point = curves
    .find((one) => one.scheme === scheme && !one.twin)
    ?.points.find(({ perSec, handlerUs }) => perSec === everyday?.perSec && handlerUs === everyday?.handlerUs)
  if (!everyday?.perSec || !point?.taxUs) return null
  const { estimate } = point.taxUs
  const at = `at ${perSecText(everyday.perSec)}, ${handlerText(everyday.handlerUs)}`
  return {
    text: `${withInterval(estimate, inUnit('µs'))} ${at}`,
    entry: { label: `auth tax of ${scheme} ${at}`, estimate },
  }
}

/** A row for each rate of each case, and one for saturation. */
export function onCurvesEntries({ cases, saturation }: OnCurves, label: string): Entry[] {
  const open = cases.flatMap(({ handlerUs, rates }) =>
    rates.flatMap(({ perSec, estimate }) =>
      estimate ? [{ label: `${label} at ${perSecText(perSec)}, ${handlerText(handlerUs)}`, estimate }] : [],
    ),
  )
  return [...open, ...(saturation ? [{ label: `${label} at saturation`, estimate: saturation }] : [])]
}
