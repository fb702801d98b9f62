/** Capacity on the page: the planner of `npm run plan`, asked again at every move of a slider. */
import { isSchemeName, schemeNames } from '../../../servers/scheme.ts'
import { CONTROL } from '../../experiments/arms.ts'
import { type Crossing, crossing } from '../../plan/compare.ts'
import { type Evidence, evidenceOf } from '../../plan/evidence.ts'
import { expense, type Plan, plan, type Refusal } from '../../plan/plan.ts'
import type { PlanRequest, Prices } from '../../plan/request.ts'
import { bytes, count, milliseconds, ranged } from '../../plan/text.ts'
import { planChart } from '../../report/charts/plan.ts'
import { figure, machine, percent } from '../../report/format.ts'
import type { PageData } from '../../report/page-data.ts'
import { traits } from '../../traits.ts'
import { type Choice, choose, chosen, kept, onChoice } from './address.ts'
import { chartCard } from './charts.ts'
import { byId, type Cell, el, scrollingTable } from './dom.ts'

interface Control {
  choice: Choice
  label: string
  unit: string
  least: number
  most: number
  initial: number
  /** Each step of the slider is a factor, where the range spans decades. */
  isLogarithmic?: true
  step?: number
}

const controls: readonly Control[] = [
  {
    choice: 'rps',
    label: 'Requests',
    unit: 'per second',
    least: 10,
    most: 1e7,
    initial: 20_000,
    isLogarithmic: true,
  },
  {
    choice: 'users',
    label: 'Users logged in',
    unit: '',
    least: 10,
    most: 1e9,
    initial: 100_000,
    isLogarithmic: true,
  },
  {
    choice: 'p99',
    label: 'SLO: p99 at most',
    unit: 'ms',
    least: 1,
    most: 1_000,
    initial: 50,
    isLogarithmic: true,
  },
  { choice: 'headroom', label: 'Headroom', unit: '% kept free', least: 0, most: 90, initial: 30 },
  { choice: 'cores', label: 'Cores of a replica', unit: '', least: 1, most: 64, initial: 1 },
  {
    choice: 'payload',
    label: 'State of a login',
    unit: 'bytes; 0: as measured',
    least: 0,
    most: 16_000,
    initial: 0,
    step: 100,
  },
]

const PRICES = [
  { key: 'replica', label: 'Price of a replica', most: 500 },
  { key: 'redis', label: 'Price of a Redis primary', most: 500 },
  { key: 'proxyCore', label: 'Price of a proxy core', most: 500 },
  { key: 'egressGb', label: 'Price of a GB to clients', most: 0.5 },
] as const satisfies readonly { key: keyof Prices; label: string; most: number }[]

const FREE: Prices = { replica: 0, redis: 0, proxyCore: 0, egressGb: 0 }

/** What most people come to compare. */
const FIRST_TWO = ['session-redis', 'jwt-hs256'] as const

export function showPlanner({ run, summary, rows }: PageData): void {
  const tried = rows.map(({ id, scheme, experiment, twin, rejected }) => ({
    ok: rejected === null,
    trial: { id, arm: { scheme, experiment, twin } },
  }))
  const found = schemeNames
    .filter((scheme) => scheme !== CONTROL && run.plan.some(({ arm }) => arm.scheme === scheme))
    .filter(isSchemeName)
    .map((scheme) => evidenceOf(run, summary, tried, scheme, traits))
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
    const asked: readonly Choice[] = [...controls.map(({ choice }) => choice), 'price', 'plan', 'schemes']
    if (isDue || !changed.some((choice) => asked.includes(choice))) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      draw()
    })
  })
  draw()
}

function valueFor({ choice, least, most, initial }: Control): number {
  const text = chosen(choice)
  const value = text === null ? initial : Number(text)
  return Number.isFinite(value) ? Math.min(most, Math.max(least, value)) : initial
}

/** As `npm run plan` takes it. */
function requestFrom(): PlanRequest {
  const [rps = 0, users = 0, p99Ms = 0, headroom = 0, replicaCores = 1, stateBytes = 0] =
    controls.map(valueFor)
  return {
    rps,
    users: Math.round(users),
    p99Ms,
    headroom: headroom / 100,
    replicaCores,
    stateBytes: stateBytes === 0 ? null : Math.round(stateBytes),
    prices: pricesFrom(),
  }
}

/** Null without any: then cores are compared. */
function pricesFrom(): Prices | null {
  const text = chosen('price')
  if (text === null) return null
  const given = text.split(',').map(Number)
  const all = PRICES.map((_, i) => (Number.isFinite(given[i]) ? (given[i] as number) : 0))
  const [replica = 0, redis = 0, proxyCore = 0, egressGb = 0] = all
  return { replica, redis, proxyCore, egressGb }
}

/** The two whose lines are drawn. */
function pairOf(evidence: readonly Evidence[]): Evidence[] {
  const names = (chosen('plan') ?? FIRST_TWO.join(',')).split(',')
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
    el('div', { class: 'controls' }, ...controls.map(controlFor)),
    el(
      'details',
      {},
      el('summary', {}, 'Prices by the month'),
      el('div', { class: 'controls' }, ...PRICES.map(priceFor)),
    ),
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

const STEPS = 400

/** A slider for the hand, and the number itself for what it cannot hit. */
function controlFor(control: Control): HTMLElement {
  const { choice, label, unit, least, most, initial, isLogarithmic, step } = control
  const toSlider = (value: number) =>
    isLogarithmic ? (STEPS * Math.log(value / least)) / Math.log(most / least) : value
  const fromSlider = (place: number) =>
    isLogarithmic ? rounded(least * (most / least) ** (place / STEPS)) : place
  const set = (value: number) => choose({ [choice]: value === initial ? null : String(value) })
  const number = el('input', {
    type: 'number',
    id: `plan-${choice}`,
    min: least,
    max: most,
    step: 'any',
    change() {
      set(number.value === '' ? initial : Number(number.value))
    },
  })
  const slider = el('input', {
    type: 'range',
    'aria-label': `${label}, slider`,
    min: isLogarithmic ? 0 : least,
    max: isLogarithmic ? STEPS : most,
    step: isLogarithmic ? 1 : (step ?? 1),
    input() {
      set(fromSlider(Number(slider.value)))
    },
  })
  const follow = () => {
    const value = valueFor(control)
    number.value = String(value)
    slider.value = String(toSlider(value))
    slider.setAttribute('aria-valuetext', `${figure(value)} ${unit}`)
  }
  follow()
  onChoice(follow)
  return el(
    'div',
    { class: 'control' },
    el('span', {}, el('label', { for: `plan-${choice}` }, label), el('small', {}, unit)),
    number,
    slider,
  )
}

/** Two digits: nobody drags to the third. */
const rounded = (value: number) => Number(value.toPrecision(2))

/** Without any price cores are compared; the first that is given makes the others zero. */
function priceFor({ key, label, most }: (typeof PRICES)[number]): HTMLElement {
  const set = (value: number) => {
    const prices = { ...(pricesFrom() ?? FREE), [key]: value }
    const all = PRICES.map((one) => prices[one.key])
    choose({ price: all.every((price) => price === 0) ? null : all.join(',') })
  }
  const number = el('input', {
    type: 'number',
    id: `price-${key}`,
    min: 0,
    step: 'any',
    change() {
      set(Math.max(0, Number(number.value)))
    },
  })
  const slider = el('input', {
    type: 'range',
    'aria-label': `${label}, slider`,
    min: 0,
    max: most,
    step: most / 100,
    input() {
      set(Number(slider.value))
    },
  })
  const follow = () => {
    const value = String(pricesFrom()?.[key] ?? 0)
    number.value = value
    slider.value = value
  }
  follow()
  onChoice(follow)
  return el('div', { class: 'control' }, el('label', { for: `price-${key}` }, label), number, slider)
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
    ...(crosses ? [crossingText(crosses, request)] : []),
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

function crossingText({ rps, cheaperBelow, cheaperAbove }: Crossing, { prices }: PlanRequest): HTMLElement {
  const less = prices ? 'is cheaper than' : 'takes fewer cores than'
  return el(
    'p',
    { id: 'plan-crossing', 'data-value': rps },
    `Below about ${figure(rps)} requests/s ${cheaperBelow} ${less} ${cheaperAbove}, above it the other way round, when users grow as the requests do.`,
  )
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
