/** What every scheme built on express-session shares: the schemes differ in nothing but their store. */
import type { Request, RequestHandler } from 'express'
import session, { type Store } from 'express-session'
import type { ServerConfig } from '../config.ts'
import { type Auth, nowSec, Unauthorized, Unavailable } from '../contract.ts'
import { type Logins, userWide } from '../stores/logins.ts'
import type { User } from '../users/directory.ts'
import { cookieCredential, cookieName, cookieOptions } from '../wire/credentials.ts'

declare module 'express-session' {
  interface SessionData {
    user: User
    /** Seconds since 1970; only where a session has a last day. */
    since?: number
  }
}

/** What express-session leaves to the application: a last day, and ending all sessions of a user. */
export interface Lifetimes {
  logins: Logins
  /** Key of a session in Redis. */
  keyOf(id: string): string
}

/** An Auth over any store of express-session. */
export function sessionAuth(
  config: ServerConfig,
  store: Store,
  close: () => Promise<void>,
  lifetimes?: Lifetimes,
): Auth {
  const name = cookieName(config, 'sid')
  const middleware = session({
    name,
    secret: config.keys.sessionSecret,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { ...cookieOptions(config), maxAge: config.ttlSec * 1000 },
  })

  const guard: RequestHandler = (req, res, next) => {
    if (cookieCredential(req, name) === undefined) return next(new Unauthorized())
    middleware(req, res, (error: unknown) => {
      if (error) return next(storeError(error))
      const { user, since } = req.session
      if (!user || (since !== undefined && nowSec() >= since + config.absoluteTtlSec)) {
        return next(new Unauthorized())
      }
      res.locals.user = user
      next()
    })
  }

  return {
    guard,
    async login(req, res, user) {
      await settled(req, (done) => middleware(req, res, done))
      // A new id: nobody who planted or saw the earlier one can use it after the login.
      await settled(req, (done) => req.session.regenerate(done))
      if (lifetimes) req.session.since = nowSec()
      const issued = await keep(req, user)
      if (lifetimes) await noted(req, lifetimes, user)
      return issued
    },
    save(req, _res, user) {
      return keep(req, user)
    },
    async logout(req, res) {
      const id = req.sessionID
      await settled(req, (done) => req.session.destroy(done))
      await lifetimes?.logins.remove(res.locals.user.username, lifetimes.keyOf(id))
      res.clearCookie(name, cookieOptions(config))
    },
    ...(lifetimes && userWide(lifetimes.logins)),
    close,
  }
}

/** A session of an account that was closed meanwhile is gone already; its cookie must not be set either. */
async function noted(req: Request, { logins, keyOf }: Lifetimes, { username }: User): Promise<void> {
  try {
    await logins.add(username, keyOf(req.sessionID))
  } catch (error) {
    Reflect.deleteProperty(req, 'session')
    throw error
  }
}

/** Saves before the answer: express-session's own save begins after the status line was sent. */
async function keep(req: Request, user: User): Promise<Record<string, never>> {
  req.session.user = user
  await settled(req, (done) => req.session.save(done))
  return {}
}

/** Waits for a step of express-session; after a failure the reply must neither save nor set a cookie. */
async function settled(req: Request, step: (done: (error?: unknown) => void) => void): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => step((error) => (error ? reject(error) : resolve())))
  } catch (error) {
    Reflect.deleteProperty(req, 'session')
    throw storeError(error)
  }
}

function storeError(error: unknown): Error {
  return error instanceof Unauthorized ? error : new Unavailable(error)
}
