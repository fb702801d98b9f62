/** The first answer of a run, as one sentence and a few lines of bars for a terminal. Pure. */
import type { CostCurves, Curve } from '../../figures/curve-schema.ts'
import { costCurves } from '../../figures/curves.ts'
import { isControl } from '../../figures/records.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import { figure, list, withRange } from '../../words/format.ts'
import { wrap } from '../../words/wrap.ts'
import { THE_TWO } from '../roles.ts'

const SIGNIFICANT = 0.05
const BAR_WIDTH = 30
const RATE_WIDTH = 9

const us = (value: number) => figure(Math.round(value), Math.max(100, Math.abs(value)))

/** What the records say so far; empty before anything can be said. */
export function answerSoFar(run: Pick<Run, 'profile' | 'seed'>, results: readonly TrialResult[]): string {
  return firstAnswer(costCurves(run, results, [THE_TWO]))
}

/** The same of a summary. */
export function firstAnswer(curves: CostCurves): string {
  const sentence = costSentence(curves)
  return sentence === null ? '' : [...bars(curves), wrap(sentence)].join('\n')
}

/** What the two that the argument is about add where services run, and whether they differ; null without turns. */
export function costSentence(
  { curves, everyday, pairs }: CostCurves,
  name: (scheme: string) => string = (scheme) => scheme,
): string | null {
  if (!everyday?.perSec) return null
  const { perSec, handlerUs } = everyday
  const at = <T extends { perSec: number | null; handlerUs: number }>(points: readonly T[]) =>
    points.find((point) => point.perSec === perSec && point.handlerUs === handlerUs)
  const told = THE_TWO.flatMap((scheme) => {
    const tax = at(curves.find((one) => one.scheme === scheme)?.points ?? [])?.taxUs
    if (!tax) return []
    return [
      {
        scheme: name(scheme),
        us: `${us(tax.estimate.value)} µs (${us(tax.estimate.lo)} to ${us(tax.estimate.hi)})`,
      },
    ]
  })
  const [first, ...others] = told
  if (!first) return null
  const adds = [
    `${first.scheme} adds ${first.us} of CPU to a request`,
    ...others.map((one) => `${one.scheme} ${one.us}`),
  ]
  const control = at(curves.find((one) => isControl(one) && !one.twin)?.points ?? [])
  const busy = control ? `, which keeps it ${Math.round(100 * control.busy)} % busy without auth` : ''
  const own = handlerUs === 0 ? '' : ` with ${figure(handlerUs)} µs of work of its own in each${busy}`
  const [pair] = pairs
  return `At ${figure(perSec)} requests/s on one replica${own}, ${list(adds)}.${pair ? differenceText(pair, at(pair.points), name) : ''}`
}

function differenceText(
  { more, less }: CostCurves['pairs'][number],
  point: CostCurves['pairs'][number]['points'][number] | undefined,
  name: (scheme: string) => string,
): string {
  if (!point) return ''
  const { value, lo, hi } = point.byUs
  if (point.p >= SIGNIFICANT) return ` The two were not told apart (${us(lo)} to ${us(hi)} µs).`
  const [dearer, by] = value > 0 ? [more, { value, lo, hi }] : [less, { value: -value, lo: -hi, hi: -lo }]
  return ` ${name(dearer)} takes ${us(by.value)} µs (${us(by.lo)} to ${us(by.hi)}) more.`
}

/** What each of the two adds at each rate with the most handler work. */
function bars({ curves, everyday }: CostCurves): string[] {
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
