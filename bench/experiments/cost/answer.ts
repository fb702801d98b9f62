/** The first answer of a run, as one sentence and a few lines of bars for a terminal. Pure. */
import type { ComparedCurves, Curve } from '../../figures/curve-schema.ts'
import { comparedCurves } from '../../figures/curves.ts'
import { isControl } from '../../figures/records.ts'
import type { Point, Run, TrialResult } from '../../record/types.ts'
import { figure, list, withRange } from '../../words/format.ts'
import { wrap } from '../../words/wrap.ts'
import { THE_TWO } from '../roles.ts'
import { answerWidth, precisionText, TOO_WIDE } from './precision.ts'

const SIGNIFICANT = 0.05
const BAR_WIDTH = 30
const RATE_WIDTH = 9

const us = (value: number) => figure(Math.round(value), Math.max(100, Math.abs(value)))

export const NOTHING =
  'No scheme has four turns at any of the rates at which its replica was less than 70 % busy: ask for lower rates (`--rates`), ' +
  'for less handler work (`--handler-us`) or for more blocks (`--trials`).'

/** Other experiments take turns too. */
export const ofCost = (results: readonly TrialResult[]) =>
  results.filter(({ trial }) => trial.arm.experiment === 'cost')

/** What the records say so far; empty before anything can be said. */
export function answerSoFar(run: Pick<Run, 'profile' | 'seed'>, results: readonly TrialResult[]): string {
  const curves = comparedCurves(run, ofCost(results), [THE_TWO])
  return curves.everyday ? firstAnswer(curves) : ''
}

/** The same of a summary, at the end of a run, which says why where nothing can be said. */
export function firstAnswer(curves: ComparedCurves): string {
  const sentence = costSentence(curves)
  if (sentence === null) return curves.curves.length > 0 ? wrap(NOTHING.replaceAll('`', '')) : ''
  return [
    ...bars(curves),
    wrap([sentence, precisionOf(curves), placeOf(curves)].filter(Boolean).join(' ')),
  ].join('\n')
}

/** Said where replica and sender had no CPU of their own. */
function placeOf({ curves }: ComparedCurves): string {
  const shared = curves.some(({ points }) =>
    points.some(({ cpuUs }) => cpuUs.warnings.includes('replicas-share-cores')),
  )
  return shared
    ? 'Replica, Redis, proxy and sender shared a CPU, and what waking one of them costs is not what it costs on two: take a machine with two.'
    : ''
}

/** How closely it is known, and what to do where that is not enough; empty without two controls. */
function precisionOf(curves: ComparedCurves): string {
  const text = precisionText(curves)
  if (text === '' || (answerWidth(curves) ?? 0) <= TOO_WIDE) return text
  return `${text} That is too much for the values above, and only their ranges count: close what else runs, or take more turns (--trials 6).`
}

/** What the two add so far, in half a line; empty before anything can be said. */
export function taxesSoFar(run: Pick<Run, 'profile' | 'seed'>, results: readonly TrialResult[]): string {
  const { curves, everyday } = comparedCurves(run, ofCost(results))
  if (!everyday?.perSec) return ''
  const told = taxesOf(curves, everyday).map(({ scheme, us }) => `${scheme} +${us}`)
  return told.length === 0 ? '' : `at ${figure(everyday.perSec)}/s ${told.join(', ')}`
}

/** What the two that the argument is about add where services run, and whether they differ; null without turns. */
export function costSentence(
  { curves, everyday, pairs }: ComparedCurves,
  name: (scheme: string) => string = (scheme) => scheme,
): string | null {
  if (!everyday?.perSec) return null
  const { perSec, handlerUs } = everyday
  const at = <T extends Point>(points: readonly T[]) => pointAt(points, everyday)
  const told = taxesOf(curves, everyday).map(({ scheme, us }) => ({ scheme: name(scheme), us }))
  const [first, ...others] = told
  if (!first) return null
  const adds = [
    `${first.scheme} adds ${first.us} of CPU to a request`,
    ...others.map((one) => `${one.scheme} ${one.us}`),
  ]
  const control = at(curves.find((one) => isControl(one) && !one.twin)?.points ?? [])
  const busy = control ? `, which keeps it ${Math.round(100 * control.busy)} % busy without auth` : ''
  const own = handlerUs === 0 ? '' : ` with ${figure(handlerUs)} µs of work of its own in each${busy}`
  const pair = pairs.find(({ more, less }) => more === THE_TWO[0] && less === THE_TWO[1])
  return `At ${figure(perSec)} requests/s on one replica${own}, ${list(adds)}.${pair ? differenceText(pair, at(pair.points), name) : ''}`
}

const pointAt = <T extends Point>(points: readonly T[], { perSec, handlerUs }: Point) =>
  points.find((point) => point.perSec === perSec && point.handlerUs === handlerUs)

/** What each of the two adds there, with its interval. */
function taxesOf(curves: readonly Curve[], place: Point): { scheme: string; us: string }[] {
  return THE_TWO.flatMap((scheme) => {
    const own = curves.find((one) => one.scheme === scheme)
    const tax = pointAt(own?.points ?? [], place)?.taxUs
    if (!tax) return []
    const { value, lo, hi } = tax.estimate
    return [{ scheme, us: `${us(value)} µs (${us(lo)} to ${us(hi)})` }]
  })
}

function differenceText(
  { more, less }: ComparedCurves['pairs'][number],
  point: ComparedCurves['pairs'][number]['points'][number] | undefined,
  name: (scheme: string) => string,
): string {
  if (!point) return ''
  const { value, lo, hi } = point.byUs
  if (point.p >= SIGNIFICANT) return ` The two were not told apart (${us(lo)} to ${us(hi)} µs).`
  const [dearer, by] = value > 0 ? [more, { value, lo, hi }] : [less, { value: -value, lo: -hi, hi: -lo }]
  return ` ${name(dearer)} takes ${us(by.value)} µs (${us(by.lo)} to ${us(by.hi)}) more.`
}

/** What each of the two adds at each rate with the most handler work. */
function bars({ curves, everyday }: ComparedCurves): string[] {
  const own = curves.filter(({ scheme, twin }) => !twin && THE_TWO.some((one) => one === scheme))
  const pointsOf = ({ points }: Curve) =>
    points.flatMap(({ perSec, handlerUs, taxUs }) =>
      perSec !== null && handlerUs === everyday?.handlerUs && taxUs ? [{ perSec, ...taxUs.estimate }] : [],
    )
  const most = Math.max(...own.flatMap((curve) => pointsOf(curve).map(({ value }) => value)))
  return own.flatMap((curve) => [
    `${curve.scheme}, CPU µs added at`,
    ...pointsOf(curve).map((point) => {
      const length = Math.max(0, Math.round((BAR_WIDTH * point.value) / most))
      return `${`${figure(point.perSec)}/s`.padStart(RATE_WIDTH)} ${'█'.repeat(length).padEnd(BAR_WIDTH)} ${withRange(point, us)}`
    }),
  ])
}
