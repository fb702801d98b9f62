/**
 * All that experiments do to a fleet beside load, by kind: what is examined before a window, what is observed during it,
 * and the search for the largest state. The one file that imports an `act.ts`, so that the rest of an experiment stays pure.
 */
import { once } from 'node:events'
import type { Surroundings } from '../fleet/ask-fleet.ts'
import type { FleetSpec } from '../fleet/fleet.ts'
import type { Observer, Scene } from '../observe/scene.ts'
import type { Examine, Examined, Observe, Observed } from '../record/types.ts'
import { observeAnomalies } from './anomalies/act.ts'
import { examineInBrowser } from './browser/act.ts'
import { examineCounterfeits } from './counterfeits/act.ts'
import { observeFaults } from './faults/act.ts'
import { observeRevocation } from './revocation/act.ts'
import { examineTiming } from './timing/act.ts'

export { findStateLimit } from './payload/act.ts'

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

const observers: { [K in Observe['kind']]: Observer<K> } = {
  revocation: observeRevocation,
  anomalies: observeAnomalies,
  faults: observeFaults,
}

/** What the arm asks for, while a window of load is open. */
export function observing(asked: Observe, scene: Omit<Scene, 'closed'>) {
  const observer = observers[asked.kind] as Observer<Observe['kind']>
  const [opening, closing] = [new AbortController(), new AbortController()]
  const opened = once(opening.signal, 'abort')
  const seen: Promise<Observed> = opened.then(() => observer(asked, { ...scene, closed: closing.signal }))
  return {
    /** The window has opened: it begins. */
    open: () => opening.abort(),
    /** The window has closed. */
    close: () => closing.abort(),
    seen,
    /** Waits for its end, also where the load failed: nothing is asked of a fleet that is about to stop. Never rejects. */
    async end() {
      closing.abort()
      opening.abort()
      await seen.catch(() => {})
    },
  }
}
