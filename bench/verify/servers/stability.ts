/** Whether a server keeps what it should let go: memory and handles after a collection, against those after its warm-up. */
import { setTimeout as sleep } from 'node:timers/promises'
import { replicaMetrics } from '../../probe/replica.ts'
import type { Problem } from './judge.ts'

export interface Held {
  memoryBytes: number
  resources: number
}

const SETTLING_MS = 50
const AGAIN_MS = 300
const READINGS = 5

/** After two collections: what the first one closes is gone with the second. */
export async function heldBy(url: string): Promise<Held> {
  await replicaMetrics(url, { gc: true })
  await sleep(SETTLING_MS)
  const { heapBytes, externalBytes, activeResources } = await replicaMetrics(url, { gc: true })
  return { memoryBytes: heapBytes + externalBytes, resources: activeResources }
}

/**
 * Of healthy servers it grows by up to 1 MB in their first minute of this, ever more slowly, as more of their code is
 * compiled. 200 bytes kept of each request pass the bound after 10,000.
 */
const MEMORY_SLACK_BYTES = 2_500_000
/** Of healthy servers it differs by 1: connections of this side come and go, and some are about to. */
const RESOURCES_SLACK = 24

/**
 * A reading above a bound is taken again: what is about to be let go is gone then, and a leak is not.
 *
 * @param start after the warm-up
 */
export async function readStable(start: Held, url: string): Promise<{ held: Held; leak: Problem | null }> {
  const mostBytes = start.memoryBytes + MEMORY_SLACK_BYTES
  const mostResources = start.resources + RESOURCES_SLACK
  for (let left = READINGS; ; left -= 1) {
    const held = await heldBy(url)
    const leak =
      held.resources > mostResources
        ? { expected: `at most ${mostResources} timers and sockets`, came: `${held.resources}` }
        : held.memoryBytes > mostBytes
          ? { expected: `at most ${mostBytes} bytes after a collection`, came: `${held.memoryBytes}` }
          : null
    if (leak === null || left === 1) return { held, leak }
    await sleep(AGAIN_MS)
  }
}
