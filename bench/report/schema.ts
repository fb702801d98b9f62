/** `summary.json`: every figure of a report. */
import { z } from 'zod'
import { browserSummarySchema } from '../experiments/browser/schema.ts'
import { hashedLoginSchema, journeySummarySchema } from '../experiments/journey/schema.ts'
import { payloadSchema } from '../experiments/payload/schema.ts'
import { refreshSchema } from '../experiments/revocation/refresh-schema.ts'
import { distanceSchema } from '../experiments/rtt/schema.ts'
import { timingSummarySchema } from '../experiments/timing/schema.ts'
import { tlsSummarySchema } from '../experiments/tls/schema.ts'
import { latencyRowSchema } from '../figures/latency-row.ts'
import { farScaleSchema } from '../plan/far/schema.ts'
import { anomaliesSummarySchema } from '../record/schema/anomalies.ts'
import {
  comparisonSchema,
  count,
  estimateSchema,
  nonNegative,
  SCHEMA_VERSION,
  warningSchema,
} from '../record/schema/basics.ts'
import { counterfeitsSummarySchema } from '../record/schema/counterfeits.ts'
import { faultsSummarySchema } from '../record/schema/faults.ts'
import { revocationSummarySchema } from '../record/schema/revocation.ts'
import { armSchema } from '../record/schema/trial.ts'
import { tradeSchema } from '../trade/schema.ts'

const claimFindingSchema = z
  .object({
    id: z.string(),
    quote: z.string().describe('Word for word; … where something was left out'),
    source: z.string(),
    reading: z
      .string()
      .nullable()
      .describe('What `supported` says, where the quotation alone leaves that open'),
    metric: z.string(),
    supportedIf: z.string().describe('Fixed before anything was measured for it, as is refutedIf'),
    refutedIf: z.string(),
    decidedBy: z.string().describe('The command that measures what the verdict needs'),
    verdict: z
      .enum(['supported', 'refuted', 'depends', 'inconclusive', 'undecided'])
      .describe(
        'inconclusive: measured, and the interval decides nothing. undecided: the run does not hold the records',
      ),
    boundary: z.string().nullable().describe('What the answer depends on; never null for `depends`'),
    sentence: z.string(),
    estimates: z.array(z.object({ label: z.string(), estimate: estimateSchema })),
    evidence: z.array(z.string()).describe('Ids of the trials behind the estimates'),
  })
  .describe('What the run says about one claim of the ledger')

export const summarySchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    runId: z.string(),
    profile: z.enum(['smoke', 'standard', 'full', 'calibration']),
    trials: z.object({
      planned: count,
      ok: count,
      failed: count.describe('Planned trials of which there is no valid record, only rejected ones'),
    }),
    aa: z
      .object({
        throughputRatio: estimateSchema,
        cpuRatio: estimateSchema,
        cpuDifferenceUs: estimateSchema,
        cpuVariation: nonNegative.describe('Coefficient of variation of CPU a request between equal trials'),
        throughputVariation: nonNegative,
      })
      .nullable()
      .describe('Second control against first control, within blocks: this machine’s own error'),
    arms: z.array(
      z.object({
        arm: armSchema,
        metrics: z.record(z.string(), estimateSchema),
        authTaxUs: comparisonSchema
          .nullable()
          .describe(
            'CPU µs a request over all tiers but the generator, minus the mean of the controls in the same block',
          ),
        throughputVsControl: comparisonSchema
          .nullable()
          .describe('Null where the generator or the proxy, not the replica, held either side down'),
        versus: z
          .object({
            arm: z.string(),
            throughputRatio: comparisonSchema.nullable(),
            cpuRatio: comparisonSchema.nullable(),
            cpuDifferenceUs: comparisonSchema.nullable(),
          })
          .nullable()
          .describe(
            'Against the arm that it names itself compared with, block by block; CPU over all serving tiers',
          ),
        warnings: z.array(warningSchema),
      }),
    ),
    scaling: z
      .array(
        z.object({
          scheme: z.string(),
          replicas: count.min(1),
          speedup: estimateSchema.describe(
            'X(N) ÷ X(1) within blocks; in the scale model had the CPUs been as fast for both: ÷ pace',
          ),
          efficiency: estimateSchema.nullable().describe('X(N) ÷ (N · X(1)); null when withheld'),
          withheld: warningSchema.nullable().describe('Why there is no efficiency'),
          pace: estimateSchema
            .nullable()
            .describe('How fast the CPUs of the N replicas were ÷ that of the one; null: not known'),
          quotaBias: estimateSchema
            .nullable()
            .describe(
              'Scale model: replica CPU a request ÷ that of one replica without a quota; null: no quotas',
            ),
        }),
      )
      .describe('From the experiment `replicas`'),
    scalability: z
      .array(
        z.object({
          scheme: z.string(),
          shareCores: z
            .number()
            .nullable()
            .describe('Quota of a replica and of Redis in the scale model; null: own cores'),
          quotaBias: estimateSchema
            .nullable()
            .describe('Replica CPU a request under the quota ÷ without, one replica; null without quotas'),
          law: z
            .object({
              onePerSec: z.number().describe('What one replica serves'),
              redisPerSec: estimateSchema.nullable().describe('What one Redis can serve; null: not used'),
              redisFromReplicas: estimateSchema
                .nullable()
                .describe('Number of replicas from which on Redis, not they, is the limit'),
            })
            .nullable()
            .describe(
              'The demand law, from the arms that were not held out: X(N) = min(N · X(1), 1 ÷ demand on Redis)',
            ),
          usl: z
            .object({
              perSecAtOne: estimateSchema,
              contention: estimateSchema.describe('α'),
              coherency: estimateSchema.describe('β'),
            })
            .nullable()
            .describe('Universal Scalability Law over all N; null below three different N'),
          scattered: z
            .array(z.object({ replicas: count.min(1), refusedShare: estimateSchema }))
            .describe('Share of requests answered 401 where users are sent to any replica'),
        }),
      )
      .describe('From the experiment `replicas`'),
    predictions: z
      .array(
        z.object({
          arm: z.string(),
          scheme: z.string(),
          replicas: count.min(1),
          law: z.string(),
          predicted: z.object({ value: z.number(), lo: z.number(), hi: z.number() }),
          measured: estimateSchema.describe('In the unit of the prediction'),
          error: z.number().describe('Measured ÷ predicted − 1'),
        }),
      )
      .describe('What was written down before the arms held out were measured, and what they showed'),
    payload: payloadSchema,
    revocation: revocationSummarySchema,
    refresh: refreshSchema,
    anomalies: anomaliesSummarySchema,
    faults: faultsSummarySchema,
    distance: distanceSchema,
    trade: tradeSchema,
    counterfeits: counterfeitsSummarySchema,
    browser: browserSummarySchema.nullable().describe('Null without that experiment'),
    timing: timingSummarySchema.nullable().describe('Null without that experiment'),
    tls: tlsSummarySchema.nullable().describe('Null without that experiment'),
    memoryPerUser: z
      .array(
        z.object({
          scheme: z.string(),
          replicaBytes: comparisonSchema,
          redisBytes: comparisonSchema.nullable().describe('Null: no Redis, or it could not be read'),
        }),
      )
      .describe('Least-squares slopes of what logins added, over numbers of users, in bytes a user'),
    latency: z
      .array(
        z.object({
          scheme: z.string(),
          rungs: z.array(latencyRowSchema),
          rejected: z
            .array(z.object({ arrivalsPerSec: z.number(), windows: count, by: z.array(warningSchema) }))
            .describe('Rates at which gates rejected windows, which are in no figure'),
          capacityPerSec: estimateSchema.nullable(),
          capacityNote: z
            .enum([
              'found',
              'slo-never-met',
              'never-broken',
              'load-limited',
              'wide-gap',
              'one-rung',
              'not-measured',
            ])
            .describe(
              'found: between a rate that kept the SLO and one that broke it. never-broken, load-limited and ' +
                'wide-gap (no rate was sent near it): the capacity is at least the value',
            ),
          kneePerSec: z
            .number()
            .nullable()
            .describe('Rate with the most throughput ÷ mean latency (Kleinrock’s power); null below 3 rungs'),
          saturationPerSec: estimateSchema
            .nullable()
            .describe(
              'Throughput of the closed loop on the same processes; null where the load was the limit',
            ),
        }),
      )
      .describe('From the experiment `latency`; open loop, intended send to last byte'),
    hashedLogins: z.array(hashedLoginSchema),
    journeys: z.array(journeySummarySchema),
    demand: z
      .array(
        z.object({
          scheme: z.string(),
          tier: z.enum(['replicas', 'redis', 'proxy']),
          demandUs: estimateSchema.describe('D: CPU µs that one more request takes'),
          idleCores: estimateSchema.describe(
            'U0: busy cores that do not grow with throughput (the intercept)',
          ),
          rungs: count,
          worstResidual: nonNegative.describe('Largest |U − (U0 + D·X)| ÷ U over the rungs'),
        }),
      )
      .describe('U = U0 + D·X, least squares over the rungs; n counts server processes'),
    blocks: z
      .array(z.object({ experiment: z.string(), planned: count, measured: count, stoppedEarly: z.boolean() }))
      .describe('Blocks of each experiment'),
    farScale: farScaleSchema,
    rejected: z.array(z.object({ trial: z.string(), reason: z.string() })),
    withRejected: z
      .array(
        z.object({
          arm: z.string(),
          metric: z.string(),
          without: estimateSchema,
          with: estimateSchema,
          agrees: z
            .boolean()
            .describe('The value with all trials lies inside the interval without the rejected'),
        }),
      )
      .describe('Figures of arms with rejected trials, computed both ways'),
    claims: z.array(claimFindingSchema).describe('The ledger, in its order'),
    notes: z.array(z.string()),
  })
  .describe('Everything derived from the records of a run; can be thrown away and made again')

export type Summary = z.infer<typeof summarySchema>
export type ClaimFinding = z.infer<typeof claimFindingSchema>
