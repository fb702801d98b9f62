/** Logs every user in once, over kept-alive connections, and keeps what the replies hand out. */
import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Traits } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import { Credentials } from './credentials.ts'
import type { LoginJob, LoginReport } from './job.ts'
import { inLanes } from './lanes.ts'
import { numberOf, shareOf, WHOLE } from './shard.ts'
import { agentFor, type Exchanged, exchange, jsonHeaders } from './wire/exchange.ts'
import { credentialIn } from './wire/issued.ts'
import { loginBody, unsafeHeaders } from './wire/requests.ts'

const ATTEMPTS = 3
const RETRY_AFTER_MS = 200

/**
 * @throws AuthscaleError LOGIN_FAILED with status and body of the first login that stays refused; the signal's
 * reason when it aborts
 */
export async function logIn(
  job: LoginJob,
  signal?: AbortSignal,
): Promise<{ credentials: Credentials; report: LoginReport }> {
  const shard = job.shard ?? WHOLE
  const credentials = new Credentials(job.transport, job.users, shard)
  const agent = agentFor(job.url)
  const startedAt = process.hrtime.bigint()
  const count = shareOf(job.users, shard)
  try {
    await inLanes(Math.max(1, shareOf(job.concurrency, shard)), Array(count).keys(), async (own) => {
      signal?.throwIfAborted()
      const user = numberOf(own, shard)
      credentials.set(user, await logInUser(agent, job, user))
    })
  } finally {
    agent.destroy()
  }
  const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9
  return { credentials, report: { count, seconds } }
}

async function logInUser(agent: Agent, job: LoginJob, user: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await postLogin(agent, job, user).catch((error: Error) => error)
    if (!(outcome instanceof Error) && outcome.status === 200)
      return credentialOf(outcome, job.transport, user)
    const final = attempt === ATTEMPTS || (!(outcome instanceof Error) && outcome.status < 500)
    if (final) throw loginFailed(user, describe(outcome))
    await sleep(RETRY_AFTER_MS * attempt)
  }
}

export function postLogin(
  agent: Agent,
  { url, transport }: Pick<LoginJob, 'url' | 'transport'>,
  user: number,
): Promise<Exchanged> {
  const body = loginBody(user)
  const headers = { ...jsonHeaders(body), ...unsafeHeaders(transport) }
  return exchange(agent, url, { method: 'POST', path: '/login', headers, body })
}

function credentialOf({ body, headers }: Exchanged, transport: Traits['transport'], user: number): string {
  const credential = credentialIn({ body, setCookies: headers['set-cookie'] ?? [] }, transport, user)
  if (credential !== null) return credential
  throw loginFailed(user, `answered 200 without a ${transport === 'cookie' ? 'cookie' : 'token'}`)
}

function describe(outcome: Exchanged | Error): string {
  if (outcome instanceof Error) return `got no answer: ${outcome.message}`
  return `answered ${outcome.status}: ${outcome.body.slice(0, 200).replace(/\s+/g, ' ')}`
}

function loginFailed(user: number, what: string): AuthscaleError {
  return new AuthscaleError(
    'LOGIN_FAILED',
    `POST /login for user${user} ${what}. Check that the server is up and knows this many users.`,
  )
}
