/** The command line in a process of its own: what it prints, what it runs, and what it leaves behind. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { TestContext } from 'node:test'
import { readRun } from '../record/run-dir.ts'
import { leftAfter } from '../verify/kills/command-line.ts'
import { quickStarting } from './programs.ts'

/**
 * The harness as tests start it, before its arguments; it holds in any folder. A user's is `HARNESS`, whose tsx takes longer
 * than most of what is asked here: the list, a refusal and a whole run are asked of that one too, and the hundred kills of
 * `npm run verify:harness`. So would be a calibration, which starts its own harness as it was started itself.
 */
export const QUICK_HARNESS: readonly string[] = await quickStarting(new URL('../cli.ts', import.meta.url))

const root = path.resolve(import.meta.dirname, '../..')
const GONE_WITHIN_MS = 5_000

export interface Ending {
  code: number | null
  stdout: string
  stderr: string
}

export interface Started {
  child: ChildProcess
  ended: Promise<Ending>
  /** Resolves when the standard output has matched. */
  prints(pattern: RegExp): Promise<void>
}

interface Surroundings {
  env?: object
  /** Commands for the shell that the harness then replaces. */
  shell?: string
  /** See `homeFor`; default is the project's folder and the system's temporary one. */
  home?: string
  /** Default is `QUICK_HARNESS`. */
  harness?: readonly string[]
}

export function start(
  args: readonly string[],
  { env, shell, home, harness = QUICK_HARNESS }: Surroundings = {},
): Started {
  const line = [...harness, ...args]
  const [command = '', ...rest] = shell ? ['sh', '-c', `${shell}; exec "$0" "$@"`, ...line] : line
  const child = spawn(command, rest, {
    cwd: home ?? root,
    env: { ...process.env, NO_COLOR: '1', ...(home && { TMPDIR: temporaryIn(home) }), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = { stdout: '', stderr: '' }
  const listeners: (() => void)[] = []
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      output[name] += text
      for (const listener of listeners) listener()
    })
  }
  return {
    child,
    ended: once(child, 'close').then(([code]): Ending => ({ code, ...output })),
    prints: (pattern) =>
      new Promise((resolve) => listeners.push(() => pattern.test(output.stdout) && resolve())),
  }
}

export const run = (args: readonly string[], surroundings?: Surroundings): Promise<Ending> =>
  start(args, surroundings).ended

const MOST_AGAIN = 2

/**
 * A run that is gone on with as its own error says, where something else on this machine spoiled a trial: what is asked of it
 * is not how quiet the machine is. What keeps being rejected is an error, and the reasons with it.
 */
export async function finished(
  args: readonly string[],
  out: string,
  surroundings?: Surroundings,
): Promise<Ending> {
  let ending = await run(args, surroundings)
  const isSpoiled = () => ending.code === 1 && /trials? (was|were) rejected/.test(ending.stderr)
  for (let again = 0; isSpoiled() && again < MOST_AGAIN; again++)
    ending = await run(['--resume', out, ...portOf(args)], surroundings)
  if (!isSpoiled()) return ending
  const { results } = await readRun(out)
  const reasons = results.flatMap((result) => (result.ok ? [] : [`${result.trial.id}: ${result.reason}`]))
  return { ...ending, stderr: [ending.stderr, ...reasons].join('\n') }
}

function portOf(args: readonly string[]): readonly string[] {
  const at = args.indexOf('--port')
  return at < 0 ? [] : args.slice(at, at + 2)
}

/** The error is one line, names the culprit and says what to do. */
export function assertRefused({ code, stderr }: Ending, ...says: RegExp[]): void {
  assert.notEqual(code, 0)
  const line = stderr.split('\n').find((candidate) => candidate.startsWith('error: ')) ?? ''
  for (const expected of says) assert.match(line, expected)
  assert.doesNotMatch(stderr, /\n {4}at /, 'no stack')
}

/** A folder in which harnesses work, with their run folders: what is there is theirs. It goes with the test. */
export function homeFor(t: TestContext): string {
  const home = mkdtempSync(path.join(os.tmpdir(), 'authscale-home-'))
  mkdirSync(temporaryIn(home))
  t.after(() => rmSync(home, { recursive: true }))
  return home
}

const temporaryIn = (home: string) => path.join(home, 'tmp')

/** Neither a process nor a run folder, soon after the last harness has ended. */
export async function assertNothingLeft(home: string): Promise<void> {
  assert.deepEqual(await leftAfter(home, GONE_WITHIN_MS), [])
  assert.deepEqual(
    readdirSync(temporaryIn(home)).filter((name) => /^\.?authscale-/.test(name)),
    [],
  )
}

/** Each trial of the plan has a valid result; the control has one more for each time that another arm was measured again. */
export function assertWhole({ run: { plan }, results }: Awaited<ReturnType<typeof readRun>>): void {
  const valid = new Set(results.flatMap(({ ok, trial }) => (ok ? [trial.id] : [])))
  assert.deepEqual([...valid].sort(), plan.map(({ id }) => id).sort())
}

/** The plan of an earlier harness, carried out whole. */
export async function assertCompleted(
  out: string,
  home: string,
  args: readonly string[] = [],
): Promise<void> {
  const before = await readRun(out)
  const resumed = await finished(['--resume', out, ...args], out, { home })
  assert.equal(resumed.code, 0, resumed.stderr)
  const after = await readRun(out)
  assert.deepEqual(after.run.plan, before.run.plan)
  assert.deepEqual(after.results.slice(0, before.results.length), before.results)
  assertWhole(after)
  await assertNothingLeft(home)
}

/** What the harness of this pid has noted to run; empty when there is no such harness. */
export function processesOf(harness: number, folder = os.tmpdir()): { pid: number; what: string }[] {
  const names = readdirSync(folder).filter((name) => name.startsWith('authscale-'))
  const manifests = names.flatMap((name) => {
    try {
      return [JSON.parse(readFileSync(path.join(folder, name, 'manifest.json'), 'utf8'))]
    } catch {
      // Not the folder of a harness, or removed in this moment.
      return []
    }
  })
  return manifests.find((manifest) => manifest.harness.pid === harness)?.processes ?? []
}

/** Three trials that take turns, some seconds in all: the control, its twin, and a scheme with Redis. */
export const quick = [
  ...['--only', 'cost', '--schemes', 'session-redis', '--profile', 'smoke', '--users', '50'],
  ...['--duration', '0.3'],
]

/** So many trials of under two seconds, an even number, one after the other, each told when it is finished. */
export const oneByOne = (trials: number) => [
  ...['--only', 'aa', '--trials', String(trials / 2), '--profile', 'smoke', '--users', '50'],
  ...['--duration', '0.3', '--verbose'],
]
