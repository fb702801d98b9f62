/** The harness's side of the load generator: one or several processes that share each job. */
import { AuthscaleError } from '../errors.ts'
import { Conversation } from './conversation.ts'
import { unlessAborted } from './in-time.ts'
import type { Generator, GeneratorOptions } from './job.ts'
import { mergeLogins, mergeShares, overlapOf } from './merge.ts'
import { startOfSchedule } from './open/scheduled.ts'

/**
 * V8 grows its young generation to three times 16 MiB and more, and building the requests of 100,000 users fills all
 * of it with garbage: about 360 MB resident, against 245 with this bound. A smaller one saves nothing more and
 * collects more often, and while a collection lasts a server with few connections runs out of work.
 */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=8'

/**
 * Resolves when the processes are ready for jobs. A job that fails in one of them is ended in the others, and fails.
 *
 * @param signal ends those that are not ready yet
 * @throws AuthscaleError GENERATOR_DIED when one cannot start; the signal's reason
 */
export async function startGenerator(
  { command, env, processes }: GeneratorOptions,
  signal?: AbortSignal,
): Promise<Generator> {
  const nodeOptions = [env.NODE_OPTIONS, SMALL_YOUNG_GENERATION].filter(Boolean).join(' ')
  const ownEnv = { ...env, NODE_OPTIONS: nodeOptions }
  const all = Array.from({ length: processes }, () => new Conversation(command, ownEnv))
  const close = async () => {
    await Promise.all(all.map((one) => one.end()))
  }
  try {
    const ready = Promise.all(all.map((one) => one.until('ready')))
    await (signal ? unlessAborted(ready, signal) : ready)
  } catch (error) {
    await close()
    throw error
  }
  const together = oneJobAtATime(all)
  let earlier = 0
  return {
    pids: all.map(({ pid }) => pid),
    async login(job) {
      requireEnough(processes, job.users, 'users')
      const done = await together((one, index) =>
        one.ask({ type: 'login', job: { ...job, shard: { index, of: processes } } }, 'login-done'),
      )
      return mergeLogins(done.map(({ report }) => report))
    },
    async load(job, onWindow) {
      requireEnough(processes, job.load.connections, 'connections')
      const windows = overlapOf(processes, onWindow)
      const message = {
        type: 'load' as const,
        job: { ...job, earlier: earlier++ },
        startUs: startOfSchedule(),
      }
      const done = await together((one) => one.ask(message, 'load-done', windows.hear))
      windows.check()
      const shares = done.map(({ share }) => share)
      return mergeShares(job.load, shares)
    },
    close,
  }
}

/** Runs a job in all processes; the first failure is the job's, and the others are waited for. */
function oneJobAtATime(all: readonly Conversation[]) {
  let isBusy = false
  return async <T>(ask: (one: Conversation, index: number) => Promise<T>): Promise<T[]> => {
    if (isBusy) throw new Error('the load generator does one job at a time')
    isBusy = true
    const asked = all.map(ask)
    try {
      return await Promise.all(asked)
    } catch (error) {
      for (const one of all) one.cancel()
      await Promise.allSettled(asked)
      throw error
    } finally {
      isBusy = false
    }
  }
}

function requireEnough(processes: number, available: number, what: 'users' | 'connections'): void {
  if (available >= processes) return
  throw new AuthscaleError(
    'TOO_FEW_TO_SHARE',
    `${available} ${what} cannot be shared by ${processes} load generator processes; ask for at least ${processes}.`,
  )
}
