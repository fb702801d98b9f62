/** Reads what a trial costs: CPU of each tier, memory, Redis commands, and what else the machine was doing. */
import type { RunningFleet } from '../fleet/fleet.ts'
import { paceBetween } from '../fleet/pace.ts'
import { throttledUs } from '../fleet/quota/cgroup.ts'
import { machineUs } from '../load/clock.ts'
import { ofTiers, type Tier } from '../record/tiers.ts'
import { sum } from '../stats/sums.ts'
import {
  type HostTimes,
  hostTimes,
  type ProcessTimes,
  peakRssBytes,
  processCpuUs,
  processTimes,
} from './proc.ts'
import { callsPerRequest, openRedisProbe, type RedisProbe } from './redis.ts'
import { type ReplicaMetrics, replicaMetrics } from './replica.ts'

/** Sums over all replicas after a garbage collection, and Redis beside them. */
export interface MemoryReading {
  replicaBytes: number
  replicaRssBytes: number
  redisBytes: number | null
}

/** CPU time in µs of each tier since its processes started; null where it cannot be read. */
type TierCpu = Record<Tier, number | null>

/** CPU time in µs of all replicas together since they started, at an instant. */
export interface CpuSample {
  atUs: number
  cpuUs: number
}

/** What lies between the opening and the closing of the window. */
export interface WindowReading {
  /** Length of the probe's own window; it opens and closes some hundred µs after the generator's. */
  seconds: number
  tierCpuUs: TierCpu
  /** What each replica ran and waited inside the window; null where it cannot be read. */
  replicaTimes: (ProcessTimes | null)[]
  /** From the opening to the closing; empty where a replica cannot be read. */
  replicaCpu: CpuSample[]
  throttledUs: number | null
  harnessCpuUs: number
  /** 0 without a link; null where it cannot be read. */
  linkCpuUs: number | null
  /** The same of ballast, pacers and replicas that rest. */
  aboutCpuUs: number | null
  /** See `paceBetween`. */
  pace: number | null
  host: HostTimes | null
  replicas: ReplicaMetrics[]
  /** Of each replica since it started; null where it cannot be read. */
  replicaPeakRssBytes: (number | null)[]
  redisCommandsPerRequest(requests: number): Record<string, number> | null
  replicaRequests: Record<string, number> | null
}

/**
 * How often the replicas' CPU is read within the window, to see a trend in it. A reading costs half a millisecond on
 * the CPU that the harness shares with the load generator; more of them would be seen in the throughput.
 */
const SAMPLE_MS = 200

/** One window can be opened and closed with it. */
export function openProbe(fleet: RunningFleet, generatorPids: readonly number[]) {
  const redis = fleet.redis ? openRedisProbe(fleet.redis.url) : null
  const edges: Edge[] = []
  const slow: Promise<SlowReading>[] = []
  const samples: CpuSample[] = []
  let sampling: NodeJS.Timeout | undefined

  const edge = () => {
    const now = readEdge(fleet, generatorPids)
    edges.push(now)
    if (now.tiers.replicas !== null) samples.push({ atUs: now.atUs, cpuUs: now.tiers.replicas })
    const reading = readSlow(fleet, redis)
    // Awaited in window(); marked as handled here, since a fleet that dies first must not end the harness.
    reading.catch(() => {})
    slow.push(reading)
  }

  const sample = () => {
    const cpuUs = cpuOf(fleet.replicas.map(({ pid }) => pid))
    if (cpuUs !== null) samples.push({ atUs: machineUs(), cpuUs })
  }

  return {
    /** Reads CPU at once, so that it lines up with the generator's window; the slower readings follow. */
    open() {
      edge()
      if (samples.length > 0) sampling = setInterval(sample, SAMPLE_MS)
    },
    close() {
      clearInterval(sampling)
      edge()
    },
    async memory(): Promise<MemoryReading> {
      const replicas = await Promise.all(fleet.replicas.map(({ url }) => replicaMetrics(url, { gc: true })))
      return {
        replicaBytes: sum(replicas.map(({ heapBytes, externalBytes }) => heapBytes + externalBytes)),
        replicaRssBytes: sum(replicas.map(({ rssBytes }) => rssBytes)),
        redisBytes: redis ? (await redis.read()).usedMemoryBytes : null,
      }
    },
    async window(): Promise<WindowReading> {
      const [opened, closed] = edges
      const [first, last] = await Promise.all(slow)
      if (!opened || !closed || !first || !last) throw new Error('the window was not opened and closed')
      const pace = paceBetween(first.pacersByCpu, last.pacersByCpu, fleet.placement.replicaCpus)
      const replicaPeakRssBytes = fleet.replicas.map(({ pid }) => (pid === null ? null : peakRssBytes(pid)))
      return { ...readWindow(opened, closed, first, last), replicaCpu: samples, replicaPeakRssBytes, pace }
    },
    end() {
      clearInterval(sampling)
      redis?.close()
    },
  }
}

type SlowReading = Awaited<ReturnType<typeof readSlow>>

async function readSlow(fleet: RunningFleet, redis: RedisProbe | null) {
  const [replicas, reading, proxyCounts, pacers] = await Promise.all([
    Promise.all(fleet.replicas.map(({ url }) => replicaMetrics(url))),
    redis?.read() ?? null,
    fleet.proxyCounts(),
    Promise.all((fleet.pacers ?? []).map(async (one) => [one.cpu, await one.work()] as const)),
  ])
  return { replicas, redis: reading, proxyCounts, pacersByCpu: new Map(pacers) }
}

type Edge = ReturnType<typeof readEdge>

export function readEdge(fleet: RunningFleet, generatorPids: readonly number[]) {
  const { ballast = [], pacers = [], resting = [] } = fleet
  const own = process.cpuUsage()
  const replicas = fleet.replicas.map(({ pid }) => (pid === null ? null : processTimes(pid)))
  return {
    atUs: machineUs(),
    replicas,
    tiers: {
      replicas: total(replicas.map((times) => times?.cpuUs ?? null)),
      redis: fleet.redis ? cpuOf([fleet.redis.pid]) : 0,
      proxy: cpuOf([fleet.proxy.pid]),
      generator: cpuOf(generatorPids),
    },
    harnessUs: own.user + own.system,
    linkUs: fleet.link ? processCpuUs(fleet.link.pid) : 0,
    aboutUs: cpuOf([...ballast, ...pacers.map(({ pid }) => pid), ...resting]),
    throttledUs: throttledUs(),
    host: hostTimes(),
  }
}

function readWindow(
  opened: Edge,
  closed: Edge,
  first: SlowReading,
  last: SlowReading,
): Omit<WindowReading, 'replicaCpu' | 'replicaPeakRssBytes' | 'pace'> {
  // Where /proc is out of reach (a container, another system) the process's own account stands in.
  const own: Partial<TierCpu> = {
    replicas: sum(last.replicas.map(({ cpuUs }, i) => cpuUs - (first.replicas[i]?.cpuUs ?? 0))),
    redis: first.redis && last.redis ? last.redis.cpuUs - first.redis.cpuUs : null,
  }
  const tierCpuUs = ofTiers((tier) => between(opened.tiers[tier], closed.tiers[tier]) ?? own[tier] ?? null)
  return {
    seconds: (closed.atUs - opened.atUs) / 1e6,
    tierCpuUs,
    replicaTimes: closed.replicas.map((times, i) => eachBetween(opened.replicas[i], times)),
    throttledUs: between(opened.throttledUs, closed.throttledUs),
    harnessCpuUs: closed.harnessUs - opened.harnessUs,
    linkCpuUs: between(opened.linkUs, closed.linkUs),
    aboutCpuUs: between(opened.aboutUs, closed.aboutUs),
    host: eachBetween(opened.host, closed.host),
    replicas: last.replicas,
    redisCommandsPerRequest: (requests) =>
      first.redis && last.redis ? callsPerRequest(first.redis, last.redis, requests) : null,
    replicaRequests: eachBetween(first.proxyCounts, last.proxyCounts),
  }
}

/** By how much each figure grew; one that was not there before grew from 0. */
function eachBetween<K extends string>(
  from: Record<K, number> | null | undefined,
  to: Record<K, number> | null,
): Record<K, number> | null {
  if (!from || !to) return null
  const grown = { ...to }
  for (const name of Object.keys(to) as K[]) grown[name] -= from[name] ?? 0
  return grown
}

/** CPU time of all of them. */
const cpuOf = (pids: readonly (number | null)[]): number | null =>
  total(pids.map((pid) => (pid === null ? null : processCpuUs(pid))))

/** Null as soon as one of them is not known: a part of a sum would pass for the whole. */
const total = (values: readonly (number | null)[]): number | null =>
  values.some((value) => value === null) ? null : sum(values as number[])

const between = (from: number | null, to: number | null): number | null =>
  from === null || to === null ? null : to - from
