/** Carries a short run out in an environment, for real, and says what is wrong with how that ended. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROLES, THE_TWO } from '../../experiments/roles.ts'
import { within } from '../../load/in-time.ts'
import { projectRoot } from '../../places.ts'
import { leftAfter } from '../kills/command-line.ts'
import type { Environment } from './environments.ts'

export interface Tried {
  id: string
  seconds: number
  /** What it said last, on one line. */
  said: string
  /** What must not be, a sentence each. */
  faults: string[]
}

/** Schemes and an experiment that use all parts, as short as they can be. */
const SHORT = ['--profile', 'smoke', '--only', ROLES.cost, '--schemes', THE_TWO[0]]
const COMMAND = path.join(projectRoot, 'bench', 'authscale.cjs')
const RESULT_LIMIT_MS = 120_000
const SENTENCE_LIMIT_MS = 20_000
const LEFT_LIMIT_MS = 5_000
/** What tsx and Node keep of what they compiled. */
const CACHES = /^(tsx-\d+|node-compile-cache)$/
/** A stack of calls, or what Node prints beside one. */
const TRACE = /^\s+at .*:\d+:\d+\)?$|^Node\.js v\d/m

/** @param node that runs the harness */
export async function tryIn(environment: Environment, node: string = process.execPath): Promise<Tried> {
  const here = mkdtempSync(path.join(tmpdir(), 'as-env-'))
  const before = new Set(readdirSync(projectRoot))
  mkdirSync(path.join(here, 'tmp'))
  const started = Date.now()
  const { code, output, isLate } = await ended(environment, node, here)
  const seconds = (Date.now() - started) / 1_000
  const left = await leftAfter(here, LEFT_LIMIT_MS)
  for (const { pid } of left) process.kill(pid, 'SIGKILL')
  const made = readdirSync(projectRoot).filter((name) => !before.has(name))
  const temporary = readdirSync(path.join(here, 'tmp')).filter((name) => !CACHES.test(name))
  rmSync(here, { recursive: true, force: true })
  const lines = output.split('\n').filter((line) => line.trim() !== '')
  const error = lines.find((line) => line.startsWith('error: ')) ?? ''
  const { expects } = environment
  const isMet = expects === 'result' ? code === 0 : code === 1 && expects.test(error)
  const wanted = expects === 'result' ? 'a result' : `a sentence like ${expects.source}`
  return {
    id: environment.id,
    seconds,
    said: (error || lines.at(-1)) ?? '',
    faults: [
      isLate && `it did not end within ${limitOf(environment) / 1_000} s`,
      !isMet && `exit code ${code} where ${wanted} was expected`,
      TRACE.test(output) && `a stack trace: ${TRACE.exec(output)?.[0].trim()}`,
      left.length > 0 && `left running: ${left.map(({ command }) => command).join('; ')}`,
      made.length > 0 && `left in the checkout: ${made.join(', ')}`,
      temporary.length > 0 && `left in TMPDIR: ${temporary.join(', ')}`,
    ].filter((fault) => fault !== false),
  }
}

const limitOf = ({ expects }: Environment) => (expects === 'result' ? RESULT_LIMIT_MS : SENTENCE_LIMIT_MS)

async function ended(environment: Environment, node: string, here: string) {
  const namesOut = environment.shell.includes('--out')
  const args = [node, COMMAND, ...SHORT, ...(namesOut ? [] : ['--out', path.join(here, 'run')])]
  const line = ['sh', '-c', environment.shell, 'sh', ...args]
  // File systems and networks of its own go with it.
  const [file = '', ...rest] = environment.needs === 'mounts' ? ['unshare', '--mount', ...line] : line
  const child = spawn(file, rest, {
    cwd: here,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      HERE: here,
      PROJECT: projectRoot,
      NODE: node,
      TMPDIR: path.join(here, 'tmp'),
      NO_COLOR: '1',
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  const end = once(child, 'close').then(([code]) => ({ code: code as number | null, isLate: false }))
  const found = await within(limitOf(environment), end, async () => {
    process.kill(-(child.pid as number), 'SIGKILL')
    await end
    return { code: null, isLate: true }
  })
  return { ...found, output }
}
