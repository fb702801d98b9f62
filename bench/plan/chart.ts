/** What schemes take over all loads around the one asked for: staircases of cores, or of money. */
import type { LineSeriesOption } from 'echarts'
import { CROSS, endLabel, schemeLine, upright } from '../words/charts/marks.ts'
import { ink, lookOf } from '../words/charts/palette.ts'
import { inPanel } from '../words/charts/panels.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
import { figure, list, short } from '../words/format.ts'
import { tooFewBlocks } from './capacity.ts'
import type { Crossing } from './crossing.ts'
import { measuredRates } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { expenseOf } from './plan.ts'
import { grown, type PlanRequest } from './request.ts'
import { count } from './text.ts'

const DECADES = 2
const POINTS = 120

/** Null where neither can be planned for at any of the loads. */
export function planChart(
  evidence: readonly Evidence[],
  request: PlanRequest,
  crossing: Crossing | null,
  provenance: string,
): Drawing | null {
  const curves = evidence.map((one) => ({ scheme: one.scheme, points: curveOf(one, request) }))
  if (curves.every(({ points }) => points.length === 0)) return null
  const unit = request.prices ? 'a month' : 'cores, a Redis primary being one'
  const ends = { min: request.rps / 10 ** DECADES, max: request.rps * 10 ** DECADES }
  const room = { left: 84, right: 190, top: 134, bottom: 52 }
  const option = inPanel(room, {
    x: { type: 'log', name: 'requests per second of all users together', ...ends, format: short },
    y: { type: 'log', name: unit, nameAlign: 'left' },
    series: [
      ...curves.flatMap((curve) => lines(curve, ends.max)),
      mark(request.rps, 'solid'),
      ...(crossing ? [mark(crossing.rps, 'dotted')] : []),
    ],
  })
  const told = [
    provenance,
    'thick: rates and numbers of replicas that were measured · dashed: carried further by the laws · ✕: no ' +
      'plan further',
    'users grow with the load · upright: the load asked ' +
      `for${crossing ? ' · dotted: the other one is cheaper from there on' : ''}`,
  ]
  return drawing(titleOf(evidence, request, crossing), told, option, 442)
}

interface Curve {
  scheme: string
  points: { rps: number; amount: number; measured: boolean }[]
}

function curveOf(evidence: Evidence, request: PlanRequest): Curve['points'] {
  const measuredTo = measuredRates(evidence).most * (evidence.scaling?.replicas ?? 1)
  return Array.from({ length: POINTS + 1 }, (_, step) => {
    const there = grown(request, 10 ** (((2 * step) / POINTS - 1) * DECADES))
    const amount = expenseOf(evidence, there)
    return amount === null ? [] : [{ rps: there.rps, amount, measured: there.rps <= measuredTo }]
  }).flat()
}

/** @param to where the scale ends: a line that ends before it is known no further */
function lines({ scheme, points }: Curve, to: number): LineSeriesOption[] {
  const line = (part: Curve['points'], more: LineSeriesOption) =>
    schemeLine(
      scheme,
      part.map(({ rps, amount }) => [rps, amount]),
      { step: 'end', symbol: 'none', ...more },
    )
  const measured = points.filter((point) => point.measured)
  const beyond = points.slice(Math.max(0, measured.length - 1))
  const isCut = (points.at(-1)?.rps ?? 0) < 0.99 * to
  const label = endLabel(lookOf(scheme).color, scheme, { backgroundColor: ink.background })
  return [
    line(measured, { lineStyle: { width: 4 } }),
    line(beyond, { lineStyle: { type: 'dashed' }, ...label }),
    ...(isCut ? [line(points.slice(-1), { symbol: CROSS, symbolSize: 10, z: 4 })] : []),
  ]
}

function mark(rps: number, type: 'solid' | 'dotted'): LineSeriesOption {
  return { type: 'line', silent: true, data: [], ...upright(rps, { color: ink.text, type, width: 1.25 }) }
}

function titleOf(evidence: readonly Evidence[], request: PlanRequest, crossing: Crossing | null): string {
  const [less, fewest] = request.prices
    ? ['costs less', 'costs least']
    : ['takes fewer cores', 'takes the fewest cores']
  if (crossing) {
    const { cheaperBelow, cheaperAbove, rps } = crossing
    return `${cheaperBelow} ${evidence.length > 2 ? fewest : less} below ${figure(rps)} requests/s, ${cheaperAbove} above`
  }
  const made = evidence.flatMap((one) => {
    const amount = expenseOf(one, request)
    return amount === null ? [] : [{ scheme: one.scheme, amount }]
  })
  const [least, most] = made.sort((a, b) => a.amount - b.amount)
  const unit = request.prices ? 'a month' : 'cores'
  const show = request.prices ? figure : count
  if (!least) return 'No plan for this load: see why below'
  // From too few blocks a number would only look like an answer.
  if (request.p99Ms !== null && evidence.some((one) => tooFewBlocks(one) !== null))
    return `What ${list(made.map(({ scheme }) => scheme))} take over the load, from too few blocks for a plan`
  if (made.length > 2)
    return `${least.scheme} takes the least: ${show(least.amount)} ${unit} at ${figure(request.rps)} requests/s`
  if (!most || most.amount === least.amount)
    return `${show(least.amount)} ${unit} at ${figure(request.rps)} requests/s`
  return `${least.scheme} takes ${show(least.amount)} ${unit}, ${most.scheme} ${show(most.amount)}`
}
