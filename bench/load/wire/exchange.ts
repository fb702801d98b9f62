/** One request and its whole reply, for what is not measured. */
import http, { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { text } from 'node:stream/consumers'
import type { Reply } from './issued.ts'
import { UNVERIFIED } from './target.ts'

const REPLY_TIMEOUT_MS = 10_000

export interface Exchanged extends Reply {
  status: number
  headers: IncomingHttpHeaders
}

export interface Question {
  method: string
  path: string
  headers?: OutgoingHttpHeaders
  body?: string | undefined
  /** The body is sent when this resolves, the head at once; absent: both at once. */
  held?: Promise<void> | undefined
  /** For the whole of it; absent: none but that of the agent. */
  limitMs?: number
  /** The only certificate that is trusted; absent: any. */
  ca?: string | undefined
}

/** Why there is no reply: it was not complete in time. */
export class Late extends Error {}

/** Keeps its connections; to be destroyed by who asked for it. */
export function agentFor(url: string): Agent {
  return new (clientOf(url).Agent)({ keepAlive: true, timeout: REPLY_TIMEOUT_MS })
}

/** The headers of a body that is JSON. */
export function jsonHeaders(body: string): Record<string, string> {
  return { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(body)}` }
}

/** Rejects when there is no reply, or none in time. @param agent false: a connection of its own */
export function exchange(
  agent: Agent | false,
  url: string,
  { method, path, headers = {}, body, held, limitMs, ca }: Question,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const trust = ca === undefined ? UNVERIFIED : { ca }
    const sent = clientOf(url).request({ hostname, port, path, agent, method, headers, ...trust })
    const fail = (error: Error) => {
      clearTimeout(limit)
      reject(error)
      sent.destroy()
    }
    const late = (ms: number) => fail(new Late(`no reply within ${ms} ms`))
    const limit = limitMs === undefined ? undefined : setTimeout(late, limitMs, limitMs)
    sent.on('timeout', () => late(REPLY_TIMEOUT_MS))
    sent.on('error', fail)
    sent.on('response', (reply) => {
      const { statusCode: status = 0, headers } = reply
      text(reply).then((body) => {
        clearTimeout(limit)
        resolve({ status, headers, setCookies: headers['set-cookie'] ?? [], body })
      }, fail)
    })
    if (held) sent.flushHeaders()
    if (held) held.then(() => sent.end(body))
    else sent.end(body)
  })
}

/**
 * A URL with its whole answer, of whatever status, over a connection of its own. Rejects when it is not there in time.
 *
 * Not by `fetch`: a run once stood still for twelve minutes, while the generator had nothing to do and no socket was open. Only a
 * `fetch` could still be awaited, of a replica that had been stopped and woken since its connection was made, and its time
 * limit never came.
 */
export async function fetchWhole(
  url: string,
  limitMs: number,
  question: Partial<Pick<Question, 'method' | 'headers' | 'body'>> = {},
): Promise<{ ok: boolean; status: number; body: string }> {
  const { pathname, search } = new URL(url)
  const asked = { method: 'GET', path: pathname + search, ...question, limitMs }
  const { status, body } = await exchange(false, url, asked)
  return { ok: status >= 200 && status < 300, status, body }
}

const clientOf = (url: string) => (url.startsWith('https:') ? https : http)
