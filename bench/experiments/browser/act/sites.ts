/**
 * Three sites over HTTPS on one port, as a browser needs them: the application, a page on a subdomain of it, and a page of
 * somebody else. The application is the real server with two additions: pages, and a form that changes something.
 */
import { readFileSync } from 'node:fs'
import type { Agent, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import { listen } from '../../../fleet/ports.ts'
import { selfSigned } from '../../../fleet/proxy/certificate.ts'
import { agentFor, exchange } from '../../../load/wire/exchange.ts'
import type { BrowserSeen } from '../../../record/types.ts'
import { type Defences, disguised, weakened } from './defences.ts'

/** Two names below one registered domain, which browsers call one site, and one of another site. */
const HOSTS = { app: 'app.test', sibling: 'blog.app.test', stranger: 'evil.test' } as const

/** A request for a change that reached the application, and what the server answered. */
type Arrival = NonNullable<BrowserSeen['forgeries'][number]['arrived']>

export type Sites = Awaited<ReturnType<typeof openSites>>

/**
 * @param upstream base URL of a server that takes a proxy's word on loopback for it that a request came by HTTPS
 * @param defences those of the server that are left
 */
export async function openSites(upstream: string, defences: Defences) {
  const { key, certificate } = selfSigned()
  const own = new Application(upstream, defences)
  const foreign = new OtherSite()
  const server = https.createServer({ key, cert: certificate }, (req, res) => {
    const host = req.headers.host?.split(':')[0]
    const answered = host === HOSTS.app ? own.answer(req, res) : foreign.answer(req, res)
    answered.catch(() => res.destroy())
  })
  const port = await listen(server)
  const originOf = (site: keyof typeof HOSTS) => `https://${HOSTS[site]}:${port}`
  return {
    /** E.g. `https://app.test:41234`. */
    origins: { app: originOf('app'), sibling: originOf('sibling'), stranger: originOf('stranger') },
    /** Requests for a change since this was last asked. */
    arrivals: () => own.arrivals.splice(0),
    /** What was sent to the other site since this was last asked. */
    loot: () => foreign.loot.splice(0),
    async close() {
      own.close()
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}

/** Headers are the browser's, whatever became of the rest: they tell where a request came from. */
interface Passed {
  method: string
  path: string
  body: string
  headers: IncomingHttpHeaders
}

class Application {
  readonly arrivals: Arrival[] = []
  readonly #url: string
  readonly #agent: Agent
  readonly #defences: Defences

  constructor(url: string, defences: Defences) {
    this.#url = url
    this.#agent = agentFor(url)
    this.#defences = defences
  }

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { method = 'GET', url: path = '/', headers } = req
    const { pathname, searchParams } = new URL(path, this.#url)
    if (pathname === '/app') return answerPage(res, page('app.html'))
    // The hole that a script gets in by: a name that is put into a page as it comes.
    if (pathname === '/hello')
      return answerPage(res, `<!doctype html><p>Hello ${searchParams.get('name')}</p>`)
    const body = await text(req)
    if (pathname !== '/change') return this.#pass(res, { method, path, body, headers })
    // The server takes JSON alone, which no form can send: most applications have forms.
    const fields = Object.fromEntries(method === 'POST' ? new URLSearchParams(body) : searchParams)
    const json = { ...headers, 'content-type': 'application/json' }
    await this.#pass(res, { ...CHANGE, body: JSON.stringify(fields), headers: json })
  }

  /** On to the real server, and the reply back to the browser, with those defences alone that are left. */
  async #pass(res: ServerResponse, { headers, ...passed }: Passed): Promise<void> {
    const sent = {
      ...without(disguised(headers, this.#defences), OF_ONE_CONNECTION),
      'x-forwarded-proto': 'https',
      'content-length': Buffer.byteLength(passed.body),
    }
    const reply = await exchange(this.#agent, this.#url, { ...passed, headers: sent })
    if (passed.method === CHANGE.method && passed.path === CHANGE.path) {
      const { cookie = '', authorization } = headers
      const attached = CREDENTIAL.test(cookie) || authorization !== undefined
      this.arrivals.push({ attached, status: reply.status })
    }
    const setCookies = reply.headers['set-cookie']?.map((each) => weakened(each, this.#defences))
    const answered = without(reply.headers, OF_ONE_CONNECTION)
    res.writeHead(reply.status, { ...answered, ...(setCookies && { 'set-cookie': setCookies }) })
    res.end(reply.body)
  }

  close(): void {
    this.#agent.destroy()
  }
}

/** Headers that belong to one connection; the other one has its own. */
const OF_ONE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']

function without<T extends object>(headers: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Partial<T>
}

/** A sticky proxy sets a cookie too, which is nobody's credential. */
const CREDENTIAL = /(?:^|; )__Host-/

/** How the server takes changes. */
const CHANGE = { method: 'PUT', path: '/me/preferences' }

/** A page that sends requests, a script that steals, and where it brings its loot. */
class OtherSite {
  readonly loot: string[] = []

  async answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { pathname } = new URL(req.url ?? '/', 'https://evil.test')
    if (pathname === '/hostile') answerPage(res, page('hostile.html'))
    else if (pathname === '/steal.js') answerPage(res, page('steal.js'), 'text/javascript')
    else if (pathname === '/collect') {
      this.loot.push(await text(req))
      res.writeHead(204).end()
    } else res.writeHead(404).end()
  }
}

function page(name: string): string {
  return readFileSync(new URL(`pages/${name}`, import.meta.url), 'utf8')
}

function answerPage(res: ServerResponse, content: string, type = 'text/html'): void {
  res.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(content)
}
