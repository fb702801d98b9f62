/** What a request costs with other versions, beside the turns of the arm that each is compared with. */
import { differenceAt, SEEN_FOUR_TIMES_IN_FIVE } from '../../figures/beside.ts'
import { inFamily } from '../../figures/comparisons.ts'
import type { CurvePoint } from '../../figures/curve-schema.ts'
import { pointsOf } from '../../figures/curves.ts'
import { flags, isFirstControl } from '../../figures/records.ts'
import { noiseByRound } from '../../figures/turn-noise.ts'
import { type ArmTurns, pointKey, turnsByArm } from '../../figures/turns.ts'
import type { Arm, Environment, Point, Run, TrialResult } from '../../record/types.ts'
import type { ClusteredMean } from '../../stats/clustered.ts'
import { detected, ownError } from '../../stats/paired.ts'
import type { Summary, Upgraded } from './schema.ts'

type Measured = ArmTurns & { points: CurvePoint[] }

export function upgrades(run: Run, results: readonly TrialResult[]): Summary['upgrades'] {
  const own = results.filter(({ trial }) => trial.arm.experiment === 'upgrades')
  const arms = [...turnsByArm(own).values()].map((one) => measuredOf(one, run, own))
  const control = arms.find(({ arm }) => isFirstControl(arm))
  const others = arms.filter((one) => one !== control)
  const noise = control ? noiseByRound(control, others) : null
  const twin = arms.find(({ arm }) => arm.twin)
  const changeAt = (point: Point, of: Measured, base: Measured) => {
    const difference = differenceAt(point, { own: of.turns, base: base.turns }, noise)
    const than = base.points.find((other) => pointKey(other) === pointKey(point))
    return difference && than ? asShare(difference, than.cpuUs.value) : null
  }
  const compared = others.flatMap((one) => {
    const base = arms.find(({ arm }) => arm.id === one.arm.comparedWith)
    return base ? [{ one, base }] : []
  })
  const looks = compared.flatMap(({ one, base }) =>
    one.points.flatMap((point) => {
      const than = base.points.find((other) => pointKey(other) === pointKey(point))
      const change = changeAt(point, one, base)
      if (!than || !change) return []
      const equal = control && twin ? changeAt(point, twin, control) : null
      return [{ ...change, change, one, point, than, own: equal && ownError(equal, 0) }]
    }),
  )
  const judged = inFamily(looks)
  return compared.map(({ one, base }) => ({
    scheme: one.arm.scheme,
    arm: one.arm.id,
    than: base.arm.id,
    changes: changesIn(one.arm, base.arm, run.environment),
    points: judged.flatMap((look) => (look?.one === one ? [pointOf(look)] : [])),
  }))
}

function measuredOf(one: ArmTurns, run: Run, results: readonly TrialResult[]): Measured {
  const { load, id } = one.arm
  const measurements = results.flatMap((result) =>
    result.ok && result.trial.arm.id === id ? [result.measurement] : [],
  )
  const mostBusy = load.loop === 'turns' ? load.mostBusy : 1
  return { ...one, points: pointsOf(one, mostBusy, flags(run, measurements)) }
}

/** The other's mean is taken as known: of a change of a few per cent its own error is a few per cent more. */
function asShare(difference: ClusteredMean, of: number): ClusteredMean {
  const { value, lo, hi, error } = difference
  return { ...difference, value: value / of, lo: lo / of, hi: hi / of, error: error / of }
}

interface Look {
  point: CurvePoint
  than: CurvePoint
  change: ClusteredMean
  p: number
  /** What two equal controls differed by there; null where that was not measured. */
  own: number | null
}

function pointOf({ point, than, change, p, own }: Look): Upgraded['points'][number] {
  const { perSec, handlerUs, cpuUs } = point
  const { value, lo, hi, n } = change
  const least = Math.max(SEEN_FOUR_TIMES_IN_FIVE * change.error, own ?? 0)
  return {
    ...{ perSec, handlerUs, cpuUs, thanUs: than.cpuUs },
    cpuChange: {
      estimate: { value, lo, hi, unit: 'share', n, warnings: cpuUs.warnings },
      detected: detected({ value, lo, hi, n, p }, 0, own),
      p,
      detectable: least,
    },
  }
}

function changesIn(one: Arm, base: Arm, environment: Environment): Upgraded['changes'] {
  const names = [one, base].flatMap(({ settings: { node, commit, packages = {} } }) => [
    ...Object.keys(packages),
    ...(node === undefined ? [] : ['node']),
    ...(commit === undefined ? [] : ['commit']),
  ])
  return [...new Set(names)].sort().map((name) => ({
    name,
    version: versionIn(one, name, environment),
    than: versionIn(base, name, environment),
  }))
}

function versionIn({ settings }: Arm, name: string, environment: Environment): string | null {
  const { runtime, otherRuntimes = {}, packages } = environment
  if (name === 'commit') return settings.commit?.slice(0, 7) ?? null
  if (name !== 'node') return settings.packages?.[name] ?? packages[name] ?? null
  return (otherRuntimes[settings.node ?? ''] ?? runtime).node.replace(/^v/, '')
}
