/** Logs every user in once, over kept-alive connections, and keeps what the replies hand out. */
import { Agent, type IncomingHttpHeaders, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import type { LoginJob, LoginReport, Traits } from '../types.ts'
import { Credentials } from './credentials.ts'
import { numberOf, shareOf, WHOLE } from './shard.ts'

const ATTEMPTS = 3
const RETRY_AFTER_MS = 200
const REPLY_TIMEOUT_MS = 10_000

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

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
  const agent = new Agent({ keepAlive: true, timeout: REPLY_TIMEOUT_MS })
  const startedAt = process.hrtime.bigint()
  const count = shareOf(job.users, shard)
  const laneCount = Math.max(1, shareOf(job.concurrency, shard))
  let next = 0
  const lane = async () => {
    try {
      while (next < count) {
        signal?.throwIfAborted()
        const user = numberOf(next++, shard)
        credentials.set(user, await logInUser(agent, job, user))
      }
    } catch (error) {
      next = count
      throw error
    }
  }
  // All lanes end before the job does, also a failed one: nothing is sent behind the next job's back.
  const lanes = await Promise.allSettled(Array.from({ length: laneCount }, lane))
  agent.destroy()
  const failed = lanes.find((ended) => ended.status === 'rejected')
  if (failed) throw failed.reason
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

function postLogin(agent: Agent, job: LoginJob, user: number): Promise<Reply> {
  const payload = JSON.stringify({ username: `user${user}`, password: `password-${user}` })
  const headers: Record<string, string | number> = {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(payload),
  }
  // Servers with cookies refuse a POST that does not say it comes from their own site.
  if (job.transport === 'cookie') headers['Sec-Fetch-Site'] = 'same-origin'
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(job.url)
    const options = { hostname, port, path: '/login', agent, method: 'POST', headers }
    const sent = request(options, (res) => {
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

function credentialOf(reply: Reply, transport: Traits['transport'], user: number): string {
  if (transport === 'none') return `user${user}`
  if (transport === 'bearer') return `Bearer ${tokenIn(reply.body, user)}`
  const cookies = cookiesIn(reply.headers['set-cookie'] ?? [])
  if (cookies === '') throw loginFailed(user, 'answered 200 without a cookie')
  return cookies
}

/** The session cookie and what a proxy adds to stay sticky, as one header value; a later cookie replaces its namesake. */
function cookiesIn(setCookies: string[]): string {
  const byName = new Map<string, string>()
  for (const setCookie of setCookies) {
    const pair = setCookie.split(';', 1)[0]?.trim() ?? ''
    byName.set(pair.slice(0, pair.indexOf('=')), pair)
  }
  return [...byName.values()].join('; ')
}

function tokenIn(body: string, user: number): string {
  try {
    const { token } = JSON.parse(body) as { token?: unknown }
    if (typeof token === 'string' && token !== '') return token
  } catch (error) {
    throw loginFailed(user, `answered 200 with a body that is not JSON`, error)
  }
  throw loginFailed(user, 'answered 200 without a token')
}

function describe(outcome: Reply | Error): string {
  if (outcome instanceof Error) return `got no answer: ${outcome.message}`
  return `answered ${outcome.status}: ${outcome.body.slice(0, 200).replace(/\s+/g, ' ')}`
}

function loginFailed(user: number, what: string, cause?: unknown): AuthscaleError {
  return new AuthscaleError(
    'LOGIN_FAILED',
    `POST /login for user${user} ${what}. Check that the server is up and knows this many users.`,
    { cause },
  )
}
