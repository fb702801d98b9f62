/** A plan as a terminal shows it: 80 columns, every figure with its range. */
import { ABSENT, figure, list, percent, responseTime } from '../words/format.ts'
import { terminalTable } from '../words/tables.ts'
import { wrap } from '../words/wrap.ts'
import { byCoreText } from './by-core.ts'
import type { Crossing } from './crossing.ts'
import { expense, type Plan, type Refusal } from './plan.ts'
import type { Range } from './range.ts'
import type { PlanRequest } from './request.ts'

const LABEL_WIDTH = 19
const FIGURE_WIDTH = 30

/** One plan, a line for each thing that is needed. */
export function planText(made: Plan, request: PlanRequest): string {
  const { busy } = made
  const percentBusy = (share: number | null) => (share === null ? '' : `${busyText(share)} busy`)
  const lines: [string, string, string][] = [
    [
      'replicas',
      unitsText(made, made.replicas),
      `${percentBusy(busy.replicas)}, ${figure(request.rps / made.replicas.value)}/s each`,
    ],
    ['Redis primaries', unitsText(made, made.redisPrimaries), percentBusy(busy.redis)],
    ['Redis standbys', unitsText(made, made.redisStandbys), 'take over when a primary is gone'],
    ['Redis memory', ranged(made.redisMemoryBytes, bytes), 'what users add to an empty one'],
    ['replica memory', ranged(made.replicaMemoryBytes, bytes), 'what users add, over all replicas'],
    ...(made.container
      ? [
          [
            'a container',
            `${bytes(made.container.requestBytes)}, at most ${bytes(made.container.limitBytes)}`,
            'of memory for one replica',
          ] as [string, string, string],
        ]
      : []),
    ['proxy cores', unitsText(made, made.proxyCores), percentBusy(busy.proxy)],
    ['to clients', `${ranged(made.egressBytesPerSec, bytes)} a second`, ''],
    ['p50', made.p50Ms ? `${ranged(made.p50Ms, milliseconds)} ms` : 'not measured', ''],
    ['p99', made.p99Ms ? `${ranged(made.p99Ms, milliseconds)} ms` : 'not measured', ''],
    ['fills up first', made.bottleneck === 'redis' ? 'Redis' : made.bottleneck, 'when only the load grows'],
  ]
  if (made.hashingCores)
    lines.push(['hashing passwords', `${ranged(made.hashingCores)} cores`, 'beside the replicas'])
  if (made.auth) {
    const { cores, share } = made.auth
    lines.push(['auth takes', `${ranged(cores)} cores`, `${percent(share)} of what is busy`])
  }
  if (made.whenGone) {
    const { replicas, busy: then, p99Ms } = made.whenGone
    const left = `${count(replicas)} replicas, ${percentBusy(then.replicas)}`
    lines.push([
      'when some are gone',
      left,
      `${p99Ms === null ? '' : `p99 ${milliseconds(p99Ms)} ms, `}proxy ${percentBusy(then.proxy)}`,
    ])
  }
  if (made.costPerMonth) lines.push(['a month', ranged(made.costPerMonth), 'at the prices given'])
  const rows = lines.map(([label, figures, remark]) =>
    // What is wider than its column keeps a space behind it.
    `${label.padEnd(LABEL_WIDTH)}${`${figures} `.padEnd(FIGURE_WIDTH)}${remark}`.trimEnd(),
  )
  const carried = request.loginsPerSec > 0 ? byCoreText(made.byCore) : []
  return [...rows, ...(carried.length > 0 ? ['', ...carried] : [])].join('\n')
}

/** What was asked for, in one line. */
export function requestText(request: PlanRequest): string {
  const { rps, users, p99Ms, headroom, stateBytes, handlerUs, redisRttMs, loginsPerSec } = request
  const working = handlerUs > 0 ? `, ${figure(handlerUs)} µs of handler work in each` : ''
  const logging = loginsPerSec > 0 ? `, ${figure(loginsPerSec)} logins/s` : ''
  const distant = redisRttMs > 0 ? `, Redis ${figure(redisRttMs)} ms away` : ''
  const carrying = stateBytes === null ? '' : ` with ${figure(stateBytes)} bytes of state each`
  return (
    `${figure(rps)} requests/s${working}, ${figure(users)} users logged in${carrying}${logging}${distant}, ${p99Ms === null ? '' : `p99 ≤ ${p99Ms} ms, `}` +
    `${percent(headroom)} of everything kept free${spareText(request)}`
  )
}

function spareText({ survive, zones, deploy }: PlanRequest): string {
  const gone = [
    ...(zones > 1 ? [`one of ${zones} zones`] : []),
    ...(survive ? [`${survive} of each tier`] : []),
    ...(deploy === 'rolling' ? ['what a rolling deploy replaces'] : []),
  ]
  return gone.length === 0 ? '' : ` without ${list(gone)}`
}

const WIDTHS = [20, 9, 7, 10, 7, 18, 9]

/** Several plans, one a row, with the ranges that matter most; a refused one gives its reason below. */
export function comparisonText(
  plans: readonly (Plan | Refusal)[],
  crossings: readonly Crossing[],
  request: PlanRequest,
): string {
  const price = request.prices ? 'a month' : 'cores'
  const head = ['scheme', 'replicas', 'Redis', 'in Redis', 'proxy', 'p99, ms', price]
  const rows = plans.map((made) =>
    made.refused === null
      ? [
          made.scheme,
          unitsText(made, made.replicas, '–'),
          count(made.redisPrimaries.value),
          bytes(made.redisMemoryBytes.value),
          count(made.proxyCores.value),
          made.p99Ms ? ranged(made.p99Ms, milliseconds, '–') : ABSENT,
          figure(expense(made, request)),
        ]
      : [made.scheme, ...head.slice(1).map(() => ABSENT)],
  )
  const refusals = plans.flatMap((made) => (made.refused === null ? [] : [`${made.scheme}: ${made.refused}`]))
  const said = crossings.map((one) => wrap(crossingText(one, request)))
  return [
    ...terminalTable({ head, rows }, WIDTHS),
    ...(refusals.length > 0 ? ['', ...refusals] : []),
    ...(said.length > 0 ? ['', ...said] : []),
  ].join('\n')
}

/** What plans say beside their figures: each once; with the schemes that it is about where it is not about all of them. */
export function notesOf(plans: readonly (Plan | Refusal)[]): string[] {
  const made = plans.filter((one): one is Plan => one.refused === null)
  const all = [...new Set(made.flatMap(({ warnings }) => warnings))]
  return all.map((warning) => {
    const about = made.filter(({ warnings }) => warnings.includes(warning)).map(({ scheme }) => scheme)
    return about.length === made.length ? warning : `${list(about)}: ${warning}`
  })
}

/** From which rate on the other scheme is the cheaper one. */
export function crossingText({ rps, cheaperBelow, cheaperAbove }: Crossing, { prices }: PlanRequest): string {
  const less = prices ? 'is cheaper than' : 'takes fewer cores than'
  return (
    `Below about ${figure(rps)} requests/s ${cheaperBelow} ${less} ${cheaperAbove}, above it the other way ` +
    'round, if users grow as the requests do.'
  )
}

/** A value with the range that it lies in, unless all of it prints the same. */
export function ranged(
  { value, lo, hi }: Range,
  show: (amount: number) => string = figure,
  joint = ' to ',
): string {
  const ends = [show(lo), show(hi)]
  return ends.every((end) => end === show(value)) ? show(value) : `${show(value)} (${ends.join(joint)})`
}

/** From too few blocks only the ends, which are no answer. */
export function unitsText({ few }: Plan, units: Range, joint = ' to '): string {
  if (few === null || units.lo === units.hi) return ranged(units, count, joint)
  return `${count(units.lo)}${joint}${count(units.hi)}`
}

/** What is less than one per cent is not nothing. */
export const busyText = (share: number) =>
  share > 0 && share < 0.005 ? `< ${percent(0.01)}` : percent(share)

/** Of whole things: small numbers have no decimals, large ones no more digits than they are worth. */
export const count = (things: number) => (things < 1_000 ? String(things) : figure(things))
export const milliseconds = (ms: number) => responseTime(ms * 1_000)

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']

/** Powers of 1,000, as disks and networks are sold. */
export function bytes(amount: number): string {
  const step = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, amount)) / 3)))
  return `${figure(amount / 1_000 ** step)} ${UNITS[step]}`
}
