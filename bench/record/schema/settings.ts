/** What an arm may change about the stack: each setting has one default, and a record names only what differs. */
import { z } from 'zod'
import { count, nonNegative, positive } from './basics.ts'

export const settingsSchema = z
  .strictObject({
    stateBytes: count.max(65_536).describe('Bytes of JSON that are remembered of each user; default 0'),
    passwordHash: z.enum(['off', 'scrypt']).describe('What a login costs; default off'),
    ttlSec: count.min(1).describe('Lifetime of a login; default 3600'),
    accessTtlSec: count
      .min(1)
      .describe(
        'Lifetime of an access token that can be renewed; default that of its login, as no load renews it',
      ),
    nearCacheSec: count.min(1).describe('The longest that a replica believes what it has read; default 5'),
    redisRoundTripMs: nonNegative.describe(
      'Delay between replicas and Redis, both ways together; default: no relay',
    ),
    redisTimeoutMs: count
      .min(1)
      .describe('How long a replica waits for Redis before it answers 503; default 250'),
    redisTransport: z.enum(['tcp', 'unix']).describe('Default tcp'),
    tls: z.enum(['1.2', '1.3']).describe('Version that the proxy speaks, and no other; default: plain HTTP'),
    sticky: z
      .boolean()
      .describe('Whether the proxy sends a user back to one replica; default: where state needs it'),
    proxyReuse: z
      .enum(['never', 'safe', 'always'])
      .describe('When the proxy uses a connection to a replica again (HAProxy’s http-reuse); default always'),
    proxyRedispatch: z
      .boolean()
      .describe(
        'Whether a request that finds no connection to its replica is tried at another one; default true, and ' +
          'false in runs before 2026-11-26 06:50 UTC (CHANGELOG.md): at the same one three times, a second apart',
      ),
    proxyTimeoutMs: count
      .min(1)
      .describe(
        'How long the proxy waits for a replica to accept a connection (2 s at most) and to answer; default 60,000',
      ),
    node: z.string().describe('Major version of the Node that runs the replicas; default: the pinned one'),
    packages: z
      .record(z.string(), z.string())
      .describe(
        'Exact versions of packages that the servers load in place of the locked ones, by name; default: as locked',
      ),
    commit: z
      .string()
      .describe('The servers are those of this commit of the checkout; default: as the checkout has them'),
    threadPool: count.min(1).describe('UV_THREADPOOL_SIZE of the replicas; default 4'),
    touch: z.boolean().describe('Whether a read prolongs the session in the store; default true'),
    autoPipelining: z
      .boolean()
      .describe('Whether ioredis sends the commands of one tick together; default: the scheme’s'),
    keyForm: z
      .enum(['crypto-key', 'key-object', 'bytes'])
      .describe('What the verifier holds of its key; default crypto-key, imported once'),
    plainHttp: z
      .boolean()
      .describe(
        'Whether cookies come without Secure and the prefix __Host-, for load over plain HTTP; default true',
      ),
    handlerUs: z
      .array(count.min(1).max(100_000))
      .min(1)
      .describe('Handler work that requests may ask for, in µs of CPU; default none'),
    denylistCacheSec: count.describe('How long a replica believes that a login was not ended; default 0'),
    denylistDown: z
      .enum(['closed', 'open'])
      .describe('What the denylist does while Redis cannot be asked: 503, or letting in; default closed'),
    refreshGraceSec: count.describe(
      'How long a refresh token may be used again; default 10, before 2026-11-29 0, strict',
    ),
  })
  .partial()
  .describe('What differs from the stack as it is; {} where nothing does')

export const quotasSchema = z
  .object({
    replicaCores: positive.describe('Of each replica'),
    redisCores: positive,
    proxyCores: positive,
    ballastCores: nonNegative.describe(
      'Idle work beside the fleet, so that the machine is as busy at every N',
    ),
  })
  .describe('Scale model: the CPU time over wall time that each process may take, in cores')

export type Settings = z.infer<typeof settingsSchema>
export type Setting = keyof Settings
/**
 * Scale model: a CPU quota for each process of the fleet, in cores, so that a cluster fits on a small machine. Good for
 * ratios of throughput; latency under a quota is mostly waiting for the next period.
 */
export type Quotas = z.infer<typeof quotasSchema>
