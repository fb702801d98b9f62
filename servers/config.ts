/** Reads a server's settings from its environment once, and refuses to start on bad ones. */
import type { JWK } from 'jose'

/** A setting that cannot be used. The message is one line: which one, and what to do. */
export class ConfigError extends Error {
  readonly code = 'BAD_CONFIG'
}

/** Runs a program; a setting that it cannot use is its last line, and no stack trace. */
export async function orOneLine(program: string, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    console.error(`${program}: ${error.message}`)
    process.exit(1)
  }
}

const SECRETS = ['HS256', 'A256GCM', 'v4.local'] as const
const ROTATED = ['RS256', 'ES256', 'EdDSA', 'v4.public'] as const

/** Keys with a public half. They have a name (`kid`), so that one can be replaced while its tokens are still in use. */
export type Rotated = (typeof ROTATED)[number]

/**
 * The keys that all replicas of a fleet share: a session secret, and one JWK for each way to make a token. A JWK is a
 * private key or a secret; a secret for encryption has 32 bytes.
 */
export type KeyRing = { sessionSecret: string } & Record<(typeof SECRETS)[number] | Rotated, JWK> & {
    /** Keys that were replaced. Their tokens are accepted until the key is removed from here. */
    previous?: Partial<Record<Rotated, JWK[]>>
  }

const PASSWORD_HASHES = ['off', 'scrypt'] as const
export type PasswordHash = (typeof PASSWORD_HASHES)[number]

const KEY_FORMS = ['crypto-key', 'key-object', 'bytes'] as const
export type KeyForm = (typeof KEY_FORMS)[number]

const DENYLIST_DOWN = ['closed', 'open'] as const
type DenylistDown = (typeof DENYLIST_DOWN)[number]

const HALF_A_DAY_SEC = 43_200
const ACCESS_SEC = 300

export interface ServerConfig {
  /** Name of the scheme (`SCHEME`); the registry knows which there are. */
  scheme: string
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
  /** How long a request waits for Redis before it is answered 503, in ms (`REDIS_TIMEOUT_MS`, default 250). */
  redisTimeoutMs: number
  /** Put before every Redis key (`KEY_PREFIX`, default empty). */
  keyPrefix: string
  /** `KEYS`, the JSON that `keygen` prints. */
  keys: KeyRing
  /** Lifetime of a login in seconds; of a session, since it was last used (`TTL_SEC`, default 3600). */
  ttlSec: number
  /**
   * How long a session lasts at most, however busy its user is, in seconds; only some schemes limit it
   * (`ABSOLUTE_TTL_SEC`, default 12 hours, never less than `TTL_SEC`).
   */
  absoluteTtlSec: number
  /** Lifetime of an access token that can be renewed, in seconds (`ACCESS_TTL_SEC`, 1 to `TTL_SEC`, default 300). */
  accessTtlSec: number
  /**
   * How long after its use a refresh token may be used again, in seconds (`REFRESH_GRACE_SEC`, 0 to 60, default 10, at
   * most `ACCESS_TTL_SEC`): a reply may have been lost. It gets the same successor, unless that was used. 0 is strict:
   * a second use ends the login.
   */
  refreshGraceSec: number
  /**
   * How long a replica believes a session that it has read, at most, in seconds (`NEAR_CACHE_SEC`, 1 to 60, default 5,
   * at most half of `TTL_SEC`): the bound for when Redis cannot tell it of changes.
   */
  nearCacheSec: number
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
  /**
   * In which form the verifier of tokens holds its key (`KEY_FORM`, default crypto-key; tokens/keys.ts has the others).
   */
  keyForm: KeyForm
  /**
   * How long jwt-denylist believes that a login was not ended, in seconds (`DENYLIST_CACHE_SEC`, 0 to 3600, default 0).
   * For that long after a logout the other replicas may still let its token in; the one that ended it refuses it at
   * once.
   */
  denylistCacheSec: number
  /**
   * What jwt-denylist does when Redis cannot be asked (`DENYLIST_DOWN`): `closed`, the default, answers 503; `open`
   * lets in every valid token, even a revoked one.
   */
  denylistDown: DenylistDown
  /**
   * CPU times of handler work in µs that can be asked for, each at a route of its own, `GET /me/work/<µs>` (`HANDLER_US`,
   * whole numbers from 1 to 100000 between commas, default none).
   */
  handlerUs: readonly number[]
  /** Cookies without Secure and `__Host-`, for load over plain HTTP only (`PLAIN_HTTP=1`). */
  plainHttp: boolean
}

const MIN_SECRET_BYTES = 32
const LONGEST_SEC = 31_536_000

/** The settings in `env`, for one of these schemes. Throws a ConfigError for the first one that cannot be used. */
export function readConfig<Name extends string>(
  env: NodeJS.ProcessEnv,
  schemes: readonly Name[],
): ServerConfig & { scheme: Name } {
  const ttlSec = readInteger(env, 'TTL_SEC', 3600, 1, LONGEST_SEC)
  // A session in use has to be read again before Redis ends it as unused.
  const longestCacheSec = Math.max(1, Math.min(60, Math.floor(ttlSec / 2)))
  const accessTtlSec = readInteger(env, 'ACCESS_TTL_SEC', Math.min(ACCESS_SEC, ttlSec), 1, ttlSec)
  return {
    // Without a default: another scheme than the one that was meant would look right.
    scheme: oneOf('SCHEME', env.SCHEME, schemes),
    host: env.HOST || '127.0.0.1',
    port: readInteger(env, 'PORT', 3000, 0, 65_535),
    replica: env.REPLICA || 'r1',
    nonce: env.RUN_NONCE ?? '',
    redisUrl: env.REDIS_URL || undefined,
    redisTimeoutMs: readInteger(env, 'REDIS_TIMEOUT_MS', 250, 1, 60_000),
    keyPrefix: env.KEY_PREFIX ?? '',
    keys: readKeys(env.KEYS),
    ttlSec,
    absoluteTtlSec: readInteger(
      env,
      'ABSOLUTE_TTL_SEC',
      Math.max(HALF_A_DAY_SEC, ttlSec),
      ttlSec,
      LONGEST_SEC,
    ),
    accessTtlSec,
    // Within a longer grace a copy could go along unnoticed from one renewal to the next.
    refreshGraceSec: readInteger(
      env,
      'REFRESH_GRACE_SEC',
      Math.min(10, accessTtlSec),
      0,
      Math.min(60, accessTtlSec),
    ),
    nearCacheSec: readInteger(env, 'NEAR_CACHE_SEC', Math.min(5, longestCacheSec), 1, longestCacheSec),
    users: readInteger(env, 'USERS', 1000, 1, 1_000_000_000),
    stateBytes: readInteger(env, 'STATE_BYTES', 0, 0, 65_536),
    passwordHash: readChoice(env, 'PASSWORD_HASH', PASSWORD_HASHES),
    touch: readSwitch(env, 'TOUCH', true),
    autoPipelining: env.AUTO_PIPELINING ? readSwitch(env, 'AUTO_PIPELINING', false) : undefined,
    keyForm: readChoice(env, 'KEY_FORM', KEY_FORMS),
    denylistCacheSec: readInteger(env, 'DENYLIST_CACHE_SEC', 0, 0, 3600),
    denylistDown: readChoice(env, 'DENYLIST_DOWN', DENYLIST_DOWN),
    handlerUs: readIntegers(env, 'HANDLER_US', 1, 100_000),
    plainHttp: readSwitch(env, 'PLAIN_HTTP', false),
  }
}

export function readInteger(
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

/** Between commas; none where it is not set. */
function readIntegers(env: NodeJS.ProcessEnv, name: string, min: number, max: number): number[] {
  const values = (env[name] || '').split(',').filter((text, _, all) => all.length > 1 || text !== '')
  const isRight = (text: string) => /^\d+$/.test(text) && Number(text) >= min && Number(text) <= max
  if (values.every(isRight)) return values.map(Number)
  throw new ConfigError(
    `${name} is ${quote(env[name])}: set it to whole numbers from ${min} to ${max} with commas between them`,
  )
}

/** The first choice is the default. */
function readChoice<T extends string>(env: NodeJS.ProcessEnv, name: string, choices: readonly T[]): T {
  return oneOf(name, env[name] || choices[0], choices)
}

function oneOf<T extends string>(name: string, text: string | undefined, choices: readonly T[]): T {
  const known = choices.find((each) => each === text)
  if (known !== undefined) return known
  throw new ConfigError(`${name} is ${quote(text)}: set it to one of ${choices.join(', ')}`)
}

function readSwitch(env: NodeJS.ProcessEnv, name: string, fallback: boolean): boolean {
  const text = env[name] || (fallback ? '1' : '0')
  if (text === '0' || text === '1') return text === '1'
  throw new ConfigError(`${name} is ${quote(text)}: set it to 0 or 1, or leave it out`)
}

/** Keys are checked for every algorithm, whatever the scheme, so that a bad ring is never half in use. */
export function readKeys(text: string | undefined): KeyRing {
  if (!text) throw new ConfigError('KEYS is not set: put the JSON that keygen prints into it')
  const keys = parseObject(text) as Partial<KeyRing> | undefined
  if (!keys) throw new ConfigError('KEYS is not a JSON object: put the output of keygen into it, unchanged')
  const missing = ['sessionSecret', ...SECRETS, ...ROTATED].filter((name) => !Object.hasOwn(keys, name))
  if (missing.length > 0)
    throw new ConfigError(`KEYS lacks ${missing.join(', ')}: make a new ring with keygen`)
  requireSecret('KEYS.sessionSecret', keys.sessionSecret)
  for (const name of SECRETS) requireSecret(`KEYS.${name}.k`, keys[name]?.k)
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
