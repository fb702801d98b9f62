/** Passes the browser's requests on to the real server, and replies back, with those defences alone that are left. */
import type { Agent, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import { type Exchanged, exchange } from '../../../load/wire/exchange.ts'
import { type Defences, disguised, weakened } from './defences.ts'

/** Headers that belong to one connection; the other one has its own. */
const OF_ONE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'content-length']

/** What the server is sent. Headers are the browser's, whatever became of the rest: they tell where it came from. */
export interface Passed {
  method: string
  path: string
  body: string
  headers: IncomingHttpHeaders
}

export interface Server {
  url: string
  agent: Agent
}

export async function pass(
  { url, agent }: Server,
  { method, path, body, headers }: Passed,
  defences: Defences,
): Promise<Exchanged & { headers: OutgoingHttpHeaders }> {
  const sent = {
    ...without(disguised(headers, defences), OF_ONE_CONNECTION),
    'x-forwarded-proto': 'https',
    'content-length': Buffer.byteLength(body),
  }
  const reply = await exchange(agent, url, { method, path, headers: sent, body })
  const setCookies = reply.headers['set-cookie']?.map((each) => weakened(each, defences))
  const answered = without(reply.headers, OF_ONE_CONNECTION)
  return { ...reply, headers: { ...answered, ...(setCookies && { 'set-cookie': setCookies }) } }
}

function without<T extends object>(headers: T, names: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name))) as Partial<T>
}
