/** Two schemes that change places: below a rate the one takes less CPU, above it the other. */
import type { Arm } from '../record/types.ts'
import type { ClusteredMean } from '../stats/clustered.ts'
import { crossingOf } from '../stats/crossing.ts'
import { rising } from '../stats/groups.ts'
import { differenceAt } from './beside.ts'
import type { CostCurves, CurvePoint } from './curve-schema.ts'
import type { Habit } from './habit.ts'
import { isControl } from './records.ts'
import type { ArmTurns } from './turns.ts'

type Swap = CostCurves['swaps'][number]
type Own = ArmTurns & { arm: Arm; points: readonly CurvePoint[] }

/** Of all pairs of schemes; the control is cheaper at any rate. */
export function swapsOf(arms: readonly Own[], habit: Habit | null): Swap[] {
  const schemes = arms.filter(({ arm }) => !isControl(arm))
  return schemes.flatMap((a, i) =>
    schemes
      .slice(i + 1)
      .flatMap((b) => handlersOf(a).flatMap((handlerUs) => swapOf(a, b, handlerUs, habit) ?? [])),
  )
}

const handlersOf = ({ points }: Own) => rising(points.map(({ handlerUs }) => handlerUs))

/** What `a` takes beyond `b` at each rate at which neither is too busy. */
function differences(
  a: Own,
  b: Own,
  handlerUs: number,
  habit: Habit | null,
): { perSec: number; by: ClusteredMean }[] {
  const common = ({ points }: Own) =>
    points.flatMap((point) => (point.handlerUs === handlerUs && point.perSec !== null ? [point.perSec] : []))
  const inB = common(b)
  return common(a)
    .filter((perSec) => inB.includes(perSec))
    .flatMap((perSec) => {
      const by = differenceAt({ perSec, handlerUs }, { own: a.turns, base: b.turns }, habit)
      return by ? [{ perSec, by }] : []
    })
}

/** Null unless each is seen to take less somewhere, and they change places once. */
function swapOf(a: Own, b: Own, handlerUs: number, habit: Habit | null): Swap | null {
  const all = differences(a, b, handlerUs, habit)
  const sure = all.flatMap(({ perSec, by }) =>
    by.lo > 0 ? [{ perSec, sign: 1 }] : by.hi < 0 ? [{ perSec, sign: -1 }] : [],
  )
  const changes = sure.filter(({ sign }, i) => i > 0 && sign !== sure[i - 1]?.sign)
  const [change] = changes
  const before = change && sure[sure.indexOf(change) - 1]
  if (!change || !before || changes.length > 1) return null
  const between = all.filter(({ perSec }) => perSec >= before.perSec && perSec <= change.perSec)
  const value = crossingOf(between.map(({ perSec, by }) => [perSec, change.sign * by.value]))
  if (value === null) return null
  const [below, above] = change.sign > 0 ? [a, b] : [b, a]
  return {
    ...{ handlerUs, below: below.arm.scheme, above: above.arm.scheme },
    perSec: { value, lo: before.perSec, hi: change.perSec },
  }
}
