/** One trial's fleet on this machine: started part by part, constrained when it is warm, ended in the reverse order. */
import { join } from 'node:path'
import { AuthscaleError } from '../errors.ts'
import type { FleetOptions, FleetSpec, Part, Placement, RunningFleet } from '../types.ts'
import type { Build } from './build.ts'
import { type Distance, startDistance } from './distance.ts'
import { limitsOf, openQuotasFor, startBesideFor } from './local-quotas.ts'
import type { RunFolder } from './manifest.ts'
import type { Runtimes } from './other-runtimes.ts'
import { startProxy } from './proxy.ts'
import type { QuotaSupport } from './quota.ts'
import { startRedis, useNamedRedis } from './redis.ts'
import { startReplicas } from './replicas.ts'
import type { Runtime } from './runtime.ts'
import type { Supervisor } from './supervised.ts'
import type { Tool } from './tools.ts'
import { Undo } from './undo.ts'

/** Everything that outlives a single trial. */
export interface Ground extends Parts {
  options: FleetOptions
  folder: RunFolder
  runtime: Runtime
  runtimes: Runtimes
  build: Build
  supervisor: Supervisor
  keys: string
  cpus: readonly number[]
  quotas: () => QuotaSupport
}

export interface Parts {
  haproxy: Tool
  /** A server to start, or one that the user already runs. */
  redis: { tool: Tool } | { url: string; part: Part }
}

/** @throws AuthscaleError of the part that does not start; then nothing of the trial runs */
export async function startTrial(
  ground: Ground,
  spec: FleetSpec,
  placement: Placement,
  nonce: string,
): Promise<RunningFleet> {
  const undo = new Undo()
  let stopped = false
  try {
    const quotas = spec.quotas && openQuotasFor(ground)
    // Removed last, when the processes inside have ended.
    if (quotas) undo.add(() => quotas.close())
    const keyPrefix = `authscale:${nonce}:`
    const redis = await startRedisFor(ground, spec, placement, keyPrefix)
    if (redis) undo.add(() => redis.stop())
    const distance = redis && (await startDistanceFor(ground, spec, placement, redis.url))
    if (distance) undo.add(() => distance.stop())
    const replicas = await startReplicas({
      runtime: await ground.runtimes.of(spec.settings?.node),
      script: ground.build.server,
      spec,
      nonce,
      keys: ground.keys,
      redisUrl: distance?.redisUrl ?? redis?.socketUrl ?? redis?.url,
      // In a Redis of our own a prefix would only add to the bytes of each key that are measured.
      keyPrefix: redis?.shared ? keyPrefix : '',
      cpus: placement.replicaCpus,
      supervisor: ground.supervisor,
      folder: ground.folder,
    })
    undo.add(() => replicas.stop())
    const proxy = await startProxy({
      tool: ground.haproxy,
      folder: ground.folder,
      cpus: placement.sharedCpus.proxy,
      port: ground.options.port,
      sticky: spec.settings?.sticky ?? spec.traits.state === 'process',
      tls: spec.settings?.tls,
      reuse: spec.settings?.proxyReuse,
      mostPerReplica: spec.mostPerReplica,
      healthChecks: !spec.quotas,
      replicas: replicas.handles,
    })
    undo.add(() => proxy.stop())
    // Now, and not when the warm-up is over, it must be known that each of them can be limited.
    const parts = { replicas: replicas.handles, redis, proxy }
    const limits = spec.quotas ? limitsOf(spec.quotas, parts) : []
    const beside = quotas && (await startBesideFor(ground))
    if (beside) undo.add(() => beside.stop())
    return {
      url: proxy.url,
      replicas: replicas.handles.map(({ id, url, pid }) => ({ id, url, pid })),
      placement,
      redis: redis && { url: redis.url, pid: redis.pid },
      proxy: { pid: proxy.pid },
      proxyCounts: () => proxy.counts(),
      link: distance ? { pid: distance.pid } : undefined,
      constrain: async (wanted = spec.quotas ?? undefined) => {
        await distance?.engage()
        if (stopped || !quotas || !wanted) return
        for (const { name, pid, cores } of limitsOf(wanted, parts)) quotas.limit(name, pid, cores)
        beside?.limit(quotas, wanted)
      },
      rotate: async (ids) => {
        await proxy.rotate(ids)
        if (stopped || !quotas) return
        for (const { name, pid } of limits) quotas.limit(name, pid, ground.cpus.length)
      },
      ...(beside ? { ballast: beside.ballast.map(({ pid }) => pid), pacers: beside.pacers } : {}),
      died: untilStopped(
        [replicas.died, proxy.ended, ...[redis, distance].flatMap((part) => part?.ended ?? [])],
        () => stopped,
      ),
      stop: () => {
        stopped = true
        return undo.all()
      },
    }
  } catch (error) {
    await undo.all()
    throw error
  }
}

/** The first ending that nobody asked for. */
function untilStopped(endings: readonly Promise<string>[], stopped: () => boolean): Promise<string> {
  return Promise.race(endings).then((reason) => (stopped() ? new Promise<never>(() => {}) : reason))
}

async function startRedisFor(
  { redis, folder }: Ground,
  spec: FleetSpec,
  placement: Placement,
  keyPrefix: string,
) {
  if (!spec.traits.state.includes('redis')) return null
  const wantsSocket = spec.settings?.redisTransport === 'unix'
  if ('url' in redis) {
    if (wantsSocket) throw new AuthscaleError('SETTING_UNKNOWN_HERE', NO_SOCKET)
    return { ...useNamedRedis(redis.url, keyPrefix), shared: true }
  }
  const socket = wantsSocket ? join(folder.path, 'redis.sock') : undefined
  return {
    ...(await startRedis({ tool: redis.tool, folder, socket, cpus: placement.sharedCpus.redis })),
    shared: false,
  }
}

const NO_SOCKET = 'the Redis that REDIS_URL names cannot be given a Unix socket: unset REDIS_URL'

/** On the generator's CPUs, where nothing is that a scheme is judged by; null where none is asked for. */
async function startDistanceFor(
  { runtime, build, folder }: Ground,
  { settings }: FleetSpec,
  { sharedCpus }: Placement,
  redisUrl: string,
): Promise<Distance | null> {
  const roundTripMs = settings?.redisRoundTripMs
  if (roundTripMs === undefined) return null
  const command = [runtime.command, build.link]
  return await startDistance({ command, redisUrl, roundTripMs, cpus: sharedCpus.generator, folder })
}
