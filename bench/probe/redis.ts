/** What Redis says of itself: memory, CPU, and how often each command was called. */
import { Redis } from 'ioredis'

export interface RedisReading {
  usedMemoryBytes: number
  /** User and system time of the server in µs. */
  cpuUs: number
  /** Calls since the server started, by command, without the probe's own. */
  calls: Record<string, number>
}

export type RedisProbe = ReturnType<typeof openRedisProbe>

/** Commands of connections being set up and of this probe; no request causes them. */
const NOT_OURS = /^(info|hello|client|auth|select|ping|command|config)(\||$)/

export function openRedisProbe(url: string) {
  const client = new Redis(url, { commandTimeout: 5_000, maxRetriesPerRequest: 0, retryStrategy: () => null })
  // ioredis reports the same failure again as the rejection of the command that meets it.
  client.on('error', () => {})
  return {
    read: async () => parseInfo(await client.info('everything')),
    close: () => client.disconnect(),
  }
}

export function parseInfo(info: string): RedisReading {
  const fields = new Map(
    info.split('\r\n').map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1)] as const
    }),
  )
  const number = (name: string): number => {
    const value = Number(fields.get(name))
    if (!Number.isFinite(value)) throw new Error(`INFO has no ${name}`)
    return value
  }
  const calls: Record<string, number> = {}
  for (const [name, value] of fields) {
    const command = /^cmdstat_(.+)$/.exec(name)?.[1]
    const called = /^calls=(\d+)/.exec(value)?.[1]
    if (command && called && !NOT_OURS.test(command)) calls[command] = Number(called)
  }
  return {
    usedMemoryBytes: number('used_memory'),
    cpuUs: (number('used_cpu_user') + number('used_cpu_sys')) * 1e6,
    calls,
  }
}

/** Calls for each of `requests` between two readings; commands that were not called are left out. */
export function callsPerRequest(
  from: RedisReading,
  to: RedisReading,
  requests: number,
): Record<string, number> {
  const result: Record<string, number> = {}
  for (const [command, calls] of Object.entries(to.calls)) {
    const delta = calls - (from.calls[command] ?? 0)
    if (delta > 0 && requests > 0) result[command] = delta / requests
  }
  return result
}
