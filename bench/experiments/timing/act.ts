/** Whether a lookup by a raw secret tells how much of it was right: at Redis itself, and over HTTP. */
import { randomUUID } from 'node:crypto'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Redis } from 'ioredis'
import { askFleet, type Surroundings } from '../../fleet/ask-fleet.ts'
import type { FleetSpec } from '../../fleet/fleet.ts'
import { environmentOf } from '../../fleet/processes/child-environment.ts'
import { nextMessage, spawnChild } from '../../fleet/processes/process.ts'
import { removeKeys, withRedis } from '../../fleet/stores/redis.ts'
import type { Examine, TimingSeen } from '../../record/types.ts'
import { randomId } from './act/guesses.ts'
import { hashCost } from './act/hashing.ts'
import { leakyEquals } from './act/leak.ts'
import { type Lookups, sample } from './act/sampler.ts'

/** A minute on a quiet machine; this is for one that is not. */
const LIMIT_MS = 600_000
const KEYS_AT_ONCE = 1_000
/** About what a session of the suite takes. */
const VALUE = JSON.stringify({ user: { username: 'user0', notes: 'x'.repeat(128) } })
const SERVER = fileURLToPath(new URL('./act/server-main.ts', import.meta.url))

type Asked = Extract<Examine, { kind: 'timing' }>

export async function examineTiming(
  asked: Asked,
  spec: FleetSpec,
  surroundings: Surroundings,
): Promise<TimingSeen> {
  return await askFleet(surroundings, spec, LIMIT_MS, async ({ redis }) => {
    if (redis === null) throw new Error(`${spec.scheme} has no Redis that could be asked`)
    const keyPrefix = `authscale:timing-${randomUUID()}:`
    try {
      return await withRedis(redis.url, async (client) => {
        const existing = await seed(client, keyPrefix, asked.keys)
        return {
          kind: 'timing',
          node: process.versions.node,
          ways: [
            { way: 'direct', classes: await sample(directly(client, keyPrefix), existing, asked) },
            { way: 'http', classes: await overHttp(redis.url, keyPrefix, existing, asked) },
          ],
          hashNs: hashCost(asked.batches),
        }
      })
    } finally {
      // The Redis may be one that the user named.
      await removeKeys(redis.url, keyPrefix)
    }
  })
}

/** Sessions under their raw ids. @returns the ids */
async function seed(client: Redis, keyPrefix: string, keys: number): Promise<string[]> {
  const ids = Array.from({ length: keys }, randomId)
  for (let start = 0; start < keys; start += KEYS_AT_ONCE) {
    const some = ids.slice(start, start + KEYS_AT_ONCE)
    await client.mset(...some.flatMap((id) => [keyPrefix + id, VALUE]))
  }
  return ids
}

const directly = (client: Redis, keyPrefix: string): Lookups => ({
  plain: (guess) => client.get(keyPrefix + guess),
  leaky(guess, existing) {
    leakyEquals(guess, existing)
    return client.get(keyPrefix + guess)
  },
})

async function overHttp(redisUrl: string, keyPrefix: string, existing: readonly string[], asked: Asked) {
  const env = { ...environmentOf('measured'), REDIS_URL: redisUrl, KEY_PREFIX: keyPrefix }
  const line = [process.execPath, '--import', import.meta.resolve('tsx'), SERVER]
  const child = await spawnChild(line, { name: 'timing', env, ipc: true })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  try {
    const port = Number(await nextMessage(child))
    const lookup =
      (name: keyof Lookups): Lookups['plain'] =>
      (guess, target) =>
        ask(port, agent, { 'X-Session': guess, 'X-Existing': target, 'X-Lookup': name })
    return await sample({ plain: lookup('plain'), leaky: lookup('leaky') }, existing, asked)
  } finally {
    agent.destroy()
    await child.stop()
  }
}

function ask(port: number, agent: http.Agent, headers: http.OutgoingHttpHeaders): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent, headers }).on('error', reject)
    request.on('response', (res) => res.resume().on('end', resolve).on('error', reject))
  })
}
