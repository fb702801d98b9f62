/** What it costs not to index by the secret: hash what came in, and compare it with what is stored in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { randomId } from './guesses.ts'

const HASHES = 2_000

/** CPU of one in ns, one mean for each of so many batches. The steps are those of servers/sessions/opaque-sessions.ts. */
export function hashCost(batches: number): number[] {
  const secret = randomId()
  const stored = hash(secret)
  hashAll(secret, stored)
  return Array.from({ length: batches }, () => {
    const before = process.cpuUsage()
    hashAll(secret, stored)
    const { user, system } = process.cpuUsage(before)
    return (1_000 * (user + system)) / HASHES
  })
}

function hashAll(secret: string, stored: string): void {
  for (let i = 0; i < HASHES; i++)
    if (!equal(hash(secret), stored)) throw new Error('a hash differs from itself')
}

function hash(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

function equal(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
