/** Capacity on the page: the planner of `npm run plan`, asked again at every move of a slider. */
import { schemeNames } from '../../../servers/scheme.ts'
import { planChart } from '../../plan/chart.ts'
import { crossing } from '../../plan/crossing.ts'
import type { Evidence } from '../../plan/evidence.ts'
import { expense, type Plan, plan, type Refusal } from '../../plan/plan.ts'
import type { PlanRequest } from '../../plan/request.ts'
import {
  busyText,
  bytes,
  count,
  crossingText,
  milliseconds,
  notesOf,
  ranged,
  unitsText,
} from '../../plan/text.ts'
import { figure } from '../../words/format.ts'
import type { Planning } from '../page-data.ts'
import { choose, follow, kept, onChoice, onceAFrame } from './address.ts'
import { chartCard } from './charts.ts'
import { chosenPair } from './decision.ts'
import { bodyOf, type Cell, details, el, scrollingTable, select } from './dom.ts'
import { controls } from './plan-controls.ts'
import { asking, inControls, requestFrom } from './plan-request.ts'

export function showPlanner({ evidence, why, from, held }: Planning): void {
  const body = bodyOf('plan-capacity')
  if (why !== null) {
    body.replaceChildren(el('p', {}, `No plan can be made here: ${why}.`))
    return
  }
  const place = el('div', { id: 'plan-result' })
  body.replaceChildren(...form(evidence, held), place)
  const draw = () => {
    const schemes = kept('schemes', schemeNames)
    const some = evidence.filter(({ scheme }) => schemes.includes(scheme))
    place.replaceChildren(...result(some, requestFrom(), pairOf(evidence), `from ${from}`))
  }
  onChoice([...asking, 'pair', 'schemes'], onceAFrame(draw))
  draw()
}

/** The two whose lines are drawn: those of the question above, as far as they can be planned for. */
function pairOf(evidence: readonly Evidence[]): Evidence[] {
  const pair = chosenPair().flatMap((name) => evidence.find(({ scheme }) => scheme === name) ?? [])
  return pair.length === 2 ? pair : evidence.slice(0, 2)
}

function form(evidence: readonly Evidence[], held: string | null): HTMLElement[] {
  return [
    el(
      'p',
      {},
      'The planner of ',
      el('code', {}, 'npm run plan'),
      ', on the figures that this page is from. Every answer has its range and says where its evidence ends.',
    ),
    ...(held ? [el('p', {}, held)] : []),
    ...controls(),
    el(
      'p',
      {},
      el('label', { for: 'plan-0' }, 'Lines: '),
      lineSelect(0, evidence),
      el('label', { for: 'plan-1' }, ' against '),
      lineSelect(1, evidence),
    ),
  ]
}

function lineSelect(place: 0 | 1, evidence: readonly Evidence[]): HTMLSelectElement {
  const schemes = evidence.map(({ scheme }) => scheme)
  const box = select(`plan-${place}`, schemes, (scheme) => {
    const names = pairOf(evidence).map((one) => one.scheme)
    choose({ pair: names.with(place, scheme).join(',') })
  })
  follow(['pair'], () => {
    box.value = pairOf(evidence)[place]?.scheme ?? ''
  })
  return box
}

function result(
  evidence: readonly Evidence[],
  request: PlanRequest,
  pair: readonly Evidence[],
  provenance: string,
): HTMLElement[] {
  const [first, second] = pair
  const crosses = first && second ? crossing([first, second], request) : null
  const drawing = planChart(pair, request, crosses, provenance)
  const plans = evidence.map((one) => plan(one, request))
  const figures = () => figuresIn(plans, request)
  const reservations = notesOf(plans).map((note) => el('li', {}, inControls(note)))
  return [
    drawing && el('figure', { class: 'chart', id: 'plan-chart' }, ...chartCard('plan', drawing, figures)),
    crosses && el('p', { id: 'plan-crossing', 'data-value': crosses.rps }, crossingText(crosses, request)),
    plansTable(plans, request),
    ...refusals(plans),
    reservations.length > 0
      ? details('What these figures rest on, and where that ends', false, el('ul', {}, ...reservations))
      : null,
  ].filter((part) => part !== null)
}

const SIZES = [
  { name: 'replicas', key: 'replicas', show: count },
  { name: 'Redis primaries', key: 'redisPrimaries', show: count },
  { name: 'standbys', key: 'redisStandbys', show: count },
  { name: 'in Redis', key: 'redisMemoryBytes', show: bytes },
  { name: 'in replicas', key: 'replicaMemoryBytes', show: bytes },
  { name: 'proxy cores', key: 'proxyCores', show: count },
  { name: 'p50, ms', key: 'p50Ms', show: milliseconds },
  { name: 'p99, ms', key: 'p99Ms', show: milliseconds },
] as const

function plansTable(plans: readonly (Plan | Refusal)[], request: PlanRequest): HTMLElement {
  const amounts = [...SIZES.map(({ name }) => name), request.prices ? 'a month' : 'cores']
  const numbers = amounts.map((name) => ({ name, isNumber: true }))
  const columns = [{ name: 'scheme' }, ...numbers, { name: 'fills up first' }]
  const rows = plans.map((made) =>
    made.refused === null ? cellsOf(made, request) : [made.scheme, ...columns.slice(1).map(() => '–')],
  )
  return scrollingTable('What each scheme needs', columns, rows)
}

function cellsOf(made: Plan, request: PlanRequest): Cell[] {
  const amount = expense(made, request)
  const { busy, bottleneck } = made
  const share = busy[bottleneck]
  return [
    made.scheme,
    ...SIZES.map(({ key, show }) => {
      const size = made[key]
      if (!size) return '–'
      return { text: show === count ? unitsText(made, size) : ranged(size, show), value: size.value }
    }),
    { text: made.costPerMonth ? ranged(made.costPerMonth) : figure(amount), value: amount },
    `${bottleneck === 'redis' ? 'Redis' : bottleneck}${share === null ? '' : ` (${busyText(share)} busy)`}`,
  ]
}

/** Why some have no plan. */
function refusals(plans: readonly (Plan | Refusal)[]): HTMLElement[] {
  const lines = plans.flatMap(({ scheme, refused }) =>
    refused === null ? [] : [el('li', {}, el('code', {}, scheme), `: ${inControls(refused)}`)],
  )
  return lines.length === 0 ? [] : [el('p', {}, 'No plan for these:'), el('ul', {}, ...lines)]
}

/** For the chart's file of figures: the plans at the load asked for. */
function figuresIn(plans: readonly (Plan | Refusal)[], request: PlanRequest) {
  return plans.flatMap((made) => {
    if (made.refused !== null) return []
    const { evidence: _, warnings: __, ...sizes } = made
    const labels = { scheme: made.scheme, rps: String(request.rps), users: String(request.users) }
    return Object.entries(sizes).flatMap(([metric, value]) =>
      typeof value === 'object' && value !== null && 'lo' in value
        ? [{ labels, metric, ...value, n: null, unit: null, detected: null }]
        : [],
    )
  })
}
