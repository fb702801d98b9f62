/**
 * A server for the tests of journeys: strict about credentials, with one fault at a time, and an account of its own.
 * Each reply that hands out a credential ends the one before it, so that only a client that takes it gets on.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import type { Traits } from '../../servers/scheme.ts'

export type Fault =
  /** Every third write ends its connection without a reply. */
  | 'closing'
  /** Every third write gets a 500. */
  | 'failing'
  /** Every third write is never answered. */
  | 'hanging'
  /** Reads show nothing of what was written. */
  | 'forgetting'
  /** Logins succeed without handing out anything. */
  | 'empty-handed'
  /** Each reply is the last of its connection. */
  | 'hanging-up'
  /** Everything takes a fifth of a second. */
  | 'slow'

export interface JourneyServer {
  url: string
  /** The steps of each login, one after the other, as `name status`. */
  journeys: string[][]
  /** Most logins of one user that were open at once. */
  mostAtOnce: number
}

interface Login {
  user: string
  steps: string[]
  credential: string
  preferences: object
}

/** Ends with the test. */
export async function startJourneyServer(
  t: TestContext,
  transport: Traits['transport'],
  fault?: Fault,
): Promise<JourneyServer> {
  const account: JourneyServer = { url: '', journeys: [], mostAtOnce: 0 }
  const open = new Map<string, Login>()
  let issued = 0
  let writes = 0

  const issue = (login: Login, res: ServerResponse): object => {
    open.delete(login.credential)
    login.credential = transport === 'none' ? login.user : `secret-${issued++}`
    open.set(login.credential, login)
    if (fault === 'empty-handed') return {}
    if (transport === 'cookie') {
      const isFirst = login.steps.length === 0
      res.setHeader('Set-Cookie', [`sid=${login.credential}; Path=/`, ...(isFirst ? ['SRV=r1; path=/'] : [])])
    }
    return transport === 'bearer' ? { token: login.credential } : {}
  }

  const logIn = (body: string, res: ServerResponse): void => {
    const { username, password } = JSON.parse(body) as { username: string; password: string }
    const login = { user: username, steps: [], credential: '', preferences: {} }
    account.journeys.push(login.steps)
    const reply = issue(login, res)
    const now = [...open.values()].filter(({ user }) => user === username).length
    account.mostAtOnce = Math.max(account.mostAtOnce, now)
    done(login, 'login', res, password === `password-${username.slice(4)}` ? 200 : 401, reply)
  }

  const write = (login: Login, body: string, res: ServerResponse): void => {
    const now = ++writes % 3 === 0 ? fault : undefined
    if (now === 'closing') res.destroy()
    else if (now === 'failing') done(login, 'write', res, 500, {})
    else if (now !== 'hanging') {
      if (fault !== 'forgetting') login.preferences = JSON.parse(body) as object
      done(login, 'write', res, 200, issue(login, res))
    }
  }

  const handle = (req: IncomingMessage, res: ServerResponse, body: string): void => {
    const { method, url, headers } = req
    const login = open.get(credentialOf(req))
    if (transport === 'cookie' && method !== 'GET' && headers['sec-fetch-site'] !== 'same-origin')
      answer(res, 403, {})
    else if (url === '/login') logIn(body, res)
    else if (!login) answer(res, 401, {})
    else if (method === 'GET') {
      done(login, 'read', res, 200, { username: login.user, preferences: login.preferences })
    } else if (method === 'PUT') write(login, body, res)
    else {
      open.delete(login.credential)
      done(login, 'logout', res, 204)
    }
  }

  const done = (login: Login, step: string, res: ServerResponse, status: number, body?: object): void => {
    login.steps.push(`${step} ${status}`)
    answer(res, status, body)
  }

  const answer = (res: ServerResponse, status: number, body?: object): void => {
    const text = body === undefined ? '' : JSON.stringify(body)
    if (body !== undefined) res.setHeader('Content-Length', text.length)
    if (fault === 'hanging-up') res.setHeader('Connection', 'close')
    res.writeHead(status).end(text)
  }

  const credentialOf = ({ headers }: IncomingMessage): string => {
    if (transport === 'none') return String(headers['x-user'])
    if (transport === 'bearer') return /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
    // A session counts only together with the cookie that keeps it on its replica.
    return (
      /^sid=([\w-]+); SRV=r1$|^SRV=r1; sid=([\w-]+)$/
        .exec(headers.cookie ?? '')
        ?.slice(1)
        .find(Boolean) ?? ''
    )
  }

  const server = createServer((req, res) => {
    let body = ''
    req.on('data', (text) => {
      body += text
    })
    req.on('end', () => setTimeout(() => handle(req, res, body), fault === 'slow' ? 200 : 0))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  account.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return account
}
