/** What every scheme built on express-session shares: the schemes differ in nothing but their store. */
import type { Request, RequestHandler } from 'express'
import session, { type Store } from 'express-session'
import type { ServerConfig } from './config.ts'
import { cookieCredential, cookieName, cookieOptions } from './credentials.ts'
import { Unauthorized, Unavailable } from './errors.ts'
import type { Auth } from './scheme.ts'
import type { User } from './users.ts'

declare module 'express-session' {
  interface SessionData {
    user: User
  }
}

/** An Auth over any store of express-session. */
export function sessionAuth(config: ServerConfig, store: Store, close: () => Promise<void>): Auth {
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
      const user = req.session.user
      if (!user) return next(new Unauthorized())
      res.locals.user = user
      next()
    })
  }

  return {
    guard,
    async login(req, res, user) {
      await settled(req, (done) => middleware(req, res, done))
      // A new id, so that nobody who planted or saw the one before the login can use it afterwards.
      await settled(req, (done) => req.session.regenerate(done))
      return keep(req, user)
    },
    save(req, _res, user) {
      return keep(req, user)
    },
    async logout(req, res) {
      await settled(req, (done) => req.session.destroy(done))
      res.clearCookie(name, cookieOptions(config))
    },
    close,
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
