/** What no system can exceed, from its service demands alone: the bounds of operational analysis. */

/** Where customers (requests) are served, or merely delayed. */
export interface Station {
  name: string
  /** Service demand D: busy seconds per completed request, over all its visits. */
  demandSec: number
  /**
   * m, a whole number; Infinity for a pure delay, at which nobody waits. A share of a core, such as a CPU quota, is
   * one server whose demand is divided by that share.
   */
  servers: number
}

/**
 * The most that the stations complete: X <= min m/D, since none is busy for more than all of the time (utilization
 * law, U = X·D: Denning & Buzen, "The operational analysis of queueing network models", ACM Computing Surveys 10,
 * 1978). On one box also X <= cores/ΣD, over all stations but the pure delays, which take no CPU.
 *
 * @param cores that the stations share; they have a box each when it is left out
 * @returns requests per second; Infinity when no station limits it
 * @throws RangeError for a demand below 0, servers that are not whole, or cores of 0 or less
 */
export function throughputBound(stations: readonly Station[], cores?: number): number {
  checkStations(stations)
  const own = 1 / Math.max(0, ...stations.map(secPerRequest))
  if (cores === undefined) return own
  if (!(cores > 0)) throw new RangeError(`cores must be above 0, got ${cores}`)
  return Math.min(own, cores / totalDemandSec(stations.filter(({ servers }) => Number.isFinite(servers))))
}

/**
 * The station that saturates first: the largest D/m, the first one of equals.
 *
 * @returns null when none can saturate, having no demand or no end of servers
 * @throws RangeError as `throughputBound`
 */
export function bottleneck(stations: readonly Station[]): Station | null {
  checkStations(stations)
  const largest = Math.max(0, ...stations.map(secPerRequest))
  return largest === 0 ? null : (stations.find((station) => secPerRequest(station) === largest) ?? null)
}

/**
 * Asymptotic bounds of N customers who think for Z seconds between requests (Lazowska, Zahorjan, Graham & Sevcik,
 * "Quantitative System Performance", 1984, ch. 5). At best nobody waits, but no station serves more than m/D:
 * R >= max(ΣD, N·max D/m − Z). At worst each request finds the N − 1 others before it at every station, which
 * works them off m at a time: R <= Σ D·(1 + (N − 1)/m); for single servers that is the book's N·ΣD, for delays
 * ΣD. Throughput follows by the response time law, X = N/(R + Z); its upper bound is min(N/(ΣD + Z), min m/D).
 *
 * A worst case that spared those whom a free server takes at once would be nearer to the truth, and above what models
 * approximate for several servers: the bounds would then contradict the model that they enclose.
 *
 * @param customers N, whole, at least 1
 * @param thinkSec Z, at least 0
 * @returns requests per second and seconds from the first station to the last, with ends that hold for every network with
 * these demands; throughput is Infinity where nothing takes time
 * @throws RangeError for parameters out of range
 */
export function closedBounds(stations: readonly Station[], customers: number, thinkSec: number) {
  checkClosed(stations, customers, thinkSec)
  const saturatedSec = customers * Math.max(0, ...stations.map(secPerRequest)) - thinkSec
  const lo = Math.max(totalDemandSec(stations), saturatedSec)
  const hi = sum(stations, ({ demandSec, servers }) => demandSec * (1 + (customers - 1) / servers))
  const throughput = (responseSec: number) => customers / (responseSec + thinkSec)
  return { responseSec: { lo, hi }, throughputPerSec: { lo: throughput(hi), hi: throughput(lo) } }
}

/** @throws RangeError for what is not a closed network: see `closedBounds` */
function checkClosed(stations: readonly Station[], customers: number, thinkSec: number): void {
  checkStations(stations)
  if (!(Number.isInteger(customers) && customers >= 1))
    throw new RangeError(`customers must be a whole number from 1, got ${customers}`)
  if (!(thinkSec >= 0 && thinkSec < Number.POSITIVE_INFINITY))
    throw new RangeError(`think time must be finite and at least 0, got ${thinkSec}`)
}

function checkStations(stations: readonly Station[]): void {
  for (const { name, demandSec, servers } of stations) {
    if (!(demandSec >= 0 && demandSec < Number.POSITIVE_INFINITY))
      throw new RangeError(`demand of ${name} must be finite and at least 0, got ${demandSec}`)
    if (!(servers >= 1 && (Number.isInteger(servers) || servers === Number.POSITIVE_INFINITY)))
      throw new RangeError(`servers of ${name} must be a whole number from 1, or Infinity, got ${servers}`)
  }
}

/** D/m, what one request adds to the busy time of each server. */
const secPerRequest = ({ demandSec, servers }: Station) => demandSec / servers

const totalDemandSec = (stations: readonly Station[]) => sum(stations, ({ demandSec }) => demandSec)

const sum = (stations: readonly Station[], of: (station: Station) => number) =>
  stations.reduce((total, station) => total + of(station), 0)
