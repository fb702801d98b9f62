/** What a replica says of itself on /metrics: memory, active resources, event-loop delay, CPU. */
import { fetchWhole } from '../load/wire/exchange.ts'

export interface ReplicaMetrics {
  /** User and system time of the process in µs. */
  cpuUs: number
  rssBytes: number
  heapBytes: number
  /** Memory held by C++ objects that JavaScript owns, such as buffers. */
  externalBytes: number
  /** Timers, sockets and what else keeps a process from ending. */
  activeResources: number
  /** Since the previous reading; prom-client starts its histogram anew at each scrape. */
  eventLoopDelayUs: { mean: number; p50: number; p99: number; max: number }
}

/**
 * prom-client samples with `monitorEventLoopDelay` every 10 ms, and that records the whole time between two ticks
 * of its timer: an idle loop shows 10 ms. The delay is what lies beyond.
 */
const SAMPLING_SEC = 0.01

/** A local server answers in milliseconds; one that does not is stuck, and the trial has to end. */
const TIMEOUT_MS = 10_000

/**
 * Reads a replica's metrics. With `gc` the replica collects garbage first, so that the heap shows what is kept
 * and not what has not been swept yet.
 */
export async function replicaMetrics(url: string, { gc = false } = {}): Promise<ReplicaMetrics> {
  const { ok, status, body } = await fetchWhole(`${url}/metrics${gc ? '?gc=1' : ''}`, TIMEOUT_MS)
  if (!ok) throw new Error(`${url}/metrics answered ${status}`)
  return parseReplicaMetrics(body)
}

/** Picks our few figures out of the Prometheus text format; a figure that is absent is an error, not a zero. */
export function parseReplicaMetrics(text: string): ReplicaMetrics {
  const value = (name: string): number => {
    const found = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'm').exec(text)?.[1]
    if (found === undefined) throw new Error(`/metrics has no ${name}`)
    return Number(found)
  }
  const delayUs = (name: string): number => {
    const seconds = value(`nodejs_eventloop_lag_${name}_seconds`)
    // Before the first sample the histogram has no values and reports NaN.
    return Number.isFinite(seconds) ? Math.max(0, Math.round((seconds - SAMPLING_SEC) * 1e6)) : 0
  }
  return {
    cpuUs: value('process_cpu_seconds_total') * 1e6,
    rssBytes: value('process_resident_memory_bytes'),
    heapBytes: value('nodejs_heap_size_used_bytes'),
    externalBytes: value('nodejs_external_memory_bytes'),
    activeResources: value('nodejs_active_resources_total'),
    eventLoopDelayUs: {
      mean: delayUs('mean'),
      p50: delayUs('p50'),
      p99: delayUs('p99'),
      max: delayUs('max'),
    },
  }
}
