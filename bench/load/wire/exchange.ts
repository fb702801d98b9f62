/** One request and its whole reply, for what is not measured. */
import http, { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http'
import https from 'node:https'
import { UNVERIFIED } from './target.ts'

const REPLY_TIMEOUT_MS = 10_000

export interface Exchanged {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

export interface Question {
  method: string
  path: string
  headers: OutgoingHttpHeaders
  payload?: string
}

/** Keeps its connections; to be destroyed by who asked for it. */
export function agentFor(url: string): Agent {
  return new (clientOf(url).Agent)({ keepAlive: true, timeout: REPLY_TIMEOUT_MS })
}

/** Rejects when there is no reply, or none in time. */
export function exchange(
  agent: Agent,
  url: string,
  { method, path, headers, payload = '' }: Question,
): Promise<Exchanged> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url)
    const options = { hostname, port, path, agent, method, headers, ...UNVERIFIED }
    const sent = clientOf(url).request(options, (res) => {
      let body = ''
      res.setEncoding('utf8')
      res.on('data', (text: string) => {
        body += text
      })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }))
      res.on('error', reject)
    })
    sent.on('timeout', () => sent.destroy(new Error(`no reply within ${REPLY_TIMEOUT_MS} ms`)))
    sent.on('error', reject)
    sent.end(payload)
  })
}

const clientOf = (url: string) => (url.startsWith('https:') ? https : http)
