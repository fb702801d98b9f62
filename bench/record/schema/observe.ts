/** Trials that ask what happens instead of how fast: what is done during their load, and what was seen. */
import { z } from 'zod'
import { anomaliesPlanSchema, anomaliesSchema } from './anomalies.ts'
import { faultsPlanSchema, faultsSchema } from './faults.ts'
import { revocationPlanSchema, revocationSchema } from './revocation.ts'

export const observeSchema = z
  .discriminatedUnion('kind', [revocationPlanSchema, anomaliesPlanSchema, faultsPlanSchema])
  .describe('What is done to the fleet, and looked at, while the load of the window goes on')

export const observedSchema = z
  .discriminatedUnion('kind', [revocationSchema, anomaliesSchema, faultsSchema])
  .describe('What `observe` saw')

export type Observe = z.infer<typeof observeSchema>
export type Observed = z.infer<typeof observedSchema>
