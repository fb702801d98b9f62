/** `verify.json`: what the proofs of the instrument showed on one machine. */
import { z } from 'zod'
import { nonNegative, SCHEMA_VERSION } from './basics.ts'
import { environmentSchema } from './run.ts'

export const verdictSchema = z
  .object({
    proof: z.string(),
    shows: z.string().describe('What the proof is about, in one line'),
    expected: z.string(),
    measured: z.string().describe('Or why it could not be run here'),
    passed: z
      .boolean()
      .nullable()
      .describe('Null: the proof could not be run on this machine, or was unclear'),
    figures: z.record(z.string(), z.number()).describe('The figures behind the verdict; units in the names'),
    seconds: nonNegative,
  })
  .describe('One property of the instrument, and whether it holds here')

export const verifySchema = z
  .object({
    schemaVersion: z.literal(SCHEMA_VERSION),
    startedAt: z.iso.datetime(),
    seconds: nonNegative,
    passed: z.boolean().describe('No proof failed'),
    verdicts: z.array(verdictSchema),
    environment: environmentSchema,
  })
  .describe('The instrument tested on the machine that it measures')

export type VerifyRecord = z.infer<typeof verifySchema>
