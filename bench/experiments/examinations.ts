/** Every kind of examination, one file each: what is looked at before a window, on fresh server processes without load. */

import type { Fleet, FleetSpec } from '../fleet/fleet.ts'
import type { Examine, Examined } from '../record/schema/examine.ts'
import { examineInBrowser } from './browser/act.ts'
import { examineCounterfeits } from './counterfeits/act.ts'
import { examineTiming } from './timing/act.ts'

/** What an examination has to do with. */
export interface Conditions {
  fleet: Fleet
  signal: AbortSignal
}

type Examiner<K extends Examine['kind']> = (
  asked: Extract<Examine, { kind: K }>,
  spec: FleetSpec,
  conditions: Conditions,
) => Promise<Extract<Examined, { kind: K }>>

const examiners: { [K in Examine['kind']]: Examiner<K> } = {
  browser: examineInBrowser,
  counterfeits: examineCounterfeits,
  timing: examineTiming,
}

/** @throws Error when nothing can be said; then the whole trial is a failure */
export function examine(asked: Examine, spec: FleetSpec, conditions: Conditions): Promise<Examined> {
  const examiner = examiners[asked.kind] as Examiner<Examine['kind']>
  return examiner(asked, spec, conditions)
}
