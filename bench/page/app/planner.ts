/** Capacity on the page: the planner of `npm run plan`, asked again at every move of a slider. */
import { isSchemeName, schemeNames } from '../../../servers/scheme.ts'
import { THE_TWO } from '../../experiments/roles.ts'
import { CONTROL } from '../../figures/records.ts'
import { planChart } from '../../plan/chart.ts'
import { crossing } from '../../plan/crossing.ts'
import { type Evidence, evidenceOf } from '../../plan/evidence.ts'
import { expense, type Plan, plan, type Refusal } from '../../plan/plan.ts'
import type { PlanRequest } from '../../plan/request.ts'
import { bytes, count, crossingText, milliseconds, ranged } from '../../plan/text.ts'
import { figure, machine, percent } from '../../words/format.ts'
import type { PageData } from '../page-data.ts'
import { type Choice, choose, chosen, kept, onChoice } from './address.ts'
import { chartCard } from './charts.ts'
import { byId, type Cell, el, scrollingTable } from './dom.ts'
import { asking, controls, requestFrom } from './plan-controls.ts'

export function showPlanner({ run, summary, rows }: PageData): void {
  const tried = rows.map(({ id, scheme, experiment, twin, rejected }) => ({
    ok: rejected === null,
    trial: { id, arm: { scheme, experiment, twin } },
  }))
  const found = schemeNames
    .filter((scheme) => scheme !== CONTROL && run.plan.some(({ arm }) => arm.scheme === scheme))
    .filter(isSchemeName)
    .map((scheme) => evidenceOf(run, summary, tried, scheme))
  const evidence = found.filter((one): one is Evidence => typeof one !== 'string')
  const body = byId('plan-capacity').querySelector('.body')
  if (!body) return
  if (evidence.length === 0) {
    const why = found.find((one) => typeof one === 'string') ?? 'the run has no scheme besides the control'
    body.replaceChildren(el('p', {}, `This run cannot carry a plan: ${why}.`))
    return
  }
  const place = el('div', { id: 'plan-result' })
  body.replaceChildren(...form(evidence), place)
  const draw = () => {
    place.replaceChildren(
      ...result(
        evidence.filter(({ scheme }) => kept('schemes', schemeNames).includes(scheme)),
        requestFrom(),
        pairOf(evidence),
        `from ${run.id} · ${machine(run.environment)}`,
      ),
    )
  }
  // A drag gives more events than a screen has frames.
  let isDue = false
  onChoice((changed) => {
    const asked: readonly Choice[] = [...asking, 'plan', 'schemes']
    if (isDue || !changed.some((choice) => asked.includes(choice))) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      draw()
    })
  })
  draw()
}

/** The two whose lines are drawn. */
function pairOf(evidence: readonly Evidence[]): Evidence[] {
  const names = (chosen('plan') ?? THE_TWO.join(',')).split(',')
  const pair = names.flatMap((name) => evidence.find(({ scheme }) => scheme === name) ?? [])
  return pair.length === 2 ? pair : evidence.slice(0, 2)
}

function form(evidence: readonly Evidence[]): HTMLElement[] {
  const selects = [0, 1].map((place) => select(place, evidence))
  return [
    el(
      'p',
      {},
      'The planner of ',
      el('code', {}, 'npm run plan'),
      ', on the figures of this run. Every answer has its range and says where its evidence ends.',
    ),
    ...controls(),
    el(
      'p',
      {},
      el('label', { for: 'plan-0' }, 'Lines: '),
      selects[0],
      el('label', { for: 'plan-1' }, ' against '),
      selects[1],
    ),
  ]
}

function select(place: number, evidence: readonly Evidence[]): HTMLSelectElement {
  const box = el(
    'select',
    {
      id: `plan-${place}`,
      change() {
        const names = pairOf(evidence).map(({ scheme }) => scheme)
        names[place] = box.value
        choose({ plan: names.join(',') })
      },
    },
    ...evidence.map(({ scheme }) => el('option', { value: scheme }, scheme)),
  )
  const follow = () => {
    box.value = pairOf(evidence)[place]?.scheme ?? ''
  }
  follow()
  onChoice(follow)
  return box
}

function result(
  evidence: readonly Evidence[],
  request: PlanRequest,
  pair: readonly Evidence[],
  provenance: string,
): HTMLElement[] {
  const [first, second] = pair
  const crosses = first && second ? crossing(first, second, request) : null
  const drawing = planChart(pair, request, crosses, provenance)
  const plans = evidence.map((one) => plan(one, request))
  const warnings = new Set(plans.flatMap((made) => (made.refused === null ? made.warnings : [])))
  return [
    ...(drawing
      ? [
          el(
            'figure',
            { class: 'chart', id: 'plan-chart' },
            ...chartCard({ name: 'plan', drawing, figures: () => figuresIn(plans, request) }),
          ),
        ]
      : []),
    ...(crosses
      ? [el('p', { id: 'plan-crossing', 'data-value': crosses.rps }, crossingText(crosses, request))]
      : []),
    plansTable(plans, request),
    ...refusals(plans),
    ...(warnings.size > 0
      ? [
          el(
            'details',
            {},
            el('summary', {}, 'What these figures rest on, and where that ends'),
            el('ul', {}, ...[...warnings].map((warning) => el('li', {}, warning))),
          ),
        ]
      : []),
  ]
}

const COLUMNS = [
  'replicas',
  'Redis primaries',
  'in Redis',
  'in replicas',
  'proxy cores',
  'p50, ms',
  'p99, ms',
] as const

function plansTable(plans: readonly (Plan | Refusal)[], request: PlanRequest): HTMLElement {
  const numbers = [...COLUMNS, request.prices ? 'a month' : 'cores'].map((name) => ({ name, isNumber: true }))
  const columns = [{ name: 'scheme' }, ...numbers, { name: 'fills up first' }]
  return scrollingTable(
    'What each scheme needs',
    columns,
    plans.map((made) =>
      made.refused === null ? cellsOf(made, request) : [made.scheme, ...columns.slice(1).map(() => '–')],
    ),
  )
}

function cellsOf(made: Plan, request: PlanRequest): Cell[] {
  const cell = (range: Plan['replicas'], show: (amount: number) => string) => ({
    text: ranged(range, show),
    value: range.value,
  })
  const amount = expense(made, request)
  const { busy, bottleneck } = made
  const share = busy[bottleneck]
  return [
    made.scheme,
    cell(made.replicas, count),
    cell(made.redisPrimaries, count),
    cell(made.redisMemoryBytes, bytes),
    cell(made.replicaMemoryBytes, bytes),
    cell(made.proxyCores, count),
    cell(made.p50Ms, milliseconds),
    cell(made.p99Ms, milliseconds),
    { text: made.costPerMonth ? ranged(made.costPerMonth) : figure(amount), value: amount },
    `${bottleneck === 'redis' ? 'Redis' : bottleneck}${share === null ? '' : ` (${percent(share)} busy)`}`,
  ]
}

/** Why some have no plan. */
function refusals(plans: readonly (Plan | Refusal)[]): HTMLElement[] {
  const lines = plans.flatMap(({ scheme, refused }) =>
    refused === null ? [] : [el('li', {}, el('code', {}, scheme), `: ${refused}`)],
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
