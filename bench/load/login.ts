/** Logs every user in once, over kept-alive connections, and keeps what the replies hand out. */
import type { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import { nowUs } from './clock.ts'
import { Credentials } from './credentials.ts'
import type { LoginJob } from './job.ts'
import { inLanes } from './lanes.ts'
import { shareOf, WHOLE } from './shard.ts'
import { agentFor, exchange, jsonHeaders } from './wire/exchange.ts'
import { credentialIn } from './wire/issued.ts'
import { loginBody, unsafeHeaders } from './wire/requests.ts'

const ATTEMPTS = 3
const RETRY_AFTER_MS = 200

/**
 * @throws AuthscaleError LOGIN_FAILED with status and body of the first login that stays refused; the signal's
 * reason when it aborts
 */
export async function logIn(job: LoginJob, signal?: AbortSignal) {
  const shard = job.shard ?? WHOLE
  const credentials = new Credentials(job.transport, job.users, shard)
  const agent = agentFor(job.url)
  const startedUs = nowUs()
  const count = credentials.own
  try {
    await inLanes(Math.max(1, shareOf(job.concurrency, shard)), Array(count).keys(), async (own) => {
      signal?.throwIfAborted()
      const user = credentials.user(own)
      credentials.set(user, await logInUser(agent, job, user))
    })
  } finally {
    agent.destroy()
  }
  return { credentials, report: { count, seconds: (nowUs() - startedUs) / 1e6 } }
}

async function logInUser(agent: Agent, job: LoginJob, user: number): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await postLogin(agent, job, user).catch((error: Error) => error)
    const isAnswered = !(outcome instanceof Error)
    if (isAnswered && outcome.status === 200) {
      const credential = credentialIn(outcome, job.transport, user)
      if (credential !== null) return credential
      throw loginFailed(user, `answered 200 without a ${job.transport === 'cookie' ? 'cookie' : 'token'}`)
    }
    const what = isAnswered
      ? `answered ${outcome.status}: ${outcome.body.slice(0, 200).replace(/\s+/g, ' ')}`
      : `got no answer: ${outcome.message}`
    if (attempt === ATTEMPTS || (isAnswered && outcome.status < 500)) throw loginFailed(user, what)
    await sleep(RETRY_AFTER_MS * attempt)
  }
}

type Site = Pick<LoginJob, 'url' | 'transport'>

export function postLogin(agent: Agent, { url, transport }: Site, user: number) {
  const body = loginBody(user)
  const headers = { ...jsonHeaders(body), ...unsafeHeaders(transport) }
  return exchange(agent, url, { method: 'POST', path: '/login', headers, body })
}

function loginFailed(user: number, what: string): AuthscaleError {
  return new AuthscaleError(
    'LOGIN_FAILED',
    `POST /login for user${user} ${what}. Check that the server is up and knows this many users.`,
  )
}
