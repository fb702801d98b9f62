/**
 * The one way an ioredis client is made. A request that needs Redis is answered soon after `redisTimeoutMs`, whatever
 * becomes of Redis: by default within 300 ms. With ioredis's defaults it would wait 10 s for a Redis that died, and for
 * ever for one that hangs.
 */
import { Redis, ReplyError } from 'ioredis'
import { ConfigError, type ServerConfig } from '../config.ts'
import { type Command, Unavailable } from '../contract.ts'

const START_TIMEOUT_MS = 5000
/** A connection counts as dead after so long without a sign of life, or after as long as four commands may take. */
const SILENT_MS = 1000
/** The longest pause between two attempts to reconnect. */
const LONGEST_PAUSE_MS = 1000

interface Use {
  /** Overridden by `AUTO_PIPELINING`. */
  enableAutoPipelining: boolean
  /** Each command that is sent afterwards, on such keys. Tried one after another, they leave nothing behind for long. */
  commands: readonly Command[]
}

/**
 * A connected client that may send all of `commands`. Throws a ConfigError, in one line, when `REDIS_URL` is missing or
 * malformed, when Redis refuses the connection or a command, and when it is silent for 5 s.
 */
export async function openRedis(
  config: ServerConfig,
  { enableAutoPipelining, commands }: Use,
): Promise<Redis> {
  const url = readUrl(config)
  // ioredis takes the path of a Unix socket where it takes a URL.
  const redis = new Redis(socketPath(url) ?? url.href, {
    enableAutoPipelining: config.autoPipelining ?? enableAutoPipelining,
    commandTimeout: config.redisTimeoutMs,
    connectTimeout: 1000,
    // Fail at once while there is no connection, instead of queueing what nobody will wait for.
    enableOfflineQueue: false,
    // A write that was answered 503 must not happen after all when Redis returns.
    autoResendUnfulfilledCommands: false,
    // Drop a connection that went silent, so that its unanswered commands do not pile up, but not while they may still
    // be answered.
    socketTimeout: Math.max(SILENT_MS, 4 * config.redisTimeoutMs),
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, LONGEST_PAUSE_MS),
  })
  logOutages(redis)
  try {
    await untilReady(redis, url)
    for (const command of commands) await mayBeSent(redis, command)
  } catch (error) {
    redis.disconnect()
    throw error
  }
  return redis
}

/**
 * The reply of a command, or Unavailable for any error and at its deadline. `commandTimeout` alone starts when
 * the command is sent, and with auto-pipelining that is only after the pipeline before it has ended.
 */
export function bounded<T>(redis: Redis, reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Unavailable('deadline')), redis.options.commandTimeout)
    reply.then(
      (value) => {
        clearTimeout(timer)
        resolve(value)
      },
      (error) => {
        clearTimeout(timer)
        reject(new Unavailable(error))
      },
    )
  })
}

function readUrl({ redisUrl, scheme }: ServerConfig): URL {
  if (redisUrl === undefined) {
    throw new ConfigError(
      `REDIS_URL is not set and ${scheme} keeps state in Redis: set it, e.g. redis://127.0.0.1:6379`,
    )
  }
  const url = URL.canParse(redisUrl) ? new URL(redisUrl) : undefined
  // ioredis would take any option from here: a prefix that invalidations do not know, or a time-out of its own.
  if (url?.search || url?.hash)
    throw new ConfigError('REDIS_URL has options after ? or #: leave them out (KEY_PREFIX sets a prefix)')
  if (!url || !isDecodable(url) || !(isTcp(url) || socketPath(url)))
    throw new ConfigError('REDIS_URL is not a redis:// or rediss:// URL, nor unix:///path: correct it')
  if (isTcp(url) && !/^(?:\/\d*)?$/.test(url.pathname))
    throw new ConfigError('REDIS_URL names no database: after the host, write / and a number from 0')
  return url
}

const isTcp = ({ protocol, hostname }: URL) =>
  (protocol === 'redis:' || protocol === 'rediss:') && hostname !== ''

function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    return [username, password, pathname].every((text) => decodeURIComponent(text) !== undefined)
  } catch {
    return false
  }
}

/** The path in `unix:///path`; undefined for other URLs. */
function socketPath({ protocol, host, pathname }: URL): string | undefined {
  const names = protocol === 'unix:' && host === '' && pathname.length > 1
  return names ? decodeURIComponent(pathname) : undefined
}

function untilReady(redis: Redis, url: URL): Promise<void> {
  const where = socketPath(url) ?? url.host
  return new Promise((resolve, reject) => {
    let reason = 'no answer'
    const settle = (error?: ConfigError) => {
      clearTimeout(timer)
      redis.off('error', note)
      if (error) reject(error)
      else resolve()
    }
    const note = (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message
      // What it refuses now, it would refuse for as long as it is asked.
      if (error instanceof ReplyError && !isPassing(error))
        settle(new ConfigError(`Redis at ${where} refuses this (${error.message}): correct REDIS_URL`))
    }
    const timer = setTimeout(
      () =>
        settle(
          new ConfigError(`Redis at ${where} cannot be used (${reason}): start it or correct REDIS_URL`),
        ),
      START_TIMEOUT_MS,
    )
    redis.on('error', note)
    redis.once('ready', () => settle())
  })
}

/** States of a Redis that end without anybody's doing; a full, read-only or loading one can be started against. */
const PASSING = /^(?:LOADING|BUSY|MASTERDOWN|TRYAGAIN|OOM|READONLY|MISCONF|NOREPLICAS)\b/

const isPassing = ({ message }: Error) => PASSING.test(message)

/** Throws a ConfigError when Redis would refuse this command whenever it is sent. */
async function mayBeSent(redis: Redis, [name, ...args]: Command): Promise<void> {
  try {
    await bounded(redis, redis.call(name, ...args))
  } catch (error) {
    const reason = (error as Unavailable).cause
    if (reason instanceof Error && isPassing(reason)) return
    const why = reason instanceof Error ? reason.message.trim() : String(reason)
    throw new ConfigError(
      `Redis refuses ${name.toUpperCase()} (${why}): allow it; servers/GUARANTEES.md lists what each scheme sends`,
    )
  }
}

/** One line when an outage begins and one when it ends, not one for every attempt to reconnect. */
function logOutages(redis: Redis): void {
  let down: boolean | undefined
  redis.on('error', (error: NodeJS.ErrnoException) => {
    // Before the first connection, the start-up error says it all.
    if (down === false) console.error(`redis: connection lost (${error.code ?? error.message}), reconnecting`)
    if (down !== undefined) down = true
  })
  redis.on('ready', () => {
    if (down) console.error('redis: connected again')
    down = false
  })
}
