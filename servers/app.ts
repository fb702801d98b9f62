/** The routes that every scheme shares, byte for byte. It reads a scheme's traits and knows no scheme. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { ServerConfig } from './config.ts'
import { type Auth, CredentialTooLarge, type Traits, Unauthorized, Unavailable } from './contract.ts'
import { work } from './handler-work.ts'
import { createDirectory, parsePreferences } from './users/directory.ts'
import { createAuthenticate } from './users/passwords.ts'
import { httpsOnly, privatePage, sameOriginOnly } from './wire/browsers.ts'

/** An Express app that serves one scheme; it does not listen yet. */
export function createApp(config: ServerConfig, auth: Auth, { traits }: { traits: Traits }): Express {
  const app = express()
  app.disable('x-powered-by')
  // Replies are not stored, so nobody could revalidate them; hashing each body would be measured as well.
  app.disable('etag')
  // A TLS proxy on this machine says by X-Forwarded-Proto whether Secure cookies may be set.
  if (!config.plainHttp) app.set('trust proxy', 'loopback')

  const page = privatePage(config)
  const unsafe = traits.transport === 'cookie' ? [sameOriginOnly(config)] : []
  const loginChannel = traits.transport === 'cookie' && !config.plainHttp ? [httpsOnly] : []
  // Enough for the largest preferences with every character escaped, and far below what would hurt.
  const json = express.json({ limit: '16kb' })
  const authenticate = createAuthenticate(createDirectory(config), config.passwordHash)

  app.get('/me', page, auth.guard, (_req, res) => {
    res.json(res.locals.user)
  })

  for (const us of config.handlerUs)
    app.get(`/me/work/${us}`, page, auth.guard, (_req, res) => {
      work(us)
      res.json(res.locals.user)
    })

  app.put('/me/preferences', page, ...unsafe, auth.guard, json, async (req, res) => {
    const preferences = parsePreferences(req.body)
    if (preferences === undefined) return void res.status(400).json(MALFORMED)
    const issued = await auth.save(req, res, { ...res.locals.user, preferences })
    res.json({ preferences, ...issued })
  })

  app.post('/login', page, ...unsafe, ...loginChannel, json, async (req, res) => {
    const { username, password } = req.body ?? {}
    if (!isText(username) || !isText(password)) return void res.status(400).json(MALFORMED)
    const user = await authenticate(username, password)
    if (user === undefined) return void res.status(401).json({ error: 'invalid credentials' })
    res.json(await auth.login(req, res, user))
  })

  app.post('/logout', page, ...unsafe, auth.guard, async (req, res) => {
    await auth.logout(req, res)
    res.status(204).end()
  })

  app.post('/logout-everywhere', page, ...unsafe, auth.guard, async (req, res) => {
    if (!auth.logoutEverywhere) return void res.status(501).json(CANNOT)
    await auth.logoutEverywhere(req, res)
    res.status(204).end()
  })

  app.post('/me/disable', page, ...unsafe, auth.guard, async (req, res) => {
    if (!auth.disable) return void res.status(501).json(CANNOT)
    await auth.disable(req, res)
    res.status(204).end()
  })

  app.post('/refresh', page, ...unsafe, json, async (req, res) => {
    if (!auth.refresh) return void res.status(501).json(CANNOT)
    const { refreshToken } = req.body ?? {}
    if (typeof refreshToken !== 'string') return void res.status(400).json(MALFORMED)
    res.json(await auth.refresh(refreshToken))
  })

  app.get('/public', (_req, res) => {
    res.json({ message: 'no login needed' })
  })

  app.get('/healthz', (_req, res) => {
    const { scheme, replica, nonce } = config
    res.json({ scheme, replica, nonce, pid: process.pid, node: process.version })
  })

  app.get('/metrics', createMetrics())

  app.use((_req, res) => {
    res.status(404).json({ error: 'not found' })
  })
  app.use(answerError(traits))
  return app
}

const MALFORMED = { error: 'malformed request' }
const CANNOT = { error: 'not possible with this scheme' }

/**
 * Answers prom-client's metrics of the process, read between measurements and kept off the measured routes. `?gc=1`
 * collects garbage first, if the process was started with --expose-gc.
 */
function createMetrics(): RequestHandler {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return async (req, res) => {
    // Without it the heap figure is mostly garbage that the collector did not get to yet.
    if (req.query.gc === '1') globalThis.gc?.()
    res.type(register.contentType).send(await register.metrics())
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 256
}

function answerError({ transport }: Traits): ErrorRequestHandler {
  return (error, req, res, _next) => {
    if (res.headersSent) {
      // express-session reports a failed touch after the reply. A reply that is not complete is cut off.
      if (!res.writableEnded) res.destroy()
    } else if (error instanceof Unauthorized) {
      if (transport === 'bearer') res.setHeader('WWW-Authenticate', 'Bearer')
      res.status(401).json({ error: 'unauthorized' })
    } else if (error instanceof Unavailable) {
      res.status(503).json({ error: 'unavailable' })
    } else if (error instanceof CredentialTooLarge) {
      res.status(500).json({ error: 'credential too large' })
    } else if (error.status >= 400 && error.status < 500) {
      res.status(error.status).json(MALFORMED)
    } else {
      console.error(`${req.method} ${req.path}: ${error.stack}`)
      res.status(500).json({ error: 'internal' })
    }
  }
}
