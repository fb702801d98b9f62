/** What a scheme has to answer, one row a check: to whom it applies follows from the declared traits. */
import type { TestContext } from 'node:test'
import type { Redis } from 'ioredis'
import type { Scheme, Traits } from '../contract.ts'
import { type Credential, login } from '../testing/client.ts'
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

let next = 100_000

/** A login of a user whom no other check logs in. */
export async function freshLogin(
  server: Server,
  scheme: Scheme,
): Promise<{ user: number; credential: Credential }> {
  const user = next++
  return { user, credential: await login(server, scheme, user) }
}
