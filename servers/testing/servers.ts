/** Real server processes for tests: the code of the measured ones, with its packages in the same file. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { after } from 'node:test'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { Redis } from 'ioredis'
import type { Scheme } from '../contract.ts'
import { type SchemeName, schemeNames, schemes } from '../scheme.ts'
import { type RunningRedis, startRedis } from './redis.ts'

const outdir = path.resolve(import.meta.dirname, '../../.authscale/server-tests', randomUUID())
const compiled = build({
  entryPoints: ['main', 'keygen'].map((name) => path.join(import.meta.dirname, `../${name}.ts`)),
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  // Tests start some 700 servers: with their packages at hand each takes half as much CPU to begin.
  packages: 'bundle',
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
})

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

/** A new ring, as `KEYS` takes it. */
export function makeKeys(): Promise<string> {
  return keygen([])
}

/** What keygen prints. */
export async function keygen(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  await compiled
  const { PATH } = process.env
  const script = path.join(outdir, 'keygen.js')
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { env: { PATH, ...env } })
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
    await cleanUp()
  })
  return { redis, client, keys }
}

/** Spawns a server that may refuse to start; `output` grows as it writes. */
export async function spawnServer(
  settings: NodeJS.ProcessEnv,
): Promise<{ child: ChildProcess; output(): string }> {
  await compiled
  const { PATH } = process.env
  const child = spawn(process.execPath, [path.join(outdir, 'main.js')], {
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
export async function startServer(settings: NodeJS.ProcessEnv): Promise<Server> {
  const { child, output } = await spawnServer(settings)
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

/** Ends what tests left running and removes the build. */
export async function cleanUp(): Promise<void> {
  for (const child of running) child.kill('SIGKILL')
  await rm(outdir, { recursive: true, force: true })
}
