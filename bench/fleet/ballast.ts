/**
 * Keeps a small machine equally busy whatever the number of replicas. A core slows down when its neighbour works, and
 * caches are shared: one replica beside an idle core is faster than each of eight that fill the machine, which is no
 * property of a scheme. With ballast in the place of the replicas that are not there, all of them meet the same machine.
 */
import { type Child, spawnChild } from './process.ts'
import { cleanEnvironment } from './runtime.ts'

export interface BallastOptions {
  /** Runs ballast-main: a Node and the script. */
  command: readonly string[]
  /** One process on each of these. */
  cpus: readonly number[]
  /** Called as soon as a pid is known, before the process has done much. */
  onPid(pid: number): void
}

/** @throws AuthscaleError SPAWN_FAILED; then none of it runs */
export async function startBallast({ command, cpus, onPid }: BallastOptions): Promise<Child[]> {
  const started = await Promise.allSettled(
    cpus.map((cpu) =>
      spawnChild(command, { name: 'ballast', ipc: true, env: cleanEnvironment(), cpus: [cpu], onPid }),
    ),
  )
  const children = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failure = started.find((one) => one.status === 'rejected')
  if (!failure) return children
  await Promise.all(children.map((child) => child.stop()))
  throw failure.reason
}
