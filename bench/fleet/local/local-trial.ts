/** One trial's fleet on this machine: started part by part, constrained when it is warm, ended in the reverse order. */
import { unlessCode } from '../../errors.ts'
import type { Placement } from '../../record/types.ts'
import { Restartable } from '../faults/restartable.ts'
import type { FleetSpec, RunningFleet } from '../fleet.ts'
import { Undo } from '../processes/undo.ts'
import { merged, NO_VARIABLES, variablesOf } from '../processes/variables.ts'
import { type ProxyPlan, startProxy } from '../proxy/proxy.ts'
import { startReplicas } from '../replicas.ts'
import { textOf } from '../tools/path.ts'
import type { Ground } from './ground.ts'
import { startBeside } from './local-ballast.ts'
import { needsOf, openInjector, preloadFor } from './local-faults.ts'
import { limitsOf, openQuotasFor } from './local-quotas.ts'
import { startDistance, startRedisFor } from './local-redis.ts'

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
    const needs = needsOf(spec)
    const wanted = { ground, spec, placement, keyPrefix, needs }
    const redis = await startRedisFor(wanted, undo)
    const distance = redis && (await startDistance(wanted, redis.url, undo))
    const replicas = await startReplicas({
      runtime: await ground.runtimes.of(spec.settings?.node),
      script: await serverFor(ground, spec),
      spec,
      nonce,
      keys: ground.keys,
      redisUrl: distance?.redisUrl ?? redis?.socketUrl ?? redis?.url,
      // In a Redis of our own a prefix would only add to the bytes of each key that are measured.
      keyPrefix: redis?.shared ? keyPrefix : '',
      cpus: placement.replicaCpus,
      supervisor: ground.supervisor,
      folder: ground.folder,
      lastPreloads: preloadFor(ground, needs),
    })
    undo.stopping(replicas)
    noteVariables(ground, replicas.handles)
    const proxyPlan: ProxyPlan = {
      ...spec.settings,
      tool: ground.haproxy,
      folder: ground.folder,
      cpus: placement.sharedCpus.proxy,
      port: ground.options.port,
      sticky: spec.settings?.sticky ?? spec.traits.state === 'process',
      mostPerReplica: spec.mostPerReplica,
      healthChecks: !spec.quotas,
      replicas: replicas.handles,
    }
    const first = await startProxy({ ...proxyPlan, died: replicas.died })
    const again = () => startProxy({ ...proxyPlan, port: Number(new URL(first.url).port) })
    const proxy = undo.stopping(new Restartable(first, again))
    const breakable = { redis, link: distance?.link ?? null, replicas, proxy }
    const injector = openInjector(ground, spec, breakable, undo)
    // Now, and not when the warm-up is over, it must be known that each of them can be limited.
    const parts = { replicas: replicas.handles, redis, proxy: proxy.current }
    const limits = spec.quotas ? limitsOf(spec.quotas, parts) : []
    const beside = quotas && spec.beside !== false ? await startBeside(ground, undo) : null
    const endings = [
      replicas.died,
      proxy.ended,
      ...[redis, distance?.link].flatMap((part) => part?.ended ?? []),
    ]
    const { rest, wake } = resting([
      ...replicas.handles.map(({ pid }) => pid),
      ...(redis ? [redis.pid] : []),
      proxy.current.pid,
    ])
    // Before anything is ended: a process that rests hears of nothing.
    undo.add(wake)
    return {
      url: proxy.current.url,
      replicas: replicas.handles.map(({ id, url, pid }) => ({ id, url, pid })),
      placement,
      redis: redis && { url: redis.url, pid: redis.pid },
      proxy: { pid: proxy.current.pid },
      proxyCounts: () => proxy.current.counts(),
      link: distance?.link,
      constrain: async (wanted = spec.quotas ?? undefined) => {
        await distance?.engage()
        if (stopped || !quotas || !wanted) return
        for (const { name, pid, cores } of limitsOf(wanted, parts)) quotas.limit(name, pid, cores)
        beside?.limit(quotas, wanted)
      },
      rotate: async (ids) => {
        await proxy.current.rotate(ids)
        if (stopped || !quotas) return
        for (const { name, pid } of limits) quotas.limit(name, pid, ground.cpus.length)
      },
      ...(beside ? { ballast: beside.ballast.map(({ pid }) => pid), pacers: beside.pacers } : {}),
      rest,
      wake,
      ...(injector ? { injector } : {}),
      // The first ending that nobody asked for.
      died: Promise.race(endings).then((reason) => (stopped ? new Promise<never>(() => {}) : reason)),
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

/** Of the checkout, with other packages, or of another commit. */
function serverFor({ packages, commits }: Ground, { settings }: FleetSpec): Promise<string> {
  return settings?.commit === undefined
    ? packages.serverWith(settings?.packages)
    : commits.serverOf(settings.commit)
}

/** Of each that serves, since all are told something of their own. Where there is no /proc, nothing is noted. */
function noteVariables({ variables }: Ground, handles: readonly { pid: number }[]): void {
  for (const { pid } of handles) {
    const environ = textOf(`/proc/${pid}/environ`)
    if (environ !== null) variables.seen = merged(variables.seen ?? NO_VARIABLES, variablesOf(environ))
  }
}

/** Nothing where one of them cannot be signalled, such as a Redis of the user's own. */
function resting(pids: readonly (number | null)[]) {
  const known = pids.filter((pid) => pid !== null)
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => () => {
    if (known.length < pids.length) return
    for (const pid of known) unlessCode(['ESRCH'], () => process.kill(pid, name))
  }
  return { rest: signal('SIGSTOP'), wake: signal('SIGCONT') }
}
