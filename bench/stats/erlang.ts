/** How long requests wait and stay at a station of several servers that an open loop feeds: M/M/m. */
import { bisected } from './bisection.ts'

/** Poisson arrivals, one queue in order of arrival, exponential service times. */
export interface OpenQueue {
  arrivalsPerSec: number
  /** Mean service time 1/μ, on one server. */
  serviceSec: number
  /** m, a whole number from 1. */
  servers: number
}

/**
 * Erlang's C formula, the share of arrivals that have to wait (A. K. Erlang 1917; Kleinrock, "Queueing Systems I",
 * 1975, §3.5). By way of the B formula, whose recursion B(k) = aB(k − 1)/(k + aB(k − 1)) takes neither powers nor
 * factorials, which overflow from 171 servers on: C = mB/(m − a(1 − B)).
 *
 * @param servers m, a whole number from 1
 * @param erlangs a, arrival rate times mean service time
 * @returns 1 from saturation (a >= m) on, where all wait
 * @throws RangeError for parameters out of range
 */
export function erlangC(servers: number, erlangs: number): number {
  if (!(Number.isSafeInteger(servers) && servers >= 1))
    throw new RangeError(`servers must be a whole number from 1, got ${servers}`)
  if (!(erlangs >= 0 && erlangs < Number.POSITIVE_INFINITY))
    throw new RangeError(`offered load must be finite and at least 0, got ${erlangs}`)
  if (erlangs >= servers) return 1
  let blocked = 1
  for (let k = 1; k <= servers; k++) blocked = (erlangs * blocked) / (k + erlangs * blocked)
  return (servers * blocked) / (servers - erlangs * (1 - blocked))
}

/**
 * Mean time from arrival to completion: 1/μ + C/(mμ − λ).
 *
 * @returns seconds; Infinity at and above saturation
 * @throws RangeError for parameters out of range
 */
export function meanResponseSec(queue: OpenQueue): number {
  const { waiting, spare } = inServiceTimes(queue)
  return spare <= 0 ? Number.POSITIVE_INFINITY : queue.serviceSec * (1 + waiting / spare)
}

/**
 * Time from arrival to completion that a share `p` of requests keep within, by bisection of `tail`.
 *
 * @param p from 0, below 1
 * @returns seconds; Infinity at and above saturation
 * @throws RangeError for parameters out of range
 */
export function responseQuantileSec(queue: OpenQueue, p: number): number {
  if (!(p >= 0 && p < 1)) throw new RangeError(`p must be from 0 and below 1, got ${p}`)
  const state = inServiceTimes(queue)
  if (state.spare <= 0) return Number.POSITIVE_INFINITY
  if (p === 0) return 0
  let high = 1
  while (tail(state, high) > 1 - p) high *= 2
  return queue.serviceSec * bisected(0, high, (t) => tail(state, t) > 1 - p)
}

/**
 * A queue with its mean service time as the unit of time, so that μ = 1: C, the share that waits, and mμ − λ, the rate at
 * which a wait ends, which is 0 or less from saturation on.
 */
function inServiceTimes({ arrivalsPerSec, serviceSec, servers }: OpenQueue) {
  if (!(arrivalsPerSec >= 0)) throw new RangeError(`arrival rate must be at least 0, got ${arrivalsPerSec}`)
  if (!(serviceSec >= 0)) throw new RangeError(`service time must be at least 0, got ${serviceSec}`)
  const erlangs = arrivalsPerSec * serviceSec
  return { waiting: erlangC(servers, erlangs), spare: servers - erlangs }
}

/**
 * P(response > t). Who does not wait is only served, exp(−t); who does waits and is served, the sum of two exponential
 * times of rates mμ − λ and μ (Gross & Harris, "Fundamentals of Queueing Theory", 1998, ch. 2). With a the lower and b the higher of these rates, the sum
 * exceeds t with probability exp(−at)·(1 + a·(1 − exp(−(b − a)t))/(b − a)), and with exp(−at)·(1 + at) when they
 * are equal (Erlang's distribution). In this form nothing overflows, and `expm1` keeps its digits as b nears a.
 */
function tail({ waiting, spare }: ReturnType<typeof inServiceTimes>, t: number): number {
  const slower = Math.min(1, spare)
  const apart = Math.abs(1 - spare)
  const overlap = apart === 0 ? t : -Math.expm1(-apart * t) / apart
  return (1 - waiting) * Math.exp(-t) + waiting * Math.exp(-slower * t) * (1 + slower * overlap)
}
