/** What every scheme built on express-session shares: the schemes differ in nothing but their store. */
import type { Request, RequestHandler } from 'express'
import session, { type Store } from 'express-session'
import type { ServerConfig } from '../config.ts'
import { type Auth, nowSec, Unauthorized, Unavailable } from '../contract.ts'
import { type Epoch, type Epochs, userWide } from '../stores/epochs.ts'
import { isUser, type User } from '../users/directory.ts'
import { cookieCredential, cookieName, cookieOptions } from '../wire/credentials.ts'
import { newId, userTag } from '../wire/split-secret.ts'

declare module 'express-session' {
  interface SessionData {
    user: User
    /** Of the login, in seconds since 1970; only where a session has a last day. */
    since?: number
  }
}

/**
 * An Auth over any store of express-session.
 * @param epochs where there is what express-session leaves to the application: a last day, and an end for all sessions of
 * a user, which the store then checks. Ids of sessions have their user's tag.
 */
export function sessionAuth(
  config: ServerConfig,
  store: Store,
  close: () => Promise<void>,
  epochs?: Epochs,
): Auth {
  const name = cookieName(config, 'sid')
  const loggingIn = new WeakMap<Request, User>()
  // As long as the login may last: the store knows which session is unused, and no reply has to prolong the cookie. The
  // packages alone know one lifetime for both.
  const lifetimeSec = epochs ? config.absoluteTtlSec : config.ttlSec
  const middleware = session({
    name,
    secret: config.keys.sessionSecret,
    store,
    resave: false,
    saveUninitialized: false,
    cookie: { ...cookieOptions(config), maxAge: lifetimeSec * 1000 },
    ...(epochs && { genid: (req) => newId(loggingIn.get(req)?.username ?? '') }),
  })

  const guard: RequestHandler = (req, res, next) => {
    if (cookieCredential(req, name) === undefined) return next(new Unauthorized())
    middleware(req, res, (error: unknown) => {
      if (error) return next(storeError(error))
      const { user, since } = req.session
      if (!isUser(user) || (since !== undefined && nowSec() >= since + config.absoluteTtlSec)) {
        return next(new Unauthorized())
      }
      res.locals.user = user
      next()
    })
  }

  return {
    guard,
    async login(req, res, user) {
      // What is no credential for a guard must be none here: of two cookies the middleware would read the first.
      if (cookieCredential(req, name) === undefined) delete req.headers.cookie
      await settled(req, (done) => middleware(req, res, done))
      loggingIn.set(req, user)
      // A new id: nobody who planted or saw the earlier one can use it after the login.
      await settled(req, (done) => req.session.regenerate(done))
      if (epochs) {
        req.session.since = nowSec()
        req.session.epoch = await begun(req, epochs, user)
      }
      return keep(req, user)
    },
    save(req, _res, user) {
      return keep(req, user)
    },
    async logout(req, res) {
      await settled(req, (done) => req.session.destroy(done))
      res.clearCookie(name, cookieOptions(config))
    },
    ...(epochs && userWide(epochs)),
    close,
  }
}

/** No session for a closed account, and no cookie either. */
async function begun(req: Request, { begin }: Epochs, { username }: User): Promise<Epoch> {
  try {
    return await begin(userTag(username))
  } catch (error) {
    Reflect.deleteProperty(req, 'session')
    throw error
  }
}

/** Saves before the answer: express-session's own save begins after the status line was sent. */
async function keep(req: Request, user: User): Promise<Record<string, never>> {
  req.session.user = user
  await settled(req, (done) => req.session.save(done))
  // The store takes it from a request whose session has ended meanwhile.
  if (req.session === undefined) throw new Unauthorized()
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
