/** An HTTP client for tests that sends exactly the headers it is told to, and knows how credentials travel. */
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Scheme } from '../contract.ts'
import type { Server } from './servers.ts'

export interface Reply {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** From the first byte sent to the last received. */
  tookMs: number
}

type Headers = Record<string, string | string[]>

export interface Call {
  method?: string
  headers?: Headers
  /** Sent as JSON; a string or a promise of one is sent as it is, a promise after the headers. */
  body?: unknown
}

/** What a logged-in client sends along; `none` sends nothing. */
export type Credential = Headers

const agent = new Agent({ keepAlive: true, maxSockets: 50 })
const PATIENCE_MS = 10_000

/** What a same-origin page behind a TLS proxy on this machine sends. */
const BROWSER: Headers = { 'X-Forwarded-Proto': 'https', 'Sec-Fetch-Site': 'same-origin' }

/** Sends one request. It adds no headers but BROWSER's, and those only where the call gives no other. */
export function send(
  server: Server,
  path: string,
  { method = 'GET', headers = {}, body }: Call = {},
): Promise<Reply> {
  const started = performance.now()
  const json =
    body === undefined
      ? undefined
      : typeof body === 'string' || body instanceof Promise
        ? body
        : JSON.stringify(body)
  const type: Headers = json === undefined ? {} : { 'Content-Type': 'application/json' }
  return new Promise((resolve, reject) => {
    const outgoing = request(
      server.url + path,
      { method, agent, headers: { ...BROWSER, ...type, ...headers } },
      (incoming) => {
        let text = ''
        incoming.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk
        })
        incoming.on('error', reject)
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            tookMs: performance.now() - started,
          }),
        )
      },
    )
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`no reply to ${method} ${path}`)))
    outgoing.on('error', reject)
    if (json instanceof Promise) outgoing.flushHeaders()
    Promise.resolve(json).then((text) => outgoing.end(text), reject)
  })
}

/** The credential that a reply issued; undefined when it has none. */
export function issued({ traits }: Scheme, reply: Reply): Credential | undefined {
  if (traits.transport === 'cookie') {
    const value = reply.headers['set-cookie']?.[0]?.split(';')[0]
    return value === undefined ? undefined : { Cookie: value }
  }
  const token: unknown = reply.text === '' ? undefined : JSON.parse(reply.text).token
  if (typeof token !== 'string') return undefined
  return traits.transport === 'bearer' ? { Authorization: `Bearer ${token}` } : { 'X-User': token }
}

export function loginCall(user: number): Call {
  return { method: 'POST', body: { username: `user${user}`, password: `password-${user}` } }
}

/** Logs a user in, or throws. */
export async function login(
  server: Server,
  scheme: Scheme,
  user: number,
  headers: Headers = {},
): Promise<Credential> {
  const reply = await send(server, '/login', { ...loginCall(user), headers })
  const credential = issued(scheme, reply)
  if (reply.status !== 200 || credential === undefined)
    throw new Error(`login answered ${reply.status} ${reply.text}`)
  return credential
}

export function me(server: Server, credential: Headers): Promise<Reply> {
  return send(server, '/me', { headers: credential })
}

export function logout(server: Server, credential: Headers): Promise<Reply> {
  return send(server, '/logout', { method: 'POST', headers: credential })
}

/** Replaces the preferences. */
export function prefer(server: Server, credential: Headers, preferences: unknown): Promise<Reply> {
  return send(server, '/me/preferences', { method: 'PUT', headers: credential, body: preferences })
}

/** Whether the replica that acknowledged a logout refuses the credential from then on, whatever others still do. */
export function endsHere({ traits }: Scheme): boolean {
  // A token that nobody is asked about lives on; a login in a cache is forgotten by the replica that ended it.
  return traits.revocation === 'immediate' || (traits.revocation === 'bounded' && traits.token === undefined)
}

/** The text of a credential without its header's name: a cookie's value, a token, a name. */
export function secretOf(credential: Credential): { header: string; prefix: string; secret: string } {
  const [[header, value]] = Object.entries(credential) as [[string, string]]
  const prefix = /^(?:Bearer |[\w-]+=)?/.exec(value)?.[0] ?? ''
  return { header, prefix, secret: value.slice(prefix.length) }
}

/** The first reply that is no 503, or the last one after 10 s. */
export async function untilAvailable(ask: () => Promise<Reply>): Promise<Reply> {
  const deadline = performance.now() + 10_000
  let reply = await ask()
  while (reply.status === 503 && performance.now() < deadline) {
    await sleep(50)
    reply = await ask()
  }
  return reply
}
