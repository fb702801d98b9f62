/** The one home of cost over load: what a request takes at each rate, what a scheme adds to it, and where two change places. */
import { ofServing, type ServingTier } from '../record/tiers.ts'
import type { Estimate, Run, TrialResult, Warning } from '../record/types.ts'
import { type ClusteredMean, clusteredMean } from '../stats/clustered.ts'
import { crossingOf } from '../stats/crossing.ts'
import { rising } from '../stats/groups.ts'
import { holm } from '../stats/holm.ts'
import type { Interval } from '../stats/median-interval.ts'
import { detected, ownError } from '../stats/paired.ts'
import { median } from '../stats/quantiles.ts'
import { mean } from '../stats/sums.ts'
import { differenceAt, ratioAt, SEEN_FOUR_TIMES_IN_FIVE } from './beside.ts'
import { noiseOf } from './curve-noise.ts'
import type { ComparedCurves, CostCurves, Curve, CurvePoint } from './curve-schema.ts'
import { followsOf } from './follows.ts'
import { equalArms, pairOf } from './pairs.ts'
import { inTableOrder, isControl } from './records.ts'
import { swapsOf } from './swaps.ts'
import { type NoiseByRound, noiseByRound } from './turn-noise.ts'
import {
  type ArmTurns,
  byPoint,
  byRound,
  clustered,
  everydayOf,
  isIdle,
  pointKey,
  type TurnFigures,
  turnsByArm,
} from './turns.ts'

/** Where a service that plans for half of each core has to add one. */
const HALF = 0.5

type Pairs = readonly (readonly [more: string, less: string])[]

/** All of it. @param compared pairs of schemes of which is also asked how many times as much the first takes as the second */
export function costCurves(
  run: Pick<Run, 'profile' | 'seed'>,
  results: readonly TrialResult[],
  compared: Pairs = [],
): CostCurves {
  const found = curvesOf(run, results, compared, { hasEveryPair: true })
  return { ...found, follows: followsOf(found.curves, run.seed), swaps: swapsOf(found.pairs) }
}

/**
 * Without what the tax follows, who changes places and pairs that were not asked for, which take most of the time: for answers while
 * a run goes on.
 */
export function comparedCurves(
  run: Pick<Run, 'profile'>,
  results: readonly TrialResult[],
  compared: Pairs = [],
): ComparedCurves {
  return curvesOf(run, results, compared, { hasEveryPair: false })
}

function curvesOf(
  run: Pick<Run, 'profile'>,
  results: readonly TrialResult[],
  asked: Pairs,
  { hasEveryPair }: { hasEveryPair: boolean },
): ComparedCurves {
  const arms = [...turnsByArm(results).values()].sort((a, b) => inTableOrder(a.arm, b.arm))
  const control = arms.find(({ arm }) => isControl(arm) && !arm.twin)
  const warnings = warningsOf(run, results)
  const mostBusy = arms.flatMap(({ arm: { load } }) => (load.loop === 'turns' ? [load.mostBusy] : []))[0] ?? 1
  const bare = arms.map((one) => ({ ...one, points: pointsOf(one, mostBusy, warnings) }))
  const noise = control
    ? noiseByRound(
        control,
        arms.filter((one) => one !== control),
      )
    : null
  const compared = withTaxes(bare, control, noise, warnings)
  const curves = compared.map(({ arm, turns, points }) => ({
    ...{ scheme: arm.scheme, twin: arm.twin, points },
    idleCores: idleOf(turns),
    halfBusyPerSec: halfBusy(turns, points),
  }))
  return {
    curves,
    everyday: everydayOf(compared.map(({ points }) => points)),
    pairs: pairsIn(compared, asked).flatMap(({ more, less, isAsked }) =>
      isAsked || hasEveryPair ? [pairOf(more, less, { control, noise, warnings, hasTimes: isAsked })] : [],
    ),
    equal: equalArms(
      bare.find(({ arm }) => isControl(arm) && arm.twin),
      bare.find((one) => one.arm === control?.arm),
      noise,
    ),
    controlSets: controlSets(results),
    noise: noiseOf(
      control,
      arms.find(({ arm }) => arm.twin),
      habitOfMost(control, noise),
    ),
  }
}

/** Each pair of schemes once: as it was asked for, else in the order of the table. */
function pairsIn(arms: readonly Own[], asked: Pairs) {
  const schemes = arms.filter(({ arm }) => !isControl(arm) && !arm.twin)
  return schemes.flatMap((a, i) =>
    schemes.slice(i + 1).map((b) => {
      const isIn = (more: Own, less: Own) =>
        asked.some(([one, other]) => one === more.arm.scheme && other === less.arm.scheme)
      const [more, less] = isIn(b, a) ? [b, a] : [a, b]
      return { more, less, isAsked: isIn(more, less) }
    }),
  )
}

function controlSets(results: readonly TrialResult[]): number {
  const sets = results.map((result) => (result.ok ? Math.max(0, ...(result.turns?.set ?? [])) : 0))
  return 1 + Math.max(0, ...sets)
}

/** Of the round in which the control took most turns at a point: that is where the answer comes from. */
function habitOfMost(control: ArmTurns | undefined, noise: NoiseByRound | null) {
  const most = (turns: readonly TurnFigures[]) =>
    Math.max(...[...byPoint(turns).values()].map(({ length }) => length))
  const rounds = [...byRound(control?.turns ?? [])].sort(([, a], [, b]) => most(b) - most(a))
  return noise?.get(rounds[0]?.[0] ?? '')?.habit ?? null
}

/** What holds for all turns of a run, whatever else its looks at saturation were flagged for. */
const LASTING: readonly Warning[] = ['replicas-share-cores', 'placement-unpinned', 'tier-not-measured']

function warningsOf({ profile }: Pick<Run, 'profile'>, results: readonly TrialResult[]): Warning[] {
  const seen = results.flatMap((result) => (result.ok && result.turns ? result.measurement.warnings : []))
  return [
    ...(profile === 'smoke' ? ['smoke-profile' as const] : []),
    ...LASTING.filter((warning) => seen.includes(warning)),
  ]
}

type Own = ArmTurns & { points: CurvePoint[] }

/** Points at which the replica was not too busy, by rising handler work and rate; saturation last. */
export function pointsOf({ turns }: ArmTurns, mostBusy: number, warnings: Warning[]): CurvePoint[] {
  const points = [...byPoint(turns.filter(({ point }) => !isIdle(point))).values()].flatMap(
    (own): CurvePoint[] => {
      const [first] = own
      const cpu = clusteredMean(clustered(own.map(({ generation, totalUs }) => [generation, totalUs])))
      const busy = mean(own.map((turn) => turn.busy))
      if (!first || !cpu || (first.point.perSec !== null && busy > mostBusy)) return []
      const tierUs = ofServing((tier: ServingTier) => median(own.map(({ tiers }) => tiers[tier])))
      return [
        {
          ...first.point,
          ...{ turns: own.length, generations: new Set(own.map(({ generation }) => generation)).size },
          ...{ cpuUs: estimateOf(cpu, 'µs/request', warnings), tierUs, busy },
          meanInFlight: median(own.map((turn) => turn.meanInFlight)),
          ...{ taxUs: null, timesControl: null },
        },
      ]
    },
  )
  const rate = ({ perSec }: CurvePoint) => perSec ?? Number.POSITIVE_INFINITY
  return points.sort((a, b) => rate(a) - rate(b) || a.handlerUs - b.handlerUs)
}

function estimateOf(of: Interval & { n: number }, unit: string, warnings: readonly Warning[]): Estimate {
  return { value: of.value, lo: of.lo, hi: of.hi, unit, n: of.n, warnings: [...warnings] }
}

/** All schemes at one point are one family: among ten, one always looks special. */
function withTaxes(
  arms: readonly Own[],
  control: ArmTurns | undefined,
  noise: NoiseByRound | null,
  warnings: Warning[],
): Own[] {
  if (!control) return [...arms]
  const taxes = arms.map(({ arm, turns, points }) =>
    points.map((point) => {
      if (isControl(arm) && !arm.twin) return null
      const sides = { own: turns, base: control.turns }
      const tax = differenceAt(point, sides, noise)
      const times = ratioAt(point, sides, noise)
      return tax && times ? { tax, times } : null
    }),
  )
  const keys = new Set(arms.flatMap(({ points }) => points.map(pointKey)))
  const judgedAt = new Map([...keys].map((key) => [key, judgedTogether(arms, taxes, key)]))
  return arms.map((own, i) => ({
    ...own,
    points: own.points.map((point, j) => {
      const found = taxes[i]?.[j]
      if (!found || own.arm.twin) return point
      const { p, isSeen } = judgedAt.get(pointKey(point))?.get(i) ?? { p: null, isSeen: false }
      const detectable = SEEN_FOUR_TIMES_IN_FIVE * found.tax.error
      const estimate = estimateOf(found.tax, 'µs/request', warnings)
      const taxUs = { estimate, detected: isSeen, p, detectable }
      return { ...point, taxUs, timesControl: estimateOf(found.times, 'ratio', warnings) }
    }),
  }))
}

type Taxes = readonly (readonly ({ tax: ClusteredMean } | null)[])[]

/** By index of the arm: p by Holm over the schemes at a point, and whether the tax exceeds what two controls differ by. */
function judgedTogether(arms: readonly Own[], taxes: Taxes, key: string) {
  const here = arms.flatMap(({ arm, points }, i) => {
    const tax = taxes[i]?.[points.findIndex((point) => pointKey(point) === key)]?.tax
    return tax ? [{ i, arm, tax }] : []
  })
  const twin = here.find(({ arm }) => arm.twin)
  const error = twin ? ownError(twin.tax, 0) : null
  const family = here.filter(({ arm }) => !arm.twin)
  const adjusted = holm(family.map(({ tax }) => tax.p))
  return new Map(
    family.map(({ i, tax }, place) => {
      const p = adjusted[place] ?? null
      return [i, { p, isSeen: detected({ ...tax, p }, 0, error) }] as const
    }),
  )
}

function idleOf(turns: readonly TurnFigures[]): Curve['idleCores'] {
  const idle = turns.filter(({ point }) => isIdle(point))
  return idle.length === 0
    ? null
    : ofServing((tier: ServingTier) => median(idle.map(({ tiers }) => tiers[tier])))
}

/**
 * Where a replica that does nothing but auth is half busy. One that is too busy for a figure of its cost still says that it
 * is busier than that. The interval is that of the curve: where the ends of the intervals of CPU a request cross the half,
 * those of the last point that has one beyond it.
 */
function halfBusy(turns: readonly TurnFigures[], points: readonly CurvePoint[]): Curve['halfBusyPerSec'] {
  const open = turns.filter(({ point }) => point.perSec !== null && point.perSec > 0 && point.handlerUs === 0)
  const rates = rising(open.map(({ point }) => point.perSec ?? 0))
  const last = rates.at(-1)
  if (last === undefined) return null
  const known = points.filter(({ perSec, handlerUs }) => perSec !== null && handlerUs === 0)
  const reached = (end: 'value' | 'lo' | 'hi') =>
    crossingOf(
      rates.map((rate): [number, number] => {
        const busy = mean(open.filter(({ point }) => point.perSec === rate).map((turn) => turn.busy))
        const { cpuUs } = known.findLast(({ perSec }) => (perSec ?? 0) <= rate) ?? {}
        return [rate, busy * (cpuUs ? cpuUs[end] / cpuUs.value : 1) - HALF]
      }),
    )
  const value = reached('value')
  if (value === null) return { value: last, lo: last, hi: last, isAtLeast: true }
  return { value, lo: reached('hi') ?? value, hi: reached('lo') ?? last, isAtLeast: false }
}
