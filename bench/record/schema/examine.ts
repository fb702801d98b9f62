/** Trials that look at something before their window, on fresh server processes without load. */
import { z } from 'zod'
import { browserSchema } from './browser.ts'
import { counterfeitsPlanSchema, counterfeitsSchema } from './counterfeits.ts'
import { timingPlanSchema, timingSchema } from './timing.ts'

export const examineSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('browser') }),
    counterfeitsPlanSchema,
    timingPlanSchema,
  ])
  .describe(
    'What is looked at first, on fresh server processes of its own; the window is measured afterwards',
  )

export const examinedSchema = z
  .discriminatedUnion('kind', [browserSchema, counterfeitsSchema, timingSchema])
  .describe('What `examine` saw')

export type Examine = z.infer<typeof examineSchema>
export type Examined = z.infer<typeof examinedSchema>
/** What was seen in a real browser. */
export type BrowserSeen = Extract<Examined, { kind: 'browser' }>
/** What was seen of the durations of lookups. */
export type TimingSeen = Extract<Examined, { kind: 'timing' }>
