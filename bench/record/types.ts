/** The door of the raw format: its types, each made from the schema that validates it. Units stand in the names. */
export type { Estimate, Warning } from './schema/basics.ts'
export type { BrowserSeen, Examine, Examined, TimingSeen } from './schema/examine.ts'
export type { FaultId } from './schema/faults.ts'
export type { Host, ServerVariables } from './schema/host.ts'
export type { LoadCheck } from './schema/load-check.ts'
export type { Observe, Observed } from './schema/observe.ts'
export type { PlanCheck } from './schema/plan-check.ts'
export type {
  Environment,
  Gate,
  Part,
  Placement,
  Prediction,
  ProfileName,
  Rules,
  Run,
  Slo,
} from './schema/run.ts'
export type { Quotas, Setting, Settings } from './schema/settings.ts'
export type { Arm, Arrivals, Measurement, Rung, Trial, TrialResult } from './schema/trial.ts'
export type { Point, Turns } from './schema/turns.ts'
export type { VerifyRecord } from './schema/verify.ts'
