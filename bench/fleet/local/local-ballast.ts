/**
 * Processes beside a fleet under quotas that belong to no tier of it, one on each CPU.
 *
 * Ballast keeps a small machine equally busy whatever the number of replicas. A core slows down when its neighbour works,
 * and caches are shared: one replica beside an idle core is faster than each of eight that fill the machine, which is no
 * property of a scheme. With ballast in the place of the replicas that are not there, all of them meet the same machine.
 *
 * Pacers say how fast that machine is. A CPU of a shared host was seen to be a third as fast for seconds, without a word
 * of steal, and whatever runs on it takes three times the CPU time for its work then. Their quota is the same at every
 * number of replicas, since a process that runs for shorter at a stretch finds its caches colder.
 */
import { once } from 'node:events'
import type { Quotas } from '../../record/types.ts'
import type { Pacer, Work } from '../pace.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { type Child, spawnChild } from '../processes/process.ts'
import { allOrNone, type Undo } from '../processes/undo.ts'
import type { QuotaGroups } from '../quota/quota.ts'
import { STEADY_HEAP } from '../tools/runtime.ts'
import type { Ground } from './ground.ts'

interface Worker extends Pacer {
  /** Begins to work for good; until then it only warms up. Again: nothing. */
  go(): void
  stop(): Promise<void>
}

/** What runs beside a fleet under quotas, one process of each kind on each CPU. */
export interface Beside {
  ballast: readonly Worker[]
  pacers: readonly Worker[]
  /** Sets them to work, each under its quota: pacers have that of Redis, which is the same in every arm. */
  limit(groups: QuotaGroups, quotas: Quotas): void
}

/**
 * One process of ballast on each CPU: of more with less each, every one would find the caches cold that it left warm.
 * Added to `undo` as soon as it runs.
 *
 * @throws AuthscaleError SPAWN_FAILED
 */
export async function startBeside({ runtime, build, cpus, folder }: Ground, undo: Undo): Promise<Beside> {
  const env = environmentOf('measured')
  const start = async (name: 'ballast' | 'pacer') => {
    const command = [runtime.command, ...STEADY_HEAP, build.ballast, String(CONNECTIONS[name])]
    const onPid = (pid: number) => folder.record(pid, name)
    const starting = cpus.map(async (cpu) =>
      worker(await spawnChild(command, { name, ipc: true, env, cpus: [cpu], onPid }), cpu),
    )
    const all = await allOrNone(starting, (one) => one.stop())
    undo.add(() => Promise.all(all.map((one) => one.stop())))
    return all
  }
  const ballast = await start('ballast')
  const pacers = await start('pacer')
  return {
    ballast,
    pacers,
    limit(groups, { ballastCores, redisCores }) {
      const each = Math.max(ballastCores / ballast.length, LEAST_BALLAST_CORES)
      for (const [i, { pid }] of ballast.entries()) groups.limit(`ballast${i + 1}`, pid, each, true)
      for (const [i, { pid }] of pacers.entries()) groups.limit(`pacer${i + 1}`, pid, redisCores)
      for (const one of [...ballast, ...pacers]) one.go()
    },
  }
}

/**
 * Many requests pile up at ballast while its quota is spent, as they do at a replica. At a pacer few do: they end
 * together, and whether a window holds one such end more or less must not be seen in what it counts.
 */
const CONNECTIONS = { ballast: 64, pacer: 4 }

/** The kernel grants no less, so a hundredth of a core on each CPU is left of ballast where it stands for nothing. */
const LEAST_BALLAST_CORES = 0.01

/** Its quota may keep it waiting for a period or two. */
const ANSWER_MS = 2_000

function worker({ pid, process, stop }: Child, cpu: number): Worker {
  return {
    pid,
    cpu,
    stop,
    go() {
      if (process.connected) process.send('go', () => {})
    },
    async work() {
      if (!process.connected) return null
      const answer = once(process, 'message', { signal: AbortSignal.timeout(ANSWER_MS) })
      process.send('work', () => {})
      return await answer.then(
        ([work]) => work as Work,
        () => null,
      )
    },
  }
}
