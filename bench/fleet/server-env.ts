/** An arm's settings as the environment variables of its servers; what is not named keeps the server's own default. */
import type { Setting, Settings } from '../record/types.ts'
import type { FleetSpec } from './fleet.ts'

const VARIABLES = {
  ttlSec: 'TTL_SEC',
  accessTtlSec: 'ACCESS_TTL_SEC',
  nearCacheSec: 'NEAR_CACHE_SEC',
  plainHttp: 'PLAIN_HTTP',
  stateBytes: 'STATE_BYTES',
  passwordHash: 'PASSWORD_HASH',
  handlerUs: 'HANDLER_US',
  touch: 'TOUCH',
  autoPipelining: 'AUTO_PIPELINING',
  keyForm: 'KEY_FORM',
  denylistCacheSec: 'DENYLIST_CACHE_SEC',
  denylistDown: 'DENYLIST_DOWN',
  refreshGraceSec: 'REFRESH_GRACE_SEC',
  // Read by libuv when the process starts.
  threadPool: 'UV_THREADPOOL_SIZE',
  redisTimeoutMs: 'REDIS_TIMEOUT_MS',
} as const satisfies Partial<Record<Setting, string>>

/** What a server reads from its environment; every fleet can set it. */
export const SERVER_SETTINGS = Object.keys(VARIABLES) as (keyof typeof VARIABLES)[]

export function serverEnv(settings: Settings): Record<string, string> {
  const named = SERVER_SETTINGS.filter((name) => settings[name] !== undefined)
  return Object.fromEntries(named.map((name) => [VARIABLES[name], text(settings[name])]))
}

const LOGIN_SEC = 3_600

/**
 * The same for servers under load, which goes over plain HTTP and renews no access token: where nothing else is said,
 * those live as long as their login, so that what is measured of a request is the request.
 */
export function loadEnv(settings: Settings): Record<string, string> {
  const accessTtlSec = String(settings.ttlSec ?? LOGIN_SEC)
  return { PLAIN_HTTP: '1', ACCESS_TTL_SEC: accessTtlSec, ...serverEnv(settings) }
}

/** What a server of a fleet is told besides. */
interface Told {
  /** Its id. */
  replica: string
  nonce: string
  keys: string
  keyPrefix: string
  redisUrl: string | undefined
}

/** The environment of one server of a fleet, but for where it listens. */
export function replicaEnv(spec: FleetSpec, told: Told): Record<string, string> {
  return {
    SCHEME: spec.scheme,
    REPLICA: told.replica,
    RUN_NONCE: told.nonce,
    KEYS: told.keys,
    KEY_PREFIX: told.keyPrefix,
    USERS: String(spec.users),
    ...loadEnv(spec.settings ?? {}),
    ...(told.redisUrl === undefined ? {} : { REDIS_URL: told.redisUrl }),
  }
}

/** Switches are 1 and 0 in an environment, and lists have commas between their values. */
function text(value: Settings[Setting]): string {
  return typeof value === 'boolean' ? String(Number(value)) : String(value)
}
