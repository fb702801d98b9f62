/** One request with a limit on the whole of it. It never rejects: what becomes of a request is what is observed. */
import { Agent } from 'node:http'
import { type Exchanged, exchange, jsonHeaders, Late, type Question } from '../load/wire/exchange.ts'

export type Answer = ({ end: 'answered' } & Exchanged) | { end: 'lost' | 'hang' }

/** Keeps its connections; to be destroyed by who asked for it. */
export function keptConnections(): Agent {
  return new Agent({ keepAlive: true, noDelay: true })
}

/** `hang` when the answer is not complete within `limitMs`; the request is given up then. @param asked a body is JSON */
export async function ask(agent: Agent, url: string, asked: Question, limitMs: number): Promise<Answer> {
  const headers = { ...asked.headers, ...(asked.body === undefined ? {} : jsonHeaders(asked.body)) }
  try {
    return { end: 'answered', ...(await exchange(agent, url, { ...asked, headers, limitMs })) }
  } catch (error) {
    return { end: error instanceof Late ? 'hang' : 'lost' }
  }
}
