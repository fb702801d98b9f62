/** `trials.jsonl`: what a trial was to measure, what it measured, and why it was rejected. */
import { z } from 'zod'
import { perTier } from '../tiers.ts'
import { count, nonNegative, positive, SCHEMA_VERSION, warningSchema } from './basics.ts'
import { examinedSchema, examineSchema } from './examine.ts'
import { loadSchema, spacingSchema } from './load.ts'
import { observedSchema, observeSchema } from './observe.ts'
import { quotasSchema, settingsSchema } from './settings.ts'
import { turnsSchema } from './turns.ts'

export const armSchema = z
  .object({
    id: z.string().describe('Unique within a run, e.g. cost/jwt-hs256'),
    experiment: z.string(),
    scheme: z.string(),
    variant: z
      .string()
      .nullable()
      .describe('What sets it apart from the scheme’s other arms of this experiment'),
    comparedWith: z.string().nullable().describe('Id of the arm that it is compared with, block by block'),
    heldOut: z.boolean().describe('Measured only after its prediction was written down'),
    replicas: count.min(1),
    fleet: count
      .min(1)
      .optional()
      .describe(
        'Replicas that run. `replicas` of them at a time are in rotation, by turns, until each was; figures are ' +
          'pooled over these windows. Default: as many as are in rotation',
      ),
    quotas: quotasSchema.nullable().describe('Null: no process is limited'),
    settings: settingsSchema,
    users: count.min(1).describe('Distinct logged-in users that the load rotates through'),
    load: loadSchema,
    warmupSec: nonNegative.describe('Closed-loop load before the window, at least this long'),
    warmupRequests: count.describe('And at least so many replies from each replica, within a time limit'),
    measureSec: positive.describe('Length of the window; on a ladder of each rung'),
    largestState: z
      .strictObject({ upToBytes: count.min(1).max(65_536), withinBytes: count.min(1) })
      .optional()
      .describe(
        'First the largest state that the scheme takes is looked for, by real logins and reads; the window is ' +
          'measured with that state',
      ),
    examine: examineSchema.optional(),
    observe: observeSchema.optional(),
    twin: z.boolean().describe('The second, identical control of the A/A comparison'),
  })
  .describe('One configuration being compared')

export const trialSchema = z.object({
  id: z.string().describe('Unique within a run, e.g. cost/jwt-hs256@3'),
  block: count,
  position: count.describe('Place in the shuffled order of its block'),
  arm: armSchema,
})

export const protocolSchema = z.enum(['SSLv3', 'TLSv1.0', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'])

const latencySchema = z.object({
  mean: nonNegative,
  p50: nonNegative,
  p90: nonNegative,
  p99: nonNegative,
  p999: nonNegative,
  max: nonNegative,
})

const accountSchema = z
  .object({
    scheduled: count.describe('Arrivals intended inside the window'),
    ok: count.describe('Answered 2xx'),
    error: count.describe('Answered with any other status'),
    timeout: count.describe('Given up after the time limit, counted from the intended send'),
    lost: count.describe('Sent, and the connection ended before the reply was complete'),
    inFlight: count.describe('Neither answered nor given up when the drain ended'),
  })
  .describe('Every arrival of the window: scheduled = ok + error + timeout + lost + inFlight')

const arrivalsSchema = z
  .object({
    perSec: positive.describe('Arrival rate asked for'),
    spacing: spacingSchema,
    account: accountSchema,
    noticed: count.describe('Arrivals of the window that the sender had noticed by its end'),
    uncorrectedUs: latencySchema.describe('Actual send to last byte'),
    lagUs: latencySchema.describe('Intended send to the moment at which the sender noticed that it was due'),
    meanInFlight: nonNegative.describe('Time average over the window of requests sent and not yet answered'),
    backlogMax: count.describe('Most arrivals that waited for a free connection at once'),
    reconnects: count,
    histogram: z
      .string()
      .describe('Latency from the intended send: HdrHistogram V2, compressed, base64; µs, three digits'),
  })
  .describe('Open-loop load, or the single steps of journeys: what was asked for and what became of it')

export const stateLimitSchema = z.object({
  acceptedBytes: count.describe('Largest state with which a login and a read were answered'),
  refusedBytes: count.nullable().describe('Smallest that was refused; null: none was'),
  refusal: z.string().nullable().describe('Answer to the refused sizes'),
  tried: count.min(1).describe('Sizes that were tried, each with fresh server processes'),
})

const measurementSchema = z
  .object({
    windowSec: positive,
    requests: count.describe('Replies completed inside the window'),
    throughputPerSec: nonNegative,
    statusCounts: z.record(z.string(), count),
    errors: count.describe('Connection errors and timeouts'),
    verifiedBodies: count.describe('Replies whose body was checked to be the right user’s'),
    wrongAnswers: count,
    distinctUsers: count.describe('Users whose credential was sent at least once inside the window'),
    latencyUs: latencySchema.describe(
      'Open loop: intended send to last byte. Closed loop: send to last byte at saturation, which is no ' +
        'response time of a service',
    ),
    arrivals: arrivalsSchema.nullable().describe('Open loop and journeys only'),
    cpuUsPerRequest: perTier(nonNegative.nullable()).describe(
      'Null: the tier exists but could not be read, or is absent',
    ),
    utilization: perTier(nonNegative.nullable()).describe('Busy cores of each tier, in cores'),
    memory: z.object({
      replicaRssBytes: z.array(count).describe('Per replica, end of window'),
      replicaPeakRssBytes: z
        .array(count.nullable())
        .optional()
        .describe(
          'Per replica, the most since it started (VmHWM of proc_pid_status(5)); null: not readable; absent in older runs',
        ),
      replicaHeapBytes: z.array(count).describe('Used V8 heap per replica, end of window'),
      idleReplicaBytes: count.describe(
        'Sum over replicas of used heap + external after GC, before any login',
      ),
      loggedInReplicaBytes: count.describe('The same after all logins'),
      idleReplicaRssBytes: count.describe('Sum over replicas of RSS, before any login'),
      loggedInReplicaRssBytes: count.describe('The same after all logins'),
      idleRedisBytes: count.nullable().describe('used_memory before any login'),
      loggedInRedisBytes: count.nullable().describe('used_memory after all logins'),
    }),
    redisCommandsPerRequest: z
      .record(z.string(), nonNegative)
      .nullable()
      .describe('INFO commandstats inside the window'),
    journeys: z
      .object({
        perSec: positive.describe('Beginnings asked for'),
        underWayAtOpen: count.describe('Begun before the window, and not at an end when it opened'),
        started: count.describe('Begun inside the window'),
        finished: count.describe('Ended inside the window, all steps answered as they should be'),
        failed: count.describe('Ended inside the window by a step without a right answer'),
        steps: z.record(
          z.enum(['login', 'read', 'write', 'logout']),
          z.object({
            count: count.describe('Intended inside the window, without the lost ones'),
            latencyUs: latencySchema.describe('Intended send to last byte'),
          }),
        ),
      })
      .nullable()
      .describe('Null for other load'),
    handshakes: z
      .object({ full: count, resumed: count })
      .nullable()
      .describe(
        'TLS handshakes inside the window, as the clients saw them; null without TLS, and where connections are kept',
      ),
    protocols: z
      .record(
        protocolSchema,
        z.object({
          accepted: z.boolean(),
          answer: z
            .string()
            .describe('ServerHello or alert by its name in the RFC, or how the connection ended'),
        }),
      )
      .nullable()
      .describe('Answer of the proxy to a ClientHello of each version alone; null without TLS'),
    bytesPerRequest: z.object({ sent: nonNegative, received: nonNegative }),
    eventLoopDelayUs: z
      .object({ mean: nonNegative, p50: nonNegative, p99: nonNegative, max: nonNegative })
      .nullable()
      .describe('Worst replica'),
    replicaShare: z.array(nonNegative).nullable().describe('Share of the requests that each replica served'),
    host: z.object({
      cores: count,
      busyCores: nonNegative.nullable().describe('Busy cores of the whole machine inside the window'),
      foreignCores: nonNegative.nullable().describe('Busy cores that belong to no process of the run'),
      stealShare: nonNegative.nullable(),
      probeCores: nonNegative.describe('CPU of the harness itself inside the window, in cores'),
      linkCores: nonNegative
        .optional()
        .describe('CPU of the relay between replicas and Redis, on the generator’s CPUs; absent without one'),
      pace: positive
        .optional()
        .describe(
          'How fast the CPUs of the replicas were: requests that a small server there, the pacer, answered itself in ' +
            'a second of its own CPU time; absent without one',
        ),
    }),
    checks: z
      .object({
        littleRatio: nonNegative
          .nullable()
          .describe('Mean requests in flight ÷ (throughput × mean send to last byte); 1 by Little’s law'),
        replicaWaitShare: nonNegative
          .nullable()
          .describe(
            'Largest share of the window in which a replica was ready to run while its CPU ran something ' +
              'that is not of this run',
          ),
        throttledShare: nonNegative.nullable().describe('Share of the window withheld by a CPU quota'),
        cpuTrend: z
          .number()
          .nullable()
          .describe(
            'Change of replica CPU a request over the window, by least squares over its slices, as a share ' +
              'of the mean; negative while code is still being compiled',
          ),
      })
      .describe('What the gates judge beside the figures themselves'),
    stateLimit: stateLimitSchema.optional().describe('What `largestState` found'),
    examined: examinedSchema.optional(),
    observed: observedSchema.optional(),
    logins: z.object({ count, seconds: nonNegative }).describe('Seeding of the users, before the warm-up'),
    warnings: z.array(warningSchema),
  })
  .describe('What one trial measured between the opening and the closing of its window')

const trialRecord = {
  schemaVersion: z.literal(SCHEMA_VERSION),
  trial: trialSchema,
  startedAt: z.iso.datetime(),
}

const rungSchema = z
  .object({
    arrivalsPerSec: positive,
    purpose: z
      .enum(['ladder', 'confirm', 'search'])
      .describe(
        'A doubling or halving, a second look at the first break (in older runs), or a step of the search',
      ),
    rejectedBy: z.array(warningSchema).describe('Gates that keep this rung from becoming a figure'),
    measurement: measurementSchema,
  })
  .describe('One arrival rate, sent at the same server processes as the other rungs of its trial')

export const trialResultSchema = z.discriminatedUnion('ok', [
  z.object({
    ...trialRecord,
    ok: z.literal(true),
    measurement: measurementSchema.describe(
      'The closed-loop window; before a ladder or turns it is the warm-up’s end',
    ),
    rungs: z.array(rungSchema).describe('Empty for closed-loop arms'),
    turns: turnsSchema.optional(),
  }),
  z.object({
    ...trialRecord,
    ok: z.literal(false),
    reason: z.string(),
    rejectedBy: z.array(warningSchema).describe('Gates that it broke; empty for failures'),
    measurement: measurementSchema
      .nullable()
      .describe('What a gate rejected; null for failures, which have no measurement'),
    rungs: z.array(rungSchema).describe('Of a ladder that lost all its rungs'),
  }),
])

export type Arm = z.infer<typeof armSchema>
export type Trial = z.infer<typeof trialSchema>
export type Arrivals = z.infer<typeof arrivalsSchema>
export type Measurement = z.infer<typeof measurementSchema>
export type Rung = z.infer<typeof rungSchema>
export type TrialResult = z.infer<typeof trialResultSchema>
