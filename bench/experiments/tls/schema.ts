/** What a summary says of TLS at the proxy. */
import { z } from 'zod'
import type { SummaryWith } from '../../figures/schema.ts'
import { comparisonSchema, count, estimateSchema } from '../../record/schema/basics.ts'
import { protocolSchema } from '../../record/schema/trial.ts'

export const tlsSummarySchema = z
  .object({
    sessionTaxUs: comparisonSchema
      .nullable()
      .describe(
        'What a session in Redis adds to the control over plain HTTP and kept connections, in the same experiment: ' +
          'CPU µs a request of replicas, Redis and proxy',
      ),
    costs: z.array(
      z.object({
        arm: z.string(),
        addedUs: comparisonSchema.describe(
          'CPU µs of the proxy beyond the arm that it is compared with: for a request, and for its connection if it ' +
            'has one of its own. Detected if larger than the difference of the proxy between the two controls',
        ),
        ofSessionTax: estimateSchema
          .nullable()
          .describe('addedUs ÷ sessionTaxUs within blocks; null unless both were seen'),
        resumedShare: z
          .number()
          .min(0)
          .max(1)
          .nullable()
          .describe('Of the TLS handshakes of all blocks; null without any'),
      }),
    ),
    protocols: z
      .array(
        z.object({
          tls: z.enum(['1.2', '1.3']).describe('Version that the proxy was told to speak, and no other'),
          trials: count,
          offered: z.array(
            z.object({
              protocol: protocolSchema,
              accepted: z.boolean().describe('In any of the trials'),
              answers: z.array(z.string()).describe('Every different one'),
            }),
          ),
        }),
      )
      .describe('Answer of the proxy to a ClientHello of each version alone'),
  })
  .describe('From the experiment `tls`')

export const part = { tls: tlsSummarySchema.nullable().describe('Null without that experiment') }

export type Summary = SummaryWith<typeof part>
