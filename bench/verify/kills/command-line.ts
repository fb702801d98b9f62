/** The command line of the harness in a process of its own, in a folder by which all that it starts can be found. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { wrapped } from '../../fleet/processes/process.ts'
import { becomes } from '../../load/in-time.ts'

const POLL_MS = 10

/** What starts the harness, before its arguments; it holds in any folder. */
export const HARNESS: readonly string[] = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  fileURLToPath(new URL('../../cli.ts', import.meta.url)),
]

/** Many times what anything here takes: a harness that goes on for longer hangs. */
const LIFE_LIMIT_MS = 180_000

/** When a harness gets SIGKILL. */
export interface Moment {
  /** Counted from its start, or from what it prints that matches `from`. */
  ms: number
  from?: RegExp | undefined
}

/** How a harness ended, and what it had printed by then. */
export interface Ending {
  /** Null when a signal ended it. */
  code: number | null
  /** Killed at the moment that was asked for, or since it did not end; null when it ended before. */
  killed: 'as planned' | 'hanging' | null
  stdout: string
  stderr: string
}

/**
 * Starts a harness and waits for its end. All that it starts works in `home`, and its run folders lie in `home/tmp`,
 * where nobody else's are swept.
 *
 * @param moment null lets it end by itself
 */
export async function live(command: readonly string[], home: string, moment: Moment | null): Promise<Ending> {
  const [file = '', ...args] = wrapped(command)
  const child = spawn(file, args, {
    cwd: home,
    env: { ...process.env, NO_COLOR: '1', TMPDIR: path.join(home, 'tmp') },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let isHanging = false
  const endHanging = () => {
    isHanging = child.kill('SIGKILL')
  }
  const timers = [setTimeout(endHanging, LIFE_LIMIT_MS)]
  const killAfter = (ms: number) => timers.push(setTimeout(() => child.kill('SIGKILL'), ms))
  if (moment && !moment.from) killAfter(moment.ms)
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      const matched = moment?.from?.test(output.stdout)
      output[name] += text
      if (moment?.from?.test(output.stdout) && !matched) killAfter(moment.ms)
    })
  }
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  for (const timer of timers) clearTimeout(timer)
  const killed = signal === 'SIGKILL' ? (isHanging ? 'hanging' : 'as planned') : null
  return { code, killed, ...output }
}

interface LeftRunning {
  pid: number
  command: string
}

/**
 * Processes whose working folder is `home`, or lies in it: whatever a harness starts inherits it, or stands in a run folder, whether or
 * not a manifest names it.
 * Environments would not do, since Redis writes its title over its own. Linux only; elsewhere there seem to be none.
 */
function livingIn(home: string): LeftRunning[] {
  const pids = process.platform === 'linux' ? readdirSync('/proc').filter((name) => /^\d+$/.test(name)) : []
  return pids.flatMap((pid) => {
    try {
      const folder = readlinkSync(`/proc/${pid}/cwd`)
      if (folder !== home && !folder.startsWith(`${home}/`)) return []
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
      return [{ pid: Number(pid), command }]
    } catch {
      // Gone in this moment, or somebody else's.
      return []
    }
  })
}

/** Waits until nobody works in `home`. @returns those who still do when the time is over */
export async function leftAfter(home: string, timeoutMs: number): Promise<LeftRunning[]> {
  let left: LeftRunning[] = []
  const isEmpty = () => {
    left = livingIn(home)
    return left.length === 0
  }
  await becomes(isEmpty, timeoutMs, POLL_MS)
  return left
}
