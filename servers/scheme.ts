/** The contract between the one Express app and the many ways of remembering who is logged in. */
import type { Request, RequestHandler, Response } from 'express'
import type { ServerConfig } from './config.ts'
import type { User } from './users/directory.ts'

/** What a scheme declares about itself. The conformance test and the experiments check each of these. */
export interface Traits {
  /** Where the state of a logged-in user lives between two requests. */
  state: 'none' | 'process' | 'redis' | 'token' | 'token+redis'
  /** How the credential travels; `none` names a user in `X-User` and proves nothing. */
  transport: 'none' | 'cookie' | 'bearer'
  /**
   * When a credential stops working after its logout was acknowledged: within milliseconds on every replica, within
   * the setting that `boundedBy` names, when it expires; the control's `X-User` never does.
   */
  revocation: 'immediate' | 'bounded' | 'at-expiry' | 'never'
  /** The same for all credentials of a user at once, and for closing an account. */
  userWide: 'immediate' | 'bounded' | 'cannot'
  /** The setting, in seconds, that bounds how long a revoked credential may still be let in. */
  boundedBy?: 'ACCESS_TTL_SEC' | 'NEAR_CACHE_SEC'
  /** What the holder of a credential finds in it without a key: a name of something, the profile, or nothing legible. */
  payload: 'opaque' | 'readable' | 'encrypted'
  /** How a token is made; absent where the credential only names what the server keeps. */
  token?: 'jws' | 'jwe' | 'paseto'
  /** Whether a login ends some day, however busy its user is. */
  lastDay: boolean
  /** Packages as their READMEs show them: what those leave out is left out here too. */
  stock?: true
  /** The store has to be asked about a forged credential, since nothing in it is signed. */
  unsigned?: true
  /** Who reads the store finds there what the client sends, or all of it but a signature. */
  storesRawId?: true
}

/** What goes into the JSON body of a reply that issues a credential: nothing when a cookie carries it. */
type IssuedCredential = { token?: string; refreshToken?: string }

export interface Auth {
  /** Starts a login for a user whose password was right; answers after the state is safely kept. */
  login(req: Request, res: Response, user: User): Promise<IssuedCredential>
  /** Puts the remembered user into `res.locals.user`, or answers 401. */
  guard: RequestHandler
  /** Changes what is remembered about the user of a guarded request. */
  save(req: Request, res: Response, user: User): Promise<IssuedCredential>
  /** Ends the login of a guarded request, as far as the scheme's `revocation` trait says it can. */
  logout(req: Request, res: Response): Promise<void>
  /** Ends all logins of the user of a guarded request; absent where `userWide` is `cannot`. */
  logoutEverywhere?(req: Request, res: Response): Promise<void>
  /** The same, and nobody logs in as this user any more. */
  disable?(req: Request, res: Response): Promise<void>
  /** New credentials for a refresh token; absent where credentials are not renewed. Throws Unauthorized. */
  refresh?(refreshToken: string): Promise<IssuedCredential>
  /** Lets go of connections and timers. */
  close(): Promise<void>
}

export interface Scheme {
  /** One line for `npm run bench -- list`. */
  readonly summary: string
  readonly traits: Traits
  /** Connects and imports keys once, before the server listens. Throws a ConfigError for unusable settings. */
  open(config: ServerConfig): Promise<Auth>
}

/** Every scheme by name; modules load lazily so that a server carries only the libraries of its own scheme. */
export const schemes = {
  none: () => import('./schemes/none.ts'),
  'session-memory': () => import('./schemes/session-memory.ts'),
  'session-redis': () => import('./schemes/session-redis.ts'),
  'session-redis-tuned': () => import('./schemes/session-redis-tuned.ts'),
  'session-redis-hashed': () => import('./schemes/session-redis-hashed.ts'),
  'session-redis-cached': () => import('./schemes/session-redis-cached.ts'),
  'jwt-hs256': () => import('./schemes/jwt-hs256.ts'),
  'jwt-hs256-fast': () => import('./schemes/jwt-hs256-fast.ts'),
  'jwt-rs256': () => import('./schemes/jwt-rs256.ts'),
  'jwt-es256': () => import('./schemes/jwt-es256.ts'),
  'jwt-eddsa': () => import('./schemes/jwt-eddsa.ts'),
  'jwt-cookie': () => import('./schemes/jwt-cookie.ts'),
  'jwt-denylist': () => import('./schemes/jwt-denylist.ts'),
  'jwt-refresh': () => import('./schemes/jwt-refresh.ts'),
  jwe: () => import('./schemes/jwe.ts'),
  'paseto-v4-public': () => import('./schemes/paseto-v4-public.ts'),
  'paseto-v4-local': () => import('./schemes/paseto-v4-local.ts'),
} satisfies Record<string, () => Promise<{ scheme: Scheme }>>

export type SchemeName = keyof typeof schemes

export const schemeNames = Object.keys(schemes) as SchemeName[]

export function isSchemeName(name: string): name is SchemeName {
  return Object.hasOwn(schemes, name)
}
