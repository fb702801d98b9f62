/** One request with a limit on the whole of it. It never rejects: what becomes of a request is what is observed. */
import { Agent } from 'node:http'
import { exchange, jsonHeaders, Late, type Question } from '../load/wire/exchange.ts'

export type Answer =
  | { end: 'answered'; status: number; body: string; setCookies: readonly string[] }
  | { end: 'lost' | 'hang' }

/** Keeps its connections; to be destroyed by who asked for it. */
export function keptConnections(): Agent {
  return new Agent({ keepAlive: true, noDelay: true })
}

/** `hang` when the answer is not complete within `limitMs`; the request is given up then. @param asked a body is JSON */
export async function ask(agent: Agent, url: string, asked: Question, limitMs: number): Promise<Answer> {
  const headers = { ...asked.headers, ...(asked.body === undefined ? {} : jsonHeaders(asked.body)) }
  try {
    const { status, headers: answered, body } = await exchange(agent, url, { ...asked, headers, limitMs })
    return { end: 'answered', status, body, setCookies: answered['set-cookie'] ?? [] }
  } catch (error) {
    return { end: error instanceof Late ? 'hang' : 'lost' }
  }
}
