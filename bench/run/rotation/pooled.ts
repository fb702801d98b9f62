/** Several windows of replicas that worked in shifts become one record. Pure. */
import { addedUp } from '../../load/merge.ts'
import { ofTiers } from '../../record/tiers.ts'
import type { Gate, Measurement } from '../../record/types.ts'
import { median } from '../../stats/quantiles.ts'
import { mean, sum } from '../../stats/sums.ts'
import { growth } from '../checks.ts'
import { type Context, type Facts, furthestFromEven, type GateId } from '../gate-values.ts'
import { breached } from '../gates.ts'

/** Gates on what each window knows and their pool does not; the pool breaks them when at least half of them do. */
const OF_EACH_WINDOW: readonly string[] = ['users-not-rotating'] satisfies GateId[]
const BROKEN_FROM = 0.5

/** The pool with the gates that it breaks: what one of many windows shows is chance, what all of them show is not. */
export function judgedPool(shifts: readonly Shift[], gates: readonly Gate[], context: Context): Measurement {
  const facts = pooled(shifts)
  const known = gates.filter(({ id }) => !OF_EACH_WINDOW.includes(id))
  const each = gates.filter(({ id }) => OF_EACH_WINDOW.includes(id)).map(({ id }) => id)
  const broken = each.filter((id) => {
    const windows = shifts.filter(({ measurement }) => measurement.warnings.includes(id))
    return windows.length >= BROKEN_FROM * shifts.length
  })
  return { ...facts, warnings: [...breached(known, facts, context), ...broken] }
}

/** Fewer points than this make no trend. */
const LEAST_TREND = 4

/** The window of one group in rotation. */
export interface Shift {
  ids: readonly string[]
  measurement: Measurement
}

/**
 * Counts are summed, figures a request are weighted by requests, figures of a moment by time. Quantiles and numbers of
 * distinct users cannot be pooled: latency is that of the slowest window, delay of the event loop that of the worst,
 * users are the most of any window. The trend of CPU a request is that from the first window to the last.
 *
 * @param shifts at least one, of equal load, whose groups of replicas are equally large; in the order of time
 */
export function pooled(shifts: readonly Shift[]): Facts {
  const windows = shifts.map(({ measurement }) => measurement)
  const [first] = windows
  if (!first) throw new RangeError('there is no window to pool')
  const { warnings: _warnings, ...facts } = first
  const { pace: _pace, ...host } = first.host
  const total = (of: (window: Measurement) => number) => sum(windows.map(of))
  const requests = total((window) => window.requests)
  const windowSec = total((window) => window.windowSec)
  const meanBy = (weight: 'requests' | 'windowSec') => (of: (window: Measurement) => number | null) => {
    const known = windows.filter((window) => of(window) !== null)
    const weights = sum(known.map((window) => window[weight]))
    const weighted = sum(known.map((window) => (of(window) ?? 0) * window[weight]))
    return weights > 0 ? weighted / weights : null
  }
  const [byRequests, byTime] = [meanBy('requests'), meanBy('windowSec')]
  const worst = (of: (window: Measurement) => number) =>
    windows.reduce((a, b) => (of(b) > of(a) ? b : a), first)
  return {
    ...facts,
    windowSec,
    requests,
    throughputPerSec: requests / windowSec,
    statusCounts: addedUp(windows.map(({ statusCounts }) => statusCounts)),
    errors: total(({ errors }) => errors),
    verifiedBodies: total(({ verifiedBodies }) => verifiedBodies),
    wrongAnswers: total(({ wrongAnswers }) => wrongAnswers),
    distinctUsers: Math.max(...windows.map(({ distinctUsers }) => distinctUsers)),
    latencyUs: worst(({ latencyUs }) => latencyUs.mean).latencyUs,
    cpuUsPerRequest: ofTiers((tier) => byRequests(({ cpuUsPerRequest }) => cpuUsPerRequest[tier])),
    utilization: ofTiers((tier) => byTime(({ utilization }) => utilization[tier])),
    redisCommandsPerRequest: commands(windows, requests),
    bytesPerRequest: {
      sent: byRequests(({ bytesPerRequest }) => bytesPerRequest.sent) ?? 0,
      received: byRequests(({ bytesPerRequest }) => bytesPerRequest.received) ?? 0,
    },
    eventLoopDelayUs: worst(({ eventLoopDelayUs }) => eventLoopDelayUs?.p99 ?? 0).eventLoopDelayUs,
    replicaShare: leastEven(shifts),
    host: {
      ...host,
      busyCores: byTime(({ host }) => host.busyCores),
      foreignCores: byTime(({ host }) => host.foreignCores),
      stealShare: byTime(({ host }) => host.stealShare),
      probeCores: byTime(({ host }) => host.probeCores) ?? 0,
      ...paceOf(windows, requests / windowSec),
    },
    checks: {
      littleRatio: byTime(({ checks }) => checks.littleRatio),
      replicaWaitShare: byTime(({ checks }) => checks.replicaWaitShare),
      throttledShare: byTime(({ checks }) => checks.throttledShare),
      cpuTrend: trend(windows.map(({ cpuUsPerRequest }) => cpuUsPerRequest.replicas)),
    },
  }
}

/**
 * The pace that makes throughput ÷ pace of the pool the median of that of its windows: what one pacer did in a short
 * window can be off by far, because it collected garbage. None where that of a window is not known.
 */
function paceOf(windows: readonly Measurement[], throughputPerSec: number): { pace?: number } {
  const known = windows.flatMap(({ throughputPerSec, host }) =>
    host.pace === undefined ? [] : [throughputPerSec / host.pace],
  )
  if (known.length < windows.length || throughputPerSec === 0) return {}
  return { pace: throughputPerSec / median(known) }
}

/** Shares of the requests in the group of replicas whose members differ most, over all of its windows. */
function leastEven(shifts: readonly Shift[]): number[] | null {
  const groups = [...new Set(shifts.map(({ ids }) => ids.join()))]
  const shares = groups.flatMap((group) => {
    const windows = shifts.filter(({ ids }) => ids.join() === group)
    const known = windows.map(({ measurement }) => measurement.replicaShare)
    const [first] = known
    if (!first || known.includes(null)) return []
    return [first.map((_, i) => mean(known.map((one) => one?.[i] ?? 0)))]
  })
  return shares.sort((a, b) => furthestFromEven(b) - furthestFromEven(a))[0] ?? null
}

/** How much a figure grew from the first window to the last, as a share of its mean: the least-squares line. */
function trend(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  if (known.length < values.length || known.length < LEAST_TREND) return null
  return growth(known.map((value, i) => [(i + 0.5) / known.length, value]))
}

function commands(windows: readonly Measurement[], requests: number): Record<string, number> | null {
  const sent = windows.flatMap(({ redisCommandsPerRequest: each, requests }) =>
    each ? [inTotal(each, requests)] : [],
  )
  return sent.length < windows.length || requests === 0 ? null : inTotal(addedUp(sent), 1 / requests)
}

function inTotal(perRequest: Readonly<Record<string, number>>, times: number): Record<string, number> {
  return Object.fromEntries(Object.entries(perRequest).map(([name, value]) => [name, value * times]))
}
