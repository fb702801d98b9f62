/** Simulated queues that know none of the laws, for the tests to hold the laws to. */
import { mean, sampleStandardDeviation } from 'simple-statistics'
import type { OpenQueue } from '../stats/erlang.ts'
import type { Station } from '../stats/operational.ts'
import { seededDraw } from '../stats/seeded.ts'
import { tQuantile } from '../stats/student-t.ts'

/** How much is simulated: the seed, and requests that count. A tenth as many are left out before, to fill queues. */
interface Length {
  seed: number
  requests: number
}

/** Means over simulated time. */
interface ClosedMeans {
  throughputPerSec: number
  responseSec: number
}

/**
 * Customers who visit all stations in turn, wait in order of arrival, are served for exponential times, and think for
 * an exponential time.
 */
export function simulateClosed(
  stations: readonly Station[],
  customers: number,
  thinkSec: number,
  { seed, requests }: Length,
): ClosedMeans {
  const network = new ClosedNetwork(stations, customers, thinkSec, seed)
  network.run(requests / 10)
  return network.run(requests)
}

interface Customer {
  /** Index of the place where it is. */
  at: number
  /** When its service there ends; Infinity while it waits. */
  doneAt: number
  /** When its request began. */
  startedAt: number
}

interface Place extends Omit<Station, 'name'> {
  /** In order of arrival: the first `servers` are in service. */
  present: Customer[]
}

class ClosedNetwork {
  readonly #exponential: (mean: number) => number
  /** The stations, and last the customers' own place to think. */
  readonly #places: Place[]
  readonly #customers: Customer[]
  #now = 0

  constructor(stations: readonly Station[], customers: number, thinkSec: number, seed: number) {
    this.#exponential = seededExponential(seed)
    this.#places = [...stations, { demandSec: thinkSec, servers: Number.POSITIVE_INFINITY }].map(
      ({ demandSec, servers }) => ({ demandSec, servers, present: [] }),
    )
    this.#customers = Array.from({ length: customers }, () => ({ at: -1, doneAt: 0, startedAt: 0 }))
    for (const customer of this.#customers) this.#arrive(customer, stations.length)
  }

  /** Goes on until so many more requests are completed. */
  run(requests: number): ClosedMeans {
    const from = this.#now
    let [completed, responseArea] = [0, 0]
    while (completed < requests) {
      const customer = this.#customers.reduce((first, other) => (other.doneAt < first.doneAt ? other : first))
      this.#now = customer.doneAt
      this.#leave(customer)
      this.#arrive(customer, (customer.at + 1) % this.#places.length)
      if (customer.at === 0) customer.startedAt = this.#now
      if (customer.at < this.#places.length - 1) continue
      completed++
      responseArea += this.#now - customer.startedAt
    }
    const sec = this.#now - from
    return { throughputPerSec: completed / sec, responseSec: responseArea / completed }
  }

  #arrive(customer: Customer, at: number): void {
    const place = this.#places[at] as Place
    place.present.push(customer)
    customer.at = at
    customer.doneAt = Number.POSITIVE_INFINITY
    if (place.present.length <= place.servers) this.#serve(customer, place)
  }

  #leave(customer: Customer): void {
    const place = this.#places[customer.at] as Place
    place.present.splice(place.present.indexOf(customer), 1)
    // Of those behind, the one who moved up to the last server.
    const next = place.present[place.servers - 1]
    if (next !== undefined) this.#serve(next, place)
  }

  #serve(customer: Customer, { demandSec }: Place): void {
    customer.doneAt = this.#now + this.#exponential(demandSec)
  }
}

/** Response times of an open queue in seconds, in order of arrival. */
export function simulateOpen({ arrivalsPerSec, serviceSec, servers }: OpenQueue, { seed, requests }: Length) {
  const exponential = seededExponential(seed)
  const freeAt = Array.from({ length: servers }, () => 0)
  let arrivedAt = 0
  const responses = Array.from({ length: Math.ceil(1.1 * requests) }, () => {
    arrivedAt += exponential(1 / arrivalsPerSec)
    const first = Math.min(...freeAt)
    const doneAt = Math.max(arrivedAt, first) + exponential(serviceSec)
    freeAt[freeAt.indexOf(first)] = doneAt
    return doneAt - arrivedAt
  })
  return responses.slice(-requests)
}

/** Runs that are independent of each other, as values within one run are not. */
const RUNS = 20
/** Of tests with seeds of their own and a law that holds, one in 10,000 comparisons would fail. */
const CONFIDENCE = 0.9999

/**
 * Means of simulated figures over independent runs, each with its bound: Student's t at 19 degrees of freedom times
 * the standard error of the mean (the replication method: Law & Kelton, "Simulation Modeling and Analysis", §9.5).
 *
 * @param run gives the figures of one seed
 */
export function replicate(run: (seed: number) => number[]): { mean: number; bound: number }[] {
  const runs = Array.from({ length: RUNS }, (_, index) => run(index + 1))
  const factor = tQuantile((1 + CONFIDENCE) / 2, RUNS - 1) / Math.sqrt(RUNS)
  return (runs[0] ?? []).map((_, figure) => {
    const values = runs.map((figures) => figures[figure] as number)
    return { mean: mean(values), bound: factor * sampleStandardDeviation(values) }
  })
}

/** Exponential times of a given mean, by inversion; cut into 2³¹ steps, the longest is 22 means. */
function seededExponential(seed: number): (mean: number) => number {
  const draw = seededDraw(seed)
  const steps = 2 ** 31
  return (mean) => -Math.log((draw(steps) + 0.5) / steps) * mean
}
