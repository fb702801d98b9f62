/** One Redis for a trial: a fresh server of our own, without persistence unless asked for, or the one that the user names. */
import { randomUUID } from 'node:crypto'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Redis } from 'ioredis'
import { AuthscaleError } from '../../errors.ts'
import { within } from '../../load/in-time.ts'
import type { Part } from '../../record/types.ts'
import { freePort, onPort } from '../ports.ts'
import type { RunFolder } from '../processes/manifest.ts'
import { SOCKET_PATH_BYTES } from '../readiness.ts'
import { startTool } from '../tools/start-tool.ts'
import { findRedis, type Tool } from '../tools/tools.ts'

const READY_TIMEOUT_MS = 10_000
const NAMED_TIMEOUT_MS = 2000
const RETRY_MS = 20
const SCAN_COUNT = 1000
const STRAY = 'another Redis answers there'
const IS_TAKEN = new RegExp(`${STRAY}|address already in use`, 'i')

/** A Redis that answers. */
export interface RunningRedis {
  url: string
  /** `unix:///path`; null where it listens on TCP alone. */
  socketUrl: string | null
  /** Null where the process is not ours to see. */
  pid: number | null
  /** Resolves with a reason when it ends by itself; never rejects. */
  ended: Promise<string>
  stop(): Promise<void>
}

export interface RedisOptions {
  /** Default: the one that `findRedis` finds. */
  tool?: Tool
  cpus?: readonly number[]
  port?: number
  /** Path of a Unix socket to listen on besides, in a folder of nobody else's. */
  socket?: string | undefined
  folder?: RunFolder
  /** What is kept beyond the process, in a folder of nobody else's; default: nothing. */
  kept?: { how: Persistence; folder: string } | undefined
  /** More of redis-server's own, as it takes them on its command line. */
  more?: readonly string[] | undefined
}

/** Snapshots as redis.conf has them, or a log of all writes that is flushed every second. */
export type Persistence = 'snapshots' | 'log'

const KEEPING: Readonly<Record<Persistence | 'nothing', readonly string[]>> = {
  nothing: ['--save', '', '--appendonly', 'no'],
  snapshots: ['--save', '3600 1 300 100 60 10000', '--appendonly', 'no'],
  log: ['--save', '', '--appendonly', 'yes', '--appendfsync', 'everysec'],
}

/**
 * Starts a Redis of our own. Usable alone, e.g. in tests.
 *
 * @throws AuthscaleError REDIS_MISSING, REDIS_FAILED, REDIS_SOCKET for a path that is too long
 */
export async function startRedis(options: RedisOptions = {}): Promise<RunningRedis> {
  const { socket } = options
  // Redis would cut off the rest without a word.
  if (socket !== undefined && Buffer.byteLength(socket) > SOCKET_PATH_BYTES) {
    const message = `${socket} is too long for the path of a socket: set TMPDIR to a folder with a short path`
    throw new AuthscaleError('REDIS_SOCKET', message)
  }
  const tool = options.tool ?? (await findRedis())
  return await onPort(
    async () => options.port ?? freePort(),
    (port) => startOn(port, tool, options),
    (message) => options.port === undefined && IS_TAKEN.test(message),
  )
}

async function startOn(
  port: number,
  tool: Tool,
  { cpus, folder, socket, kept, more = [] }: RedisOptions,
): Promise<RunningRedis> {
  // An inert setting that CONFIG GET tells again: the server that answers with it is the one started here.
  const ident = `authscale-${randomUUID()}`
  const args = [
    ...['--port', String(port), '--bind', '127.0.0.1', '--syslog-ident', ident],
    ...KEEPING[kept?.how ?? 'nothing'],
    ...(kept ? ['--dir', kept.folder] : []),
    ...more,
    ...(socket === undefined ? [] : ['--unixsocket', socket, '--unixsocketperm', '700']),
  ]
  const mounted = socket === undefined ? kept?.folder : dirname(socket)
  const place = { name: 'redis', cpus, folder: mounted, record: folder }
  const { ended, hostPid, stop } = await startTool(tool, args, place)
  const url = `redis://127.0.0.1:${port}`
  const giveUp = new AbortController()
  const problem = await Promise.race([untilReady(url, ident, giveUp.signal), ended])
  giveUp.abort()
  const socketUrl = socket === undefined ? null : `unix://${pathToFileURL(socket).pathname}`
  if (problem === null) return { url, socketUrl, pid: await hostPid(), ended, stop }
  await stop()
  throw new AuthscaleError('REDIS_FAILED', `Redis did not start on port ${port}: ${problem}`)
}

async function untilReady(url: string, ident: string, signal: AbortSignal): Promise<string | null> {
  const silent = await silence(url, READY_TIMEOUT_MS, signal)
  if (silent !== null) return silent
  const [, answer] = (await withRedis(url, (client) => client.config('GET', 'syslog-ident'))) as string[]
  return answer === ident ? null : STRAY
}

/**
 * The Redis that the user named by REDIS_URL, and its version.
 * @throws AuthscaleError REDIS_UNREACHABLE when PING is not answered within 2 s
 */
export async function checkNamedRedis(url: string): Promise<Part> {
  const problem = URL.canParse(url) ? await silence(url, NAMED_TIMEOUT_MS) : 'not a URL'
  if (problem !== null) {
    const withoutPassword = url.replace(/\/\/[^@/]*@/, '//…@')
    const advice = 'start it, correct REDIS_URL, or unset it to have one started'
    const message = `REDIS_URL ${withoutPassword} does not answer (${problem}); ${advice}`
    throw new AuthscaleError('REDIS_UNREACHABLE', message)
  }
  const info = await withRedis(url, (client) => client.info('server'))
  const version = /^(?:valkey|redis)_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'
  return { version, source: 'named' }
}

/** A Redis that serves others too: everything of ours is under one prefix, and only that is removed. */
export function useNamedRedis(url: string, keyPrefix: string): RunningRedis {
  const never = new Promise<string>(() => {})
  return { url, socketUrl: null, pid: null, ended: never, stop: () => removeKeys(url, keyPrefix) }
}

/** Removes the keys under a prefix and no others, without blocking a server that somebody else uses. */
export async function removeKeys(url: string, keyPrefix: string): Promise<void> {
  await withRedis(url, async (client) => {
    for await (const keys of client.scanStream({ match: `${keyPrefix}*`, count: SCAN_COUNT })) {
      if (keys.length > 0) await client.unlink(keys as string[])
    }
  })
}

/**
 * With a client that gives up soon, and is gone afterwards.
 *
 * @param state `as it is`: also a server that loads, is busy or has lost its primary is talked to
 */
export async function withRedis<T>(
  url: string,
  use: (client: Redis) => Promise<T>,
  state: 'ready' | 'as it is' = 'ready',
): Promise<T> {
  const client = new Redis(url, {
    connectTimeout: NAMED_TIMEOUT_MS,
    retryStrategy: () => null,
    enableReadyCheck: state === 'ready',
  })
  // The same failure also rejects the commands, which the caller sees.
  client.on('error', () => {})
  try {
    return await use(client)
  } finally {
    client.disconnect()
  }
}

/** Null when PING is answered in time, else why not. With `retryUntil`, refused connections are tried again. */
async function silence(url: string, timeoutMs: number, retryUntil?: AbortSignal): Promise<string | null> {
  const client = new Redis(url, {
    connectTimeout: timeoutMs,
    maxRetriesPerRequest: null,
    retryStrategy: () => (retryUntil ? RETRY_MS : null),
  })
  retryUntil?.addEventListener('abort', () => client.disconnect(), { once: true })
  let reason: string | undefined
  client.on('error', (error: Error) => {
    reason = error.message
  })
  const answer = client.ping().then(
    () => null,
    (error: Error) => reason ?? error.message,
  )
  try {
    return await within(timeoutMs, answer, () => reason ?? 'no answer to PING in time')
  } finally {
    client.disconnect()
  }
}
