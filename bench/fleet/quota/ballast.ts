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
import type { Pacer, Work } from '../pace.ts'
import { type Child, spawnChild } from '../processes/process.ts'
import { allOrNone } from '../processes/undo.ts'
import { cleanEnvironment } from '../tools/runtime.ts'

export interface BesideOptions {
  name: 'ballast' | 'pacer'
  /** Runs ballast-main: a Node and the script. */
  command: readonly string[]
  /** One process on each of these. */
  cpus: readonly number[]
  /** Called as soon as a pid is known, before the process has done much. */
  onPid(pid: number): void
}

export interface RunningPacer extends Pacer {
  /** Begins to work for good; until then it only warms up. Again: nothing. */
  go(): void
  stop(): Promise<void>
}

/** @throws AuthscaleError SPAWN_FAILED; then none of it runs */
export function startBeside({ name, command, cpus, onPid }: BesideOptions): Promise<RunningPacer[]> {
  const starting = cpus.map(async (cpu) => {
    const options = { name, ipc: true, env: cleanEnvironment(), cpus: [cpu], onPid }
    return running(await spawnChild(command, options), cpu)
  })
  return allOrNone(starting, (one) => one.stop())
}

/** Its quota may keep it waiting for a period or two. */
const ANSWER_MS = 2_000

function running({ pid, process, stop }: Child, cpu: number): RunningPacer {
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
