/** What turns said of arms whose truth was planted, by the figures of a run. Pure. */
import { differenceAt, turnsAt } from '../figures/beside.ts'
import type { CostCurves } from '../figures/curve-schema.ts'
import { costCurves } from '../figures/curves.ts'
import { CONTROL } from '../figures/records.ts'
import { noiseByRound } from '../figures/turn-noise.ts'
import { turnsByArm } from '../figures/turns.ts'
import type { TrialResult } from '../record/types.ts'
import type { ClusteredMean } from '../stats/clustered.ts'
import { crossingOf } from '../stats/crossing.ts'
import { holm } from '../stats/holm.ts'
import type { Interval } from '../stats/median-interval.ts'
import { mean } from '../stats/sums.ts'
import { digits, type Finding } from './proof.ts'

/** µs of handler work that a request of each arm takes beyond one of the control at a rate. */
export interface Planted {
  perSec: number
  /** About a tenth of what the control took. */
  tenthUs: number
  /** Less than that below the rate of the swap, and more above it. */
  steepUs: number
}

/** Names of the arms with planted costs, in the place of a scheme. */
export const TENTH = 'tenth'
export const STEEP = 'steep'

/** Of the control's CPU a request: an interval that reaches further to either side cannot show a tenth. */
const TOO_WIDE = 0.1
/**
 * What is held against the instrument is so unlikely for one that is right: over all rates and both questions together,
 * by Holm, one proof in a hundred.
 */
const CHANCE = 0.01
const SIGNIFICANT = 0.05

/** What one rate showed, as shares of the control's CPU a request. */
interface AtRate {
  perSec: number
  truth: number
  tenth: Interval
  twin: Interval
  /** Two-sided, that chance alone leads so far: from the truth, and from nothing. */
  p: { tenth: number; twin: number }
}

/**
 * Failed: where chance explains what was found in less than one proof of a hundred, as the tenth at another size than was
 * planted or as a difference of equal arms; a swap at another rate or the other way round; or none although the two arms
 * were told apart on both sides of it. Unclear: intervals of more than ±10 % of the control's CPU a request, or one of less
 * that holds zero beside the truth. Else passed: the tenth was found at each rate, and the swap.
 *
 * @param results of the control, its twin and both planted arms
 */
export function findingOf(results: readonly TrialResult[], planted: readonly Planted[]): Finding {
  const curves = costCurves({ profile: 'standard', seed: 0 }, results, [[TENTH, STEEP]])
  const rates = ratesOf(results, planted)
  const swapAt = crossingOf(planted.map((one) => [one.perSec, one.steepUs - one.tenthUs]))
  const { generations = 0, turns = 0 } = curves.curves[0]?.points[0] ?? {}
  const figures = {
    ...{ generations, turns, swapTruePerSec: swapAt ?? Number.NaN },
    swapPerSec: curves.swaps[0]?.perSec.value ?? Number.NaN,
    ...{ hostSd: curves.noise?.hostSd ?? Number.NaN, pairedSd: curves.noise?.pairedSd ?? Number.NaN },
    ...Object.fromEntries(rates.flatMap(figuresAt)),
  }
  const truths = planted.map(({ perSec }) => shareText(rates.find((one) => one.perSec === perSec)?.truth))
  const expected =
    `${truths.join(', ')} found at ${planted.map(({ perSec }) => perSec).join(', ')}/s; equal arms not told ` +
    `apart; a swap at ${digits(swapAt ?? Number.NaN)}/s`
  const wrong = [...wrongAt(rates), ...wrongSwap(curves, swapAt)]
  const open = openOf(curves, rates, planted)
  const seen = [
    `planted ${rates.map(({ tenth }) => rangeText(tenth)).join(', ')} %`,
    `equal ${rates.map(({ twin }) => rangeText(twin)).join(', ')} %`,
    swapText(curves.swaps),
    `${turns} turns in ${generations} generations`,
  ]
  return {
    expected,
    measured: [...wrong, ...(wrong.length > 0 ? [] : open), ...seen].join('; '),
    passed: wrong.length > 0 ? false : open.length > 0 ? null : true,
    figures,
  }
}

/** The widest interval of a planted tenth, to either side, as a share of the control; infinite without one. */
export function widest(results: readonly TrialResult[], planted: readonly Planted[]): number {
  const rates = ratesOf(results, planted)
  return rates.length < planted.length
    ? Number.POSITIVE_INFINITY
    : Math.max(...rates.map(({ tenth }) => reach(tenth)))
}

const reach = ({ lo, hi }: Interval) => (hi - lo) / 2

/** Rates at which all of the arms have turns enough for an interval. */
function ratesOf(results: readonly TrialResult[], planted: readonly Planted[]): AtRate[] {
  const arms = [...turnsByArm(results).values()]
  const named = (name: string, twin = false) =>
    arms.find(({ arm }) => arm.scheme === name && arm.twin === twin)
  const [control, twin, tenth] = [named(CONTROL), named(CONTROL, true), named(TENTH)]
  if (!control || !twin || !tenth) return []
  const noise = noiseByRound(
    control,
    arms.filter((one) => one !== control),
  )
  return planted.flatMap(({ perSec, tenthUs }): AtRate[] => {
    const point = pointAt(results, perSec)
    const base = control.turns
    const found = differenceAt(point, { own: tenth.turns, base }, noise)
    const equal = differenceAt(point, { own: twin.turns, base }, noise)
    // Without what was planted: what is left has to be nothing.
    const without = tenth.turns.map((turn) => ({ ...turn, totalUs: turn.totalUs - tenthUs }))
    const rest = differenceAt(point, { own: without, base }, noise)
    if (!found || !equal || !rest) return []
    const controlUs = mean(turnsAt(base, point).map(({ totalUs }) => totalUs))
    return [
      {
        ...{ perSec, truth: tenthUs / controlUs },
        ...{ tenth: shareOf(found, controlUs), twin: shareOf(equal, controlUs) },
        p: { tenth: rest.p, twin: equal.p },
      },
    ]
  })
}

/** The point of a rate: each has one amount of handler work. */
function pointAt(results: readonly TrialResult[], perSec: number) {
  const points = results.flatMap((result) => (result.ok && result.turns ? result.turns.points : []))
  return points.find((point) => point.perSec === perSec) ?? { perSec, handlerUs: 0 }
}

const shareOf = ({ value, lo, hi }: ClusteredMean, us: number): Interval => ({
  ...{ value: value / us, lo: lo / us, hi: hi / us },
})

function wrongAt(rates: readonly AtRate[]): string[] {
  const adjusted = holm([...rates.map(({ p }) => p.tenth), ...rates.map(({ p }) => p.twin)])
  return rates.flatMap(({ perSec, truth }, i) => [
    ...((adjusted[i] ?? 1) < CHANCE ? [`at ${perSec}/s it is not the ${shareText(truth)}`] : []),
    ...((adjusted[rates.length + i] ?? 1) < CHANCE ? [`equal arms are told apart at ${perSec}/s`] : []),
  ])
}

function wrongSwap({ swaps, pairs }: CostCurves, swapAt: number | null): string[] {
  const [swap] = swaps
  if (swap) {
    if (swap.below !== STEEP) return ['the swap is the other way round']
    const holds = swapAt !== null && swap.perSec.lo <= swapAt && swapAt <= swap.perSec.hi
    return holds ? [] : ['a swap is found elsewhere']
  }
  const open = pairs.flatMap(({ points }) => points.filter(({ perSec }) => perSec !== null))
  // As swaps are judged: all rates of the pair are one family.
  const adjusted = holm(open.map(({ p }) => p))
  const sure = open.flatMap(({ byUs }, i) => ((adjusted[i] ?? 1) < SIGNIFICANT ? [byUs.value] : []))
  const toldApart = (sure[0] ?? 0) > 0 && (sure.at(-1) ?? 0) < 0
  return toldApart ? ['no swap, although the two differ on both sides of it'] : []
}

/** What was not decided. */
function openOf({ swaps }: CostCurves, rates: readonly AtRate[], planted: readonly Planted[]): string[] {
  const missing = planted.filter(({ perSec }) => !rates.some((rate) => rate.perSec === perSec))
  const width = Math.max(...rates.flatMap(({ tenth, twin }) => [reach(tenth), reach(twin)]))
  const unseen = rates.filter(({ tenth }) => tenth.lo <= 0)
  return [
    ...missing.map(({ perSec }) => `too few turns at ${perSec}/s`),
    ...(width > TOO_WIDE ? [`too noisy here: ±${digits(100 * width, 2)} %`] : []),
    ...unseen.map(({ perSec }) => `not found at ${perSec}/s`),
    ...(swaps.length === 0 ? ['no swap found'] : []),
  ]
}

const shareText = (share: number | undefined) => `${digits(100 * (share ?? Number.NaN), 2)} %`

const rangeText = ({ value, lo, hi }: Interval) =>
  `${digits(100 * value, 2)} (${digits(100 * lo, 2)} to ${digits(100 * hi, 2)})`

function swapText([swap]: CostCurves['swaps']): string {
  if (!swap) return 'no swap'
  const { value, lo, hi } = swap.perSec
  return `swap at ${digits(value)}/s (${lo} to ${hi})`
}

function figuresAt({ perSec, truth, tenth, twin }: AtRate): [string, number][] {
  return [
    [`truthShareAt${perSec}`, truth],
    [`tenthShareAt${perSec}`, tenth.value],
    [`tenthShareLoAt${perSec}`, tenth.lo],
    [`tenthShareHiAt${perSec}`, tenth.hi],
    [`twinShareAt${perSec}`, twin.value],
    [`twinShareLoAt${perSec}`, twin.lo],
    [`twinShareHiAt${perSec}`, twin.hi],
  ]
}
