/** Whether another version is slower, as sentences. Pure. */
import type { Run, TrialResult } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { tick } from '../../words/charts/axes.ts'
import { code, compared, figure, list, styles } from '../../words/format.ts'
import { wrap } from '../../words/wrap.ts'
import type { Upgraded } from './schema.ts'
import { upgrades } from './summary.ts'

type UpgradedPoint = Upgraded['points'][number]

/** One sentence for each arm that was compared with another, at the least handler work; null without any. */
export function upgradesSentence(all: readonly Upgraded[], name: (of: string) => string = code) {
  return all.length === 0 ? null : all.map((one) => sentenceOf(one, name)).join(' ')
}

/** The same of the records so far, for a terminal; empty before anything can be said. */
export function upgradesSoFar(run: Run, results: readonly TrialResult[]): string {
  const known = upgrades(run, results).filter(({ points }) => points.length > 0)
  return wrap(upgradesSentence(known, (of) => of) ?? '')
}

function sentenceOf({ points, scheme, ...one }: Upgraded, name: (of: string) => string): string {
  const subject = `${changesText(one)} in ${name(scheme)}`
  const [least] = rising(points.map(({ handlerUs }) => handlerUs))
  const own = points.filter(({ handlerUs }) => handlerUs === least)
  if (least === undefined || own.length === 0)
    return `${subject}: too few turns at any rate, so ask for lower rates (--rates) or more blocks (--trials).`
  const told = own.map((point) => `${compared(point.cpuChange, styles.change)} ${whereText(point)}`)
  const work = least === 0 ? 'without handler work' : `with ${figure(least)} µs of handler work`
  return `${subject}: CPU a request ${list(told)}, ${work}: ${verdict(own)}.`
}

/** `connect-redis 9.0.0 against 8.1.0`, of each that differs. */
export function changesText({ changes }: Pick<Upgraded, 'changes'>): string {
  const versions = changes.map(({ name, version, than }) => {
    if (name === 'commit') return `${version ?? CHECKOUT} against ${than ?? CHECKOUT}`
    return `${name === 'node' ? 'Node' : name} ${version ?? LOCKED} against ${than ?? LOCKED}`
  })
  return list(versions)
}

const CHECKOUT = 'this checkout'

const LOCKED = 'the locked one'

/** Where an arm takes more than the one that it is compared with by more than that share, and the difference was detected. */
export function slowerBy(
  all: readonly Upgraded[],
  share: number,
): { scheme: string; point: UpgradedPoint }[] {
  return all.flatMap(({ scheme, points }) =>
    points
      .filter(({ cpuChange }) => cpuChange.detected && cpuChange.estimate.value > share)
      .map((point) => ({ scheme, point })),
  )
}

/** A rate, or the closed loop. */
export const whereText = ({ perSec }: Pick<UpgradedPoint, 'perSec'>) =>
  perSec === null ? 'at saturation' : `at ${tick(perSec)}/s`

function verdict(points: readonly UpgradedPoint[]): string {
  const seen = points.filter(({ cpuChange }) => cpuChange.detected)
  if (seen.length === 0) return `no difference detected (smallest detectable ${detectableText(points)})`
  const where = (own: readonly UpgradedPoint[]) =>
    own.length === points.length ? '' : ` ${list(own.map(whereText))}`
  const slower = seen.filter(({ cpuChange }) => cpuChange.estimate.value > 0)
  const faster = seen.filter((point) => !slower.includes(point))
  const parts = [
    slower.length > 0 ? `slower${where(slower)}` : null,
    faster.length > 0 ? `faster${where(faster)}` : null,
  ].filter((part) => part !== null)
  const rest = seen.length < points.length ? '; elsewhere no difference detected' : ''
  return `${list(parts)}${rest}`
}

/** Over the points: what each could have told. */
function detectableText(points: readonly UpgradedPoint[]): string {
  const all = rising(points.flatMap(({ cpuChange }) => cpuChange.detectable ?? []))
  const percents = [...new Set([all[0], all.at(-1)].map((share = 0) => figure(100 * share)))]
  return `${percents.join(' to ')} %`
}
