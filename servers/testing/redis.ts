/** A real Redis for tests, and what is asked of it. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type RunningRedis, startRedis } from './harness.ts'

export { type RunningRedis, startRedis }

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

/** A Redis that nobody else uses, until the test is over, and a client of it. */
export async function privateRedis(t: TestContext): Promise<{ url: string; client: Redis }> {
  const redis = await startRedis()
  const client = new Redis(redis.url)
  t.after(async () => {
    client.disconnect()
    await redis.stop()
  })
  return { url: redis.url, client }
}

let cluster: ReturnType<typeof newCluster> | undefined
after(async () => (await cluster)?.stop())

/** A node of a cluster that sends all clients to the other node; the same for all tests of a file. */
export function startCluster(): Promise<{ url: string }> {
  cluster ??= newCluster()
  return cluster
}

async function newCluster() {
  const folder = await mkdtemp(path.join(tmpdir(), 'cluster-'))
  const node = (name: string) =>
    startRedis({ more: ['--cluster-enabled', 'yes', '--cluster-config-file', path.join(folder, name)] })
  const [asked, owner] = await Promise.all([node('asked'), node('owner')])
  const clients = [asked, owner].map(({ url }) => new Redis(url, { enableReadyCheck: false }))
  const [first, second] = clients as [Redis, Redis]
  await second.cluster('ADDSLOTSRANGE', 0, 16_383)
  const { hostname, port } = new URL(owner.url)
  await first.cluster('MEET', hostname, Number(port))
  await until(async () => (await first.cluster('INFO')).includes('cluster_state:ok'))
  for (const client of clients) client.disconnect()
  const stop = async () => {
    await Promise.all([asked.stop(), owner.stop()])
    await rm(folder, { recursive: true })
  }
  return { url: asked.url, stop }
}
