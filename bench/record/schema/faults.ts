/** What is asked of a trial under a fault, and what it saw. */
import { z } from 'zod'
import { count, nonNegative, positive } from './basics.ts'

export const faultIdSchema = z.enum([
  'redis-killed-snapshots',
  'redis-killed-log',
  'redis-stopped',
  'redis-flushed',
  'redis-full',
  'redis-evicting',
  'redis-read-only',
  'redis-busy',
  'redis-loading',
  'redis-far',
  'redis-replies-cut',
  'redis-partitioned',
  'failover',
  'failover-guarded',
  'logins-expired',
  'replica-killed',
  'replica-stopped',
  'replica-terminated',
  'replica-drained',
  'replica-clock-ahead',
  'replica-other-keys',
  'proxy-killed',
  'login-storm',
  'hostile-requests',
])

export const faultsPlanSchema = z.object({
  kind: z.literal('faults'),
  users: count.min(1).describe('Users of its own, beyond those of the load; all are logged in before'),
  fault: faultIdSchema,
  perSec: positive.describe('Requests that are due each second, whatever became of those before'),
  beforeSec: positive,
  faultSec: positive.describe('From the end of the injection to the beginning of the healing'),
  afterSec: positive.describe('From the end of the healing'),
})

const binSchema = z.object({
  fromMs: z.number().describe('By when requests were due; 0 is the beginning of the injection'),
  due: count,
  good: count.describe('Right answers within `goodWithinMs`, counted from when the request was due'),
  slow: count.describe('Right answers later than that'),
  refused: count.describe('401 to somebody who had not logged out'),
  unavailable: count.describe('503'),
  failed: count.describe('Any other answer'),
  lost: count.describe('The connection ended before the answer'),
  hang: count.describe('No answer within the limit'),
})

const loginsSchema = z.object({ asked: count, loggedOut: count })

export const faultsSchema = z
  .object({
    kind: z.literal('faults'),
    fault: faultIdSchema,
    injectedMs: nonNegative.describe('When the injection was done; it began at 0'),
    healFromMs: nonNegative.describe('When the healing began'),
    healedMs: nonNegative,
    goodWithinMs: nonNegative,
    binMs: positive,
    bins: z.array(binSchema).describe('Requests of users who are logged in, logins, logouts and refreshes'),
    firstFailureMs: nonNegative
      .nullable()
      .describe('When the first answer that was not good came, or was given up; null: all were good'),
    alive: loginsSchema.describe(
      'Logins that nobody had ended, and those of them that were refused at any time',
    ),
    before: loginsSchema.describe('Those of them that were logged in when it began'),
    revoked: z
      .object({
        asked: count,
        accepted: count.describe('Of these, accepted at any time, whatever is promised'),
        late: count.describe('Of these, accepted later than the declared bound'),
      })
      .describe('Logins whose logout was acknowledged'),
    revokedMeanwhile: z
      .object({ asked: count, accepted: count, late: count })
      .describe('Those of them whose logout was acknowledged between injection and healing'),
    unacknowledged: count.describe('Logouts that were not acknowledged between injection and healing'),
    wrongUsers: count.describe('Answers that named another user'),
    hangs: count.describe('Requests without an answer within their limit'),
    serverErrors: count.describe('Answers 500, to anybody'),
    examples: z.array(z.string()).describe('A few examples of what must not happen, without credentials'),
  })
  .describe('What users met before, during and after a fault')

export type FaultId = z.infer<typeof faultIdSchema>
