/** What a window's own figures say about whether they can be believed: facts for the gates. Pure. */
import type { Load, LoadReport } from '../load/job.ts'
import type { CpuSample, WindowReading } from '../probe/probe.ts'
import type { Measurement, Placement, Quotas } from '../record/types.ts'
import { type Point, slope } from '../stats/regression.ts'
import { mean, sum } from '../stats/sums.ts'

/** Below this share of its arrivals answered, most of what a window has yet to answer is answered after it. */
const SETTLED = 0.98
/** Shorter windows end before a trend can be told from a collection of garbage. */
const SHORTEST_TREND_SEC = 1
/** With fewer in a slice, what the replies at its ends took falls into its neighbours and passes for a trend. */
const LEAST_REPLIES_A_SLICE = 20
/**
 * The kernel grants quotas this often. What a process under one used in a period is answered in the next, so slices of
 * about a period show how the two fall into step and nothing else.
 */
const QUOTA_PERIOD_SEC = 0.1
const LEAST_PERIODS_A_SLICE = 5
/**
 * Either edge of a window can cut a reply from each connection: with fewer replies of each than this, that alone is as
 * much as the gate on Little's law allows.
 */
const LEAST_REPLIES_A_CONNECTION = 20

export function checks(
  load: LoadReport,
  sent: Load,
  window: WindowReading,
  placement: Placement,
  quotas: Quotas | null,
): Measurement['checks'] {
  const sliceSec = load.windowSec / load.requestsPerSlice.length
  const slicesTell = quotas === null || sliceSec >= LEAST_PERIODS_A_SLICE * QUOTA_PERIOD_SEC
  return {
    littleRatio: littleRatio(load, sent),
    replicaWaitShare: replicaWaitShare(window, placement),
    throttledShare: window.throttledUs === null ? null : window.throttledUs / 1e6 / window.seconds,
    cpuTrend: slicesTell ? cpuTrend(window.replicaCpu, load.requestsPerSlice) : null,
  }
}

/**
 * Little's law (J. D. C. Little, Operations Research 9, 1961): mean number in flight = throughput × mean time. In a
 * closed loop every connection always has one request in flight. Above 1, time passed that no latency accounts for:
 * connections that did not send. Below 1, latencies hold time in which nothing was in flight.
 *
 * Null for an open-loop window that fell behind its arrivals: their latencies are then those of a later time, while
 * the requests in flight are those of the window. Null also for a closed loop with few replies of each connection, as
 * of logins that take seconds.
 */
export function littleRatio(
  { requests, windowSec, latencyUs, arrivals }: LoadReport,
  sent: Load,
): number | null {
  if (arrivals && requests < SETTLED * arrivals.account.scheduled) return null
  if (!arrivals && requests < LEAST_REPLIES_A_CONNECTION * sent.connections) return null
  const meanUs = arrivals ? arrivals.uncorrectedUs.mean : latencyUs.mean
  const inFlight = arrivals ? arrivals.meanInFlight : sent.connections
  const expected = (requests / windowSec) * (meanUs / 1e6)
  return expected > 0 ? inFlight / expected : null
}

/**
 * The largest share of the window in which a replica's main thread was ready to run while its CPU ran something that
 * is not of this run. WebCrypto's pool threads and replicas on the same CPU are of this run, so the CPU time that
 * they used is taken off: the share is a lower bound. Null where a replica may wander over several CPUs.
 */
export function replicaWaitShare(
  { replicaTimes, seconds }: Pick<WindowReading, 'replicaTimes' | 'seconds'>,
  { method, replicaCpus }: Placement,
): number | null {
  if (method !== 'taskset' || replicaTimes.length === 0) return null
  const replicas = replicaTimes.map((times, slot) => ({ times, cpus: replicaCpus[slot] ?? [] }))
  const shares: number[] = []
  for (const { times, cpus } of replicas) {
    if (times === null || cpus.length !== 1) return null
    const sameCpu = replicas.filter((other) => other.cpus.length === 1 && other.cpus[0] === cpus[0])
    const ownUs = sum(sameCpu.map((other) => other.times?.cpuUs ?? 0)) - times.mainCpuUs
    shares.push(Math.max(0, times.mainWaitUs - ownUs) / 1e6 / seconds)
  }
  return Math.max(...shares)
}

/**
 * How much CPU a request grew from the start of the window to its end, as a share of its mean: the least-squares line
 * over equal slices. A falling one says that code was still being compiled, a rising one that the machine slowed down.
 * The first slice is left out: the probe's own questions to the replica and to the proxy fall into it.
 *
 * @param requestsPerSlice replies in equal slices of the window
 */
export function cpuTrend(samples: readonly CpuSample[], requestsPerSlice: readonly number[]): number | null {
  const [first, last] = [samples[0], samples.at(-1)]
  if (!first || !last || last.atUs - first.atUs < SHORTEST_TREND_SEC * 1e6) return null
  if (requestsPerSlice.length < 4 || Math.min(...requestsPerSlice) < LEAST_REPLIES_A_SLICE) return null
  const slices = requestsPerSlice.length
  const usedAt = (slice: number) =>
    interpolated(samples, first.atUs + ((last.atUs - first.atUs) * slice) / slices)
  const points = requestsPerSlice.map(
    (requests, i): Point => [(i + 0.5) / slices, (usedAt(i + 1) - usedAt(i)) / requests],
  )
  return growth(points, points.slice(1))
}

/** The rise over one unit of x, of a line by those `seen`, as a share of the mean of all points. */
export function growth(points: readonly Point[], seen = points): number | null {
  const middle = mean(points.map(([, y]) => y))
  const change = slope(seen)
  return middle > 0 && change !== null ? change / middle : null
}

/** CPU used until `atUs`, on the straight line between the samples around it: timers fire when they can. */
function interpolated(samples: readonly CpuSample[], atUs: number): number {
  const next = samples.findIndex((sample, i) => i > 0 && sample.atUs >= atUs)
  const [from, to] = samples.slice(next === -1 ? -2 : next - 1)
  if (!from || !to) return from?.cpuUs ?? 0
  return from.cpuUs + ((to.cpuUs - from.cpuUs) * (atUs - from.atUs)) / (to.atUs - from.atUs)
}
