/** The requests of every route, as the text that goes over the wire. */
import { type Credentials, HEADER_OF_TRANSPORT } from '../credentials.ts'
import type { Question } from './exchange.ts'

export type Requests = ReturnType<typeof requestsFor>

/** @param handlerUs what reads ask for beside auth */
export function requestsFor(url: string, { header, transport }: Credentials, handlerUs?: number) {
  // As autocannon writes it, so that all loops send the same bytes.
  const common = ` HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: keep-alive\r\n`
  const readHead = `GET ${readPath(handlerUs)}${common}${header}: `
  const unsafe = Object.entries(unsafeHeaders(transport)).map(([name, value]) => `${name}: ${value}\r\n`)
  const post = (line: string, ownHeader: string, body: string) =>
    `${line}${common}${ownHeader}${unsafe.join('')}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  return {
    read: (credential: string) => `${readHead}${credential}\r\n\r\n`,
    login: (user: number) => post('POST /login', '', loginBody(user)),
    refresh: (refreshToken: string) => post('POST /refresh', '', JSON.stringify({ refreshToken })),
    /** @param preferences as JSON */
    write: (credential: string, preferences: string) =>
      post('PUT /me/preferences', `${header}: ${credential}\r\n`, preferences),
    logout: (credential: string) =>
      `POST /logout${common}${header}: ${credential}\r\n${unsafe.join('')}Content-Length: 0\r\n\r\n`,
  }
}

/** The route of a read; each amount of handler work has its own. */
export const readPath = (handlerUs = 0) => (handlerUs === 0 ? '/me' : `/me/work/${handlerUs}`)

/** Servers with cookies refuse an unsafe request that does not say it comes from their own site. */
export function unsafeHeaders(transport: Credentials['transport']): Record<string, string> {
  return transport === 'cookie' ? { 'Sec-Fetch-Site': 'same-origin' } : {}
}

/** A read as any client sends it, for what is not measured. */
export function readQuestion(transport: Credentials['transport'], credential: string): Question {
  return { method: 'GET', path: '/me', headers: { [HEADER_OF_TRANSPORT[transport]]: credential } }
}

export function loginBody(user: number): string {
  return JSON.stringify({ username: `user${user}`, password: `password-${user}` })
}
