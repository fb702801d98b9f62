/** Two schemes that change places: below a rate the one takes less CPU, above it the other. */
import type { Arm } from '../record/types.ts'
import type { ClusteredMean } from '../stats/clustered.ts'
import { crossingOf } from '../stats/crossing.ts'
import { rising } from '../stats/groups.ts'
import { holm } from '../stats/holm.ts'
import { differenceAt } from './beside.ts'
import type { CostCurves, CurvePoint } from './curve-schema.ts'
import { isControl } from './records.ts'
import type { NoiseByRound } from './turn-noise.ts'
import type { ArmTurns } from './turns.ts'

type Swap = CostCurves['swaps'][number]
type Own = ArmTurns & { arm: Arm; points: readonly CurvePoint[] }

/** What one takes beyond another at one rate; `p` by Holm over all pairs and rates with the same handler work. */
interface Step {
  perSec: number
  by: ClusteredMean
  p: number
}

const SIGNIFICANT = 0.05

/**
 * Of all pairs of schemes; the control is cheaper at any rate. Seventeen schemes make 136 pairs, each at several rates: by
 * intervals of 95 % alone some of them would change places in any run.
 */
export function swapsOf(arms: readonly Own[], noise: NoiseByRound | null): Swap[] {
  const schemes = arms.filter(({ arm }) => !isControl(arm))
  const handlers = rising(schemes.flatMap(({ points }) => points.map(({ handlerUs }) => handlerUs)))
  const pairs = schemes.flatMap((a, i) => schemes.slice(i + 1).map((b) => [a, b] as const))
  return handlers.flatMap((handlerUs) => {
    const differing = pairs.map(([a, b]) => differences(a, b, handlerUs, noise))
    const adjusted = holm(differing.flatMap((own) => own.map(({ by }) => by.p)))
    let next = 0
    return pairs.flatMap(([a, b], place) => {
      const steps = (differing[place] ?? []).map((one): Step => ({ ...one, p: adjusted[next++] ?? 1 }))
      const found = swapIn(steps)
      if (!found) return []
      const [below, above] = found.isFirstBelow ? [a, b] : [b, a]
      return [{ handlerUs, below: below.arm.scheme, above: above.arm.scheme, perSec: found.perSec }]
    })
  })
}

/** What `a` takes beyond `b` at each rate at which neither is too busy. */
function differences(a: Own, b: Own, handlerUs: number, noise: NoiseByRound | null): Omit<Step, 'p'>[] {
  const common = ({ points }: Own) =>
    points.flatMap((point) => (point.handlerUs === handlerUs && point.perSec !== null ? [point.perSec] : []))
  const inB = common(b)
  return common(a)
    .filter((perSec) => inB.includes(perSec))
    .flatMap((perSec) => {
      const by = differenceAt({ perSec, handlerUs }, { own: a.turns, base: b.turns }, noise)
      return by ? [{ perSec, by }] : []
    })
}

/** Null unless each of the two is seen to take less somewhere, and they change places once. */
function swapIn(steps: readonly Step[]): { isFirstBelow: boolean; perSec: Swap['perSec'] } | null {
  const sure = steps.flatMap(({ perSec, by, p }) =>
    p < SIGNIFICANT ? [{ perSec, sign: Math.sign(by.value) }] : [],
  )
  const changes = sure.filter(({ sign }, i) => i > 0 && sign !== sure[i - 1]?.sign)
  const [change] = changes
  const before = change && sure[sure.indexOf(change) - 1]
  if (!change || !before || changes.length > 1) return null
  const between = steps.filter(({ perSec }) => perSec >= before.perSec && perSec <= change.perSec)
  const value = crossingOf(between.map(({ perSec, by }) => [perSec, change.sign * by.value]))
  if (value === null) return null
  return { isFirstBelow: change.sign > 0, perSec: { value, lo: before.perSec, hi: change.perSec } }
}
