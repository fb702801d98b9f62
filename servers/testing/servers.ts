/** Real server processes for tests: the code of the measured ones, with its packages in the same file. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after } from 'node:test'
import { promisify } from 'node:util'
import { Redis } from 'ioredis'
import type { Scheme } from '../contract.ts'
import { type SchemeName, schemeNames, schemes } from '../scheme.ts'
import { findRuntime, quickStarting } from './harness.ts'
import { type RunningRedis, startRedis } from './redis.ts'

/** Every scheme of the registry, loaded. */
export const everyScheme: ReadonlyArray<{ name: SchemeName; scheme: Scheme }> = await Promise.all(
  schemeNames.map(async (name) => ({ name, scheme: (await schemes[name]()).scheme })),
)

export interface Server {
  url: string
  child: ChildProcess
  /** Everything that it wrote to stdout and stderr so far. */
  output(): string
  /** Sends the signal and resolves with the exit code; null when the signal ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

const running = new Set<ChildProcess>()

/** The Node that measured servers run on. */
const { command: measured } = await findRuntime()
/** The one of whoever runs the tests, which may be the oldest that is supported. */
export const thisNode = process.execPath

/** A new ring, as `KEYS` takes it. */
export function makeKeys(): Promise<string> {
  return keygen([])
}

/** What keygen prints. */
export async function keygen(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { PATH } = process.env
  const [node = '', ...program] = await quickStarting(new URL('../keygen.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(node, [...program, ...args], { env: { PATH, ...env } })
  return stdout.trim()
}

/** A Redis, a client of it, and keys, for all tests of a file: they end after the last one. */
export async function startShared(
  options: Parameters<typeof startRedis>[0] = {},
): Promise<{ redis: RunningRedis; client: Redis; keys: string }> {
  const [redis, keys] = await Promise.all([startRedis(options), makeKeys()])
  const client = new Redis(redis.url)
  after(async () => {
    client.disconnect()
    await redis.stop()
    cleanUp()
  })
  return { redis, client, keys }
}

/** Spawns a server that may refuse to start; `output` grows as it writes. */
export async function spawnServer(
  settings: NodeJS.ProcessEnv,
  node = measured,
): Promise<{ child: ChildProcess; output(): string }> {
  const { PATH } = process.env
  const [, ...program] = await quickStarting(new URL('../main.ts', import.meta.url))
  const child = spawn(node, program, {
    env: { PATH, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  }
  return { child, output: () => text }
}

/** Spawns a server and waits for its `ready`. Rejects with what it wrote when it ends before. */
export async function startServer(settings: NodeJS.ProcessEnv, node?: string): Promise<Server> {
  const { child, output } = await spawnServer(settings, node)
  const exit = once(child, 'exit').then(([code]) => code as number | null)
  const early = exit.then((code) => Promise.reject(new Error(`the server ended with ${code}: ${output()}`)))
  // Once it is ready, an exit is the business of `stop`.
  early.catch(() => {})
  await Promise.race([once(child, 'message'), early])
  const port = /listening on http:\/\/[^\s]+:(\d+) /.exec(output())?.[1]
  if (port === undefined) throw new Error(`the server did not say its port: ${output()}`)
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal)
    return exit
  }
  return { url: `http://127.0.0.1:${port}`, child, output, stop }
}

/** Ends what tests left running. */
export function cleanUp(): void {
  for (const child of running) child.kill('SIGKILL')
}
