/**
 * The contract between the one Express app and the many ways of remembering who is logged in. The registry (scheme.ts)
 * knows which schemes there are; nothing here does.
 */
import type { Request, RequestHandler, Response } from 'express'
import type { ServerConfig } from './config.ts'
import type { User } from './users/directory.ts'

declare global {
  namespace Express {
    interface Locals {
      /** Set by every guard. */
      user: User
    }
  }
}

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
  /** What the holder of a credential can read in it without a key: a mere name, the profile, or nothing. */
  payload: 'opaque' | 'readable' | 'encrypted'
  /** How a token is made; absent where the credential only names what the server keeps. */
  token?: 'jws' | 'jwe' | 'paseto'
  /** Whether a login ends some day, however busy its user is. */
  lastDay: boolean
  /** Packages as their READMEs show them: what those leave out is left out here too. */
  stock?: true
  /** The store has to be asked about a forged credential, since nothing in it is signed. */
  unsigned?: true
  /** A reader of the store finds there what the client sends, at most without its signature. */
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
  /** The same, and from then on nobody logs in as this user. */
  disable?(req: Request, res: Response): Promise<void>
  /** New credentials for a refresh token; absent where credentials are not renewed. Throws Unauthorized. */
  refresh?(refreshToken: string): Promise<IssuedCredential>
  /** Lets go of connections and timers. */
  close(): Promise<void>
}

/** A command to Redis with its arguments. */
export type Command = readonly [name: string, ...args: (string | number)[]]

export interface Scheme {
  /** One line for `npm run bench -- list`. */
  readonly summary: string
  readonly traits: Traits
  /**
   * What a guarded request asks of Redis: how many of each command; absent where it asks nothing. A scheme that is
   * bounded by `NEAR_CACHE_SEC` asks it once, and then believes the answer for as long.
   */
  readonly commands?: Readonly<Record<string, number>>
  /** Each command that it sends to Redis, on which keys, as it is tried at start; absent where it keeps nothing there. */
  readonly sends?: (config: ServerConfig) => readonly Command[]
  /** Connects and imports keys once, before the server listens. Throws a ConfigError for unusable settings. */
  open(config: ServerConfig): Promise<Auth>
}

/** Seconds since 1970, as sessions and tokens count them. */
export function nowSec(): number {
  return Math.floor(Date.now() / 1000)
}

/** No valid credential: answered 401. */
export class Unauthorized extends Error {
  constructor() {
    super('unauthorized')
  }
}

/** The store could not be asked in time: answered 503, since neither yes nor no would be true. */
export class Unavailable extends Error {
  constructor(cause: unknown) {
    super('the store is unavailable', { cause })
  }
}

/**
 * What is remembered about this user does not fit into what a client keeps: answered 500, since neither another
 * request nor another moment would help; 413 would blame a body of the client that is small and right.
 */
export class CredentialTooLarge extends Error {
  constructor() {
    super('the credential is larger than a client keeps')
  }
}
