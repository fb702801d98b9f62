/** One request with a limit on the whole of it. It never rejects: what becomes of a request is what is observed. */
import { Agent, request } from 'node:http'

export interface Question {
  method: 'GET' | 'POST' | 'PUT'
  path: string
  headers: Record<string, string>
  /** JSON. */
  body?: string
  /** The body is sent when this resolves, the head at once; absent: both at once. */
  held?: Promise<void> | undefined
}

export type Answer =
  | { end: 'answered'; status: number; body: string; setCookies: readonly string[] }
  | { end: 'lost' | 'hang' }

/** Keeps its connections; to be destroyed by who asked for it. */
export function keptConnections(): Agent {
  return new Agent({ keepAlive: true, noDelay: true })
}

/** `hang` when the answer is not complete within `limitMs`; the request is given up then. */
export function ask(agent: Agent, url: string, question: Question, limitMs: number): Promise<Answer> {
  const { method, path, headers, body, held } = question
  const { hostname, port } = new URL(url)
  const content: Record<string, string> =
    body === undefined
      ? {}
      : { 'Content-Type': 'application/json', 'Content-Length': `${Buffer.byteLength(body)}` }
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, agent, method, headers: { ...headers, ...content } })
    const limit = setTimeout(() => settle({ end: 'hang' }), limitMs)
    const settle = (answer: Answer) => {
      clearTimeout(limit)
      resolve(answer)
      if (answer.end !== 'answered') sent.destroy()
    }
    sent.on('error', () => settle({ end: 'lost' }))
    sent.on('response', (reply) => {
      let text = ''
      reply.setEncoding('utf8')
      reply.on('data', (chunk: string) => {
        text += chunk
      })
      reply.on('error', () => settle({ end: 'lost' }))
      reply.on('end', () =>
        settle({
          end: 'answered',
          status: reply.statusCode ?? 0,
          body: text,
          setCookies: reply.headers['set-cookie'] ?? [],
        }),
      )
    })
    if (held) {
      sent.flushHeaders()
      held.then(() => sent.end(body))
    } else sent.end(body)
  })
}
