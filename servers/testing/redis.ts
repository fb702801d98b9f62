/** A real Redis for tests, and what is asked of it. Nothing else in servers/ knows of bench/, which has fetched it. */
import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'

export { type RunningRedis, startRedis } from '../../bench/fleet/stores/redis.ts'

const PATIENCE_MS = 5_000

/** Calls of each command since Redis began, or since `CONFIG RESETSTAT`. */
export async function callsOf(client: Redis): Promise<Record<string, number>> {
  const stats = await client.info('commandstats')
  const calls = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
  return Object.fromEntries(calls.map(([, command, count]) => [command, Number(count)]))
}

/** Waits for what Redis tells a server on its own account. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!(await holds())) {
    assert.ok(performance.now() < deadline, `not within ${PATIENCE_MS} ms`)
    await sleep(5)
  }
}
