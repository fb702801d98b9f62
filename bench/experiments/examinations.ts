/** Every kind of examination, one file each: what is looked at before a window, on fresh server processes without load. */

import type { Surroundings } from '../fleet/ask-fleet.ts'
import type { FleetSpec } from '../fleet/fleet.ts'
import type { Examine, Examined } from '../record/schema/examine.ts'
import { examineInBrowser } from './browser/act.ts'
import { examineCounterfeits } from './counterfeits/act.ts'
import { examineTiming } from './timing/act.ts'

type Examiner<K extends Examine['kind']> = (
  asked: Extract<Examine, { kind: K }>,
  spec: FleetSpec,
  surroundings: Surroundings,
) => Promise<Extract<Examined, { kind: K }>>

const examiners: { [K in Examine['kind']]: Examiner<K> } = {
  browser: examineInBrowser,
  counterfeits: examineCounterfeits,
  timing: examineTiming,
}

/** @throws Error when nothing can be said; then the whole trial is a failure */
export function examine(asked: Examine, spec: FleetSpec, surroundings: Surroundings): Promise<Examined> {
  const examiner = examiners[asked.kind] as Examiner<Examine['kind']>
  return examiner(asked, spec, surroundings)
}
