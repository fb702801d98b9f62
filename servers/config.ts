/** Reads a server's settings from its environment once, and refuses to start on bad ones. */
import type { JWK } from 'jose'
import { isSchemeName, type SchemeName, schemeNames } from './scheme.ts'

/** A setting that cannot be used. The message is one line: which one, and what to do. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
}

/** Signing material, shared by all replicas of a fleet: a session secret and one private JWK an algorithm. */
export interface KeyRing {
  sessionSecret: string
  HS256: JWK
  RS256: JWK
  ES256: JWK
  EdDSA: JWK
}

const PASSWORD_HASHES = ['off', 'scrypt'] as const
export type PasswordHash = (typeof PASSWORD_HASHES)[number]

const KEY_FORMS = ['crypto-key', 'key-object', 'bytes'] as const
export type KeyForm = (typeof KEY_FORMS)[number]

export interface ServerConfig {
  /** Name of the scheme in the registry (`SCHEME`). */
  scheme: SchemeName
  /** Interface to listen on (`HOST`, default 127.0.0.1). */
  host: string
  /** Port; 0 lets the system choose (`PORT`, default 3000). */
  port: number
  /** Name of this replica in `/healthz` (`REPLICA`, default r1). */
  replica: string
  /** Echoed by `/healthz`, so that a stray server is never measured (`RUN_NONCE`). */
  nonce: string
  /** `REDIS_URL`, `unix:///path` for a socket; only schemes that keep state in Redis need it. */
  redisUrl: string | undefined
  /** What a request waits for Redis before it is answered 503, in ms (`REDIS_TIMEOUT_MS`, default 250). */
  redisTimeoutMs: number
  /** Put before every Redis key (`KEY_PREFIX`, default empty). */
  keyPrefix: string
  /** `KEYS`, the JSON that `keygen` prints. */
  keys: KeyRing
  /** Lifetime of a login in seconds (`TTL_SEC`, default 3600). */
  ttlSec: number
  /** Number of users in the directory, user0 to user{N-1} (`USERS`, default 1000). */
  users: number
  /** Bytes of JSON of the preferences that the directory gives each user (`STATE_BYTES`, 0 to 65536, default 0). */
  stateBytes: number
  /** What a login costs: a comparison, or one derivation as in production (`PASSWORD_HASH`, default off). */
  passwordHash: PasswordHash
  /**
   * Whether session-redis prolongs a session each time that it is read (`TOUCH`, default 1). With 0 a session ends
   * `ttlSec` after its login or last change, however busy its user is.
   */
  touch: boolean
  /** Whether ioredis sends the commands of one tick together (`AUTO_PIPELINING`); undefined: as the scheme has it. */
  autoPipelining: boolean | undefined
  /** What the verifier of tokens holds of its key (`KEY_FORM`, default crypto-key; keys.ts has the others). */
  keyForm: KeyForm
  /**
   * How long jwt-denylist believes that a login was not ended, in seconds (`DENYLIST_CACHE_SEC`, 0 to 3600, default 0).
   * So long after its logout, a token may still be let in by the other replicas; the one that ended it refuses it at once.
   */
  denylistCacheSec: number
  /** Cookies without Secure and `__Host-`, for load over plain HTTP only (`PLAIN_HTTP=1`). */
  plainHttp: boolean
}

const MIN_SECRET_BYTES = 32

/** The settings in `env`. Throws a ConfigError for the first one that cannot be used. */
export function readConfig(env: NodeJS.ProcessEnv): ServerConfig {
  return {
    scheme: readScheme(env.SCHEME),
    host: env.HOST || '127.0.0.1',
    port: readInteger(env, 'PORT', 3000, 0, 65_535),
    replica: env.REPLICA || 'r1',
    nonce: env.RUN_NONCE ?? '',
    redisUrl: env.REDIS_URL || undefined,
    redisTimeoutMs: readInteger(env, 'REDIS_TIMEOUT_MS', 250, 1, 60_000),
    keyPrefix: env.KEY_PREFIX ?? '',
    keys: readKeys(env.KEYS),
    ttlSec: readInteger(env, 'TTL_SEC', 3600, 1, 31_536_000),
    users: readInteger(env, 'USERS', 1000, 1, 1_000_000_000),
    stateBytes: readInteger(env, 'STATE_BYTES', 0, 0, 65_536),
    passwordHash: readChoice(env, 'PASSWORD_HASH', PASSWORD_HASHES),
    touch: readSwitch(env, 'TOUCH', true),
    autoPipelining: env.AUTO_PIPELINING ? readSwitch(env, 'AUTO_PIPELINING', false) : undefined,
    keyForm: readChoice(env, 'KEY_FORM', KEY_FORMS),
    denylistCacheSec: readInteger(env, 'DENYLIST_CACHE_SEC', 0, 0, 3600),
    plainHttp: readSwitch(env, 'PLAIN_HTTP', false),
  }
}

function readScheme(name: string | undefined): SchemeName {
  if (name !== undefined && isSchemeName(name)) return name
  throw new ConfigError(`SCHEME is ${quote(name)}: set it to one of ${schemeNames.join(', ')}`)
}

function readInteger(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  min: number,
  max: number,
): number {
  const text = env[name] || String(fallback)
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= min && value <= max) return value
  throw new ConfigError(`${name} is ${quote(text)}: set it to a whole number from ${min} to ${max}`)
}

/** The first choice is the default. */
function readChoice<T extends string>(env: NodeJS.ProcessEnv, name: string, choices: readonly T[]): T {
  const text = env[name] || choices[0]
  const known = choices.find((each) => each === text)
  if (known !== undefined) return known
  throw new ConfigError(`${name} is ${quote(text)}: set it to one of ${choices.join(', ')}`)
}

function readSwitch(env: NodeJS.ProcessEnv, name: string, fallback: boolean): boolean {
  const text = env[name] || (fallback ? '1' : '0')
  if (text === '0' || text === '1') return text === '1'
  throw new ConfigError(`${name} is ${quote(text)}: set it to 0 or 1, or leave it out`)
}

/** Keys are checked for every algorithm, whatever the scheme, so that a bad ring never gets half into use. */
function readKeys(text: string | undefined): KeyRing {
  if (!text) throw new ConfigError('KEYS is not set: put the JSON that keygen prints into it')
  const keys = parseObject(text) as Partial<KeyRing> | undefined
  if (!keys) throw new ConfigError('KEYS is not a JSON object: put the output of keygen into it, unchanged')
  const missing = ['sessionSecret', 'HS256', 'RS256', 'ES256', 'EdDSA'].filter(
    (name) => !Object.hasOwn(keys, name),
  )
  if (missing.length > 0)
    throw new ConfigError(`KEYS lacks ${missing.join(', ')}: make a new ring with keygen`)
  requireSecret('KEYS.sessionSecret', keys.sessionSecret)
  requireSecret('KEYS.HS256.k', keys.HS256?.k)
  return keys as KeyRing
}

function requireSecret(name: string, secret: unknown): void {
  const bytes = typeof secret === 'string' ? Buffer.from(secret, 'base64url').length : 0
  if (bytes >= MIN_SECRET_BYTES) return
  throw new ConfigError(
    `${name} has ${bytes} bytes and needs ${MIN_SECRET_BYTES}: make a new ring with keygen`,
  )
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    // The parser's message quotes its input, which holds private keys; the caller says what is wrong.
    return undefined
  }
}

function quote(value: string | undefined): string {
  return value === undefined ? 'not set' : JSON.stringify(value)
}
