/** What a scheme has to answer, one row a check: to whom it applies follows from the declared traits. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import type { Scheme, Traits } from '../contract.ts'
import { type Credential, issued, login, loginCall, me, send } from '../testing/client.ts'
import type { Server } from '../testing/servers.ts'

/** True: asked; false: there is nothing to ask; a text: cannot by design, and why. */
type Applies = boolean | string

export interface Check {
  id: number
  /** Where it comes from: OWASP ASVS 4.0.3 (A4) or 5.0 (A5), an RFC, an incident. */
  anchor: string
  /** What is sent and what must come back. */
  title: string
  applies(traits: Traits): Applies
  run(bed: Bed, t: TestContext): Promise<void>
  /** What stock packages do instead, asked as well: the table shows it with the reason. */
  stock?: { reason: string; run(bed: Bed, t: TestContext): Promise<void> }
}

/** Two replicas of one scheme that share Redis and keys, and more servers where a check needs them. */
export interface Bed {
  name: string
  scheme: Scheme
  keys: string
  /** The same ring after a rotation, and one that shares no key with it. */
  otherKeys: { rotated: string; strange: string }
  server: Server
  peer: Server
  redis: { url: string; client: Redis; prefix: string }
  /** One more replica, with these settings besides; it is stopped after the test. */
  start(t: TestContext, settings?: NodeJS.ProcessEnv): Promise<Server>
}

export const isToken = ({ token }: Traits) => token !== undefined
export const isSession = ({ token, transport }: Traits) => token === undefined && transport !== 'none'
export const isCookie = ({ transport }: Traits) => transport === 'cookie'
export const hasLogin = ({ transport }: Traits) => transport !== 'none'
export const renews = ({ boundedBy }: Traits) => boundedBy === 'ACCESS_TTL_SEC'

export const usesRedis = ({ state }: Traits) => state.includes('redis')
export const needsUserWide = ({ userWide, transport }: Traits) =>
  transport !== 'none' &&
  (userWide !== 'cannot' || 'nothing that replicas share says that all logins of a user ended')

/** Bounds that a test can wait for, and that a busy machine does not spend on logging in. */
export const SHORT = { ACCESS_TTL_SEC: '4', NEAR_CACHE_SEC: '1' }
/** Beyond a bound in whole seconds: the tolerance between clocks, and a busy machine. */
const SLACK_MS = 2_000

/** What each server answers to this credential. */
export function everywhere(servers: readonly Server[], credential: Credential): Promise<number[]> {
  return Promise.all(servers.map(async (one) => (await me(one, credential)).status))
}

/** Refused by all servers within the declared bound; at once where it says so. */
export async function refusedInTime(
  servers: readonly Server[],
  { boundedBy }: Traits,
  ...credentials: Credential[]
): Promise<void> {
  if (boundedBy !== undefined) await sleep(1_000 * Number(SHORT[boundedBy]) + SLACK_MS)
  for (const credential of credentials)
    assert.deepEqual(
      await everywhere(servers, credential),
      servers.map(() => 401),
    )
}

let next = 100_000

/** A login of a user whom no other check logs in. */
export async function freshLogin(
  server: Server,
  scheme: Scheme,
): Promise<{ user: number; credential: Credential }> {
  const user = next++
  return { user, credential: await login(server, scheme, user) }
}

/** What a login hands out. */
export interface Held {
  credential: Credential
  refreshToken?: string
}

export async function loginWithRefresh(server: Server, scheme: Scheme, user: number): Promise<Held> {
  const reply = await send(server, '/login', loginCall(user))
  const credential = issued(scheme, reply)
  assert.ok(credential, reply.text)
  const { refreshToken } = JSON.parse(reply.text)
  return { credential, ...(refreshToken && { refreshToken }) }
}
