/**
 * The one way an ioredis client is made. A request that needs Redis is answered soon after `redisTimeoutMs`, whatever
 * becomes of Redis: by default within 300 ms. With ioredis's defaults it would wait 10 s for a Redis that died, and for
 * ever for one that hangs.
 */
import { Redis } from 'ioredis'
import { ConfigError, type ServerConfig } from '../config.ts'
import { Unavailable } from '../contract.ts'

const START_TIMEOUT_MS = 5000
/** A connection counts as dead after so long without a sign of life, or after as long as four commands may take. */
const SILENT_MS = 1000

/**
 * A connected client; `AUTO_PIPELINING` overrides the scheme's default. Throws a ConfigError when `REDIS_URL` is missing,
 * malformed or silent for 5 s.
 */
export async function openRedis(
  config: ServerConfig,
  defaults: { enableAutoPipelining: boolean },
): Promise<Redis> {
  const url = readUrl(config)
  // ioredis takes the path of a Unix socket where it takes a URL.
  const redis = new Redis(socketPath(url) ?? url.href, {
    enableAutoPipelining: config.autoPipelining ?? defaults.enableAutoPipelining,
    commandTimeout: config.redisTimeoutMs,
    connectTimeout: 1000,
    // Fail at once while there is no connection, instead of queueing what nobody will wait for.
    enableOfflineQueue: false,
    // A write that was answered 503 must not happen after all when Redis returns.
    autoResendUnfulfilledCommands: false,
    // Drop a connection that went silent, so that its unanswered commands do not pile up, but not while they may still
    // be answered.
    socketTimeout: Math.max(SILENT_MS, 4 * config.redisTimeoutMs),
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000),
  })
  logOutages(redis)
  await untilReady(redis, url)
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
  if (url?.protocol === 'redis:' || url?.protocol === 'rediss:' || (url && socketPath(url))) return url
  throw new ConfigError('REDIS_URL is not a redis:// or rediss:// URL, nor unix:///path: correct it')
}

/** The path in `unix:///path`; undefined for other URLs. */
function socketPath({ protocol, host, pathname }: URL): string | undefined {
  const names = protocol === 'unix:' && host === '' && pathname.length > 1
  return names ? decodeURIComponent(pathname) : undefined
}

function untilReady(redis: Redis, url: URL): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason = 'no answer'
    const note = (error: NodeJS.ErrnoException) => {
      reason = error.code ?? error.message
    }
    const timer = setTimeout(() => {
      redis.disconnect()
      const where = socketPath(url) ?? url.host
      reject(new ConfigError(`Redis at ${where} cannot be used (${reason}): start it or correct REDIS_URL`))
    }, START_TIMEOUT_MS)
    redis.on('error', note)
    redis.once('ready', () => {
      clearTimeout(timer)
      redis.off('error', note)
      resolve()
    })
  })
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
