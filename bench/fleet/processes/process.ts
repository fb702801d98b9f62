/**
 * Child processes that cannot outlive the harness. Plain and detached children survive a killed parent, so on
 * Linux the kernel is asked to end them (`setpriv --pdeathsig`); an exit hook covers ordinary ends elsewhere.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { AuthscaleError, unlessCode } from '../../errors.ts'
import { unlessEnded, within } from '../../load/in-time.ts'
import { lastWords } from '../../load/last-words.ts'
import { onPath } from '../tools/path.ts'
import { environmentOf } from './child-environment.ts'

/** How long it may take to leave after SIGTERM. */
const TERM_GRACE_MS = 3000
const KILL_GRACE_MS = 5000

/** A process that the harness started and will end. */
export interface Child {
  readonly pid: number
  /** For `send` and messages, when started with `ipc`. */
  readonly process: ChildProcess
  /** Resolves when the process ends with the reason: exit code or signal, and its last words; never rejects. */
  readonly ended: Promise<string>
  /** SIGTERM, a bounded wait, SIGKILL to the whole group; resolves when the process is gone. */
  stop(): Promise<void>
}

export interface ChildOptions {
  /** What it is, for messages: "redis", "proxy". */
  name: string
  /** Where it stands; default: where the harness does. */
  cwd?: string | undefined
  /** The whole environment; default: that of what is measured. */
  env?: NodeJS.ProcessEnv
  /** CPUs to pin to; undefined or empty leaves the choice to the kernel. */
  cpus?: readonly number[] | undefined
  /** Opens a channel for messages. */
  ipc?: boolean
  /** Throws away what it says on stdout, where that is no part of its last words. */
  mute?: boolean
  /** Called as soon as the pid is known. */
  onPid?: ((pid: number) => void) | undefined
}

const living = new Set<number>()
process.once('exit', () => {
  for (const pid of living) signalGroup(pid, 'SIGKILL')
})

/**
 * Goes on only under the parent that it was meant for. `setpriv` first has to start itself: a parent that was killed
 * meanwhile sends no signal any more, and the program would be nobody's. Of 400 parents that were killed while they
 * started one program after the other, 15 to 86 left one behind.
 */
const UNLESS_ORPHANED = ['/bin/sh', '-c', 'test "$PPID" = "$0" && exec "$@"']

/**
 * The command line that starts a program pinned, and bound to the life of the process that spawns it, as far as
 * the system has the tools. All of them exec, so the pid of the spawned process ends up being the program's own.
 *
 * @param parent pid of the process that will spawn it
 */
export function wrapped(
  line: readonly string[],
  cpus: readonly number[] = [],
  parent = process.pid,
): string[] {
  if (process.platform !== 'linux') return [...line]
  const setpriv = onPath('setpriv')
  const taskset = cpus.length > 0 && onPath('taskset')
  const bound = setpriv ? [setpriv, '--pdeathsig', 'KILL', '--', ...UNLESS_ORPHANED, String(parent)] : []
  const pinned = taskset ? [taskset, '-c', cpus.join(',')] : []
  return [...bound, ...pinned, ...line]
}

/** Starts a process in a group of its own. @throws AuthscaleError SPAWN_FAILED when it cannot be executed */
export async function spawnChild(line: readonly string[], options: ChildOptions): Promise<Child> {
  const [file = '', ...args] = wrapped(line, options.cpus)
  const child = spawn(file, args, {
    // Ctrl-C in a terminal reaches its foreground group; when these processes end is the harness's decision.
    detached: true,
    stdio: ['ignore', options.mute ? 'ignore' : 'pipe', 'pipe', ...(options.ipc ? (['ipc'] as const) : [])],
    cwd: options.cwd,
    env: options.env ?? environmentOf('measured'),
  })
  const tail = lastWords([child.stdout, child.stderr])
  // Once it runs, a message that does not get through is followed by its end, which tells more.
  child.on('error', () => {})
  await once(child, 'spawn').catch((cause: Error) => {
    const message = `${options.name}: cannot run ${file}: ${cause.message}`
    throw new AuthscaleError('SPAWN_FAILED', message, { cause })
  })
  const pid = child.pid as number
  living.add(pid)
  try {
    options.onPid?.(pid)
  } catch (error) {
    // Nobody gets to know of it, so nobody would end it.
    signalGroup(pid, 'SIGKILL')
    throw error
  }
  const ended = new Promise<string>((resolve) => {
    child.once('exit', () => living.delete(pid))
    child.once('close', (code, signal) => {
      resolve(`${options.name} ended (${signal ?? `exit code ${code}`})${tail() && `: ${tail()}`}`)
    })
  })
  return { pid, process: child, ended, stop: () => stopGroup(pid, ended) }
}

async function stopGroup(pid: number, ended: Promise<string>): Promise<void> {
  // Once it has been reaped, its pid may be somebody else's.
  const gone = ended.then(() => true)
  if (living.has(pid)) signalGroup(pid, 'SIGTERM')
  if (await within(TERM_GRACE_MS, gone, () => false)) return
  signalGroup(pid, 'SIGKILL')
  if (await within(KILL_GRACE_MS, gone, () => false)) return
  throw unkillable(pid)
}

export function unkillable(pid: number): AuthscaleError {
  return new AuthscaleError('STOP_FAILED', `process ${pid} did not end after SIGKILL; end it by hand`)
}

/** Signals the group that a process leads, or else the process alone; one that is gone already is fine. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of [-pid, pid]) if (unlessCode(['ESRCH'], () => process.kill(target, signal))) return
}

/** The next message of a child that was started with `ipc`. Rejects with `failure` of the reason when it ends before. */
export async function nextMessage(
  child: Child,
  failure: (reason: string) => Error = (reason) => new Error(reason),
): Promise<unknown> {
  const done = new AbortController()
  const message = once(child.process, 'message', { signal: done.signal })
  try {
    return (await unlessEnded(message, child.ended, failure))[0]
  } finally {
    done.abort()
  }
}
