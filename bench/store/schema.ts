/**
 * The format of everything a run writes, as zod schemas: validation when it is read back, the types in
 * `types.ts`, and the published JSON Schema all come from this one description.
 */
export { estimateSchema, SCHEMA_VERSION, warningSchema } from './schema/basics.ts'
export { examinedSchema, examineSchema } from './schema/examine.ts'
export { faultIdSchema } from './schema/faults.ts'
export { loadCheckSchema } from './schema/load-check.ts'
export { observedSchema, observeSchema } from './schema/observe.ts'
export {
  environmentSchema,
  gateSchema,
  partSchema,
  placementSchema,
  predictionSchema,
  rulesSchema,
  runSchema,
  sloSchema,
} from './schema/run.ts'
export { quotasSchema, settingsSchema } from './schema/settings.ts'
export { claimFindingSchema, summarySchema } from './schema/summary.ts'
export {
  armSchema,
  arrivalsSchema,
  measurementSchema,
  rungSchema,
  trialResultSchema,
  trialSchema,
} from './schema/trial.ts'
export { verdictSchema, verifySchema } from './schema/verify.ts'
