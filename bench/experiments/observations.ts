/** Every kind of observation, one file each, and when they begin and end. */

import type { Observer, Scene } from '../observe/scene.ts'
import type { Observe, Observed } from '../record/schema/observe.ts'
import { observeAnomalies } from './anomalies/act.ts'
import { observeFaults } from './faults/act.ts'
import { observeRevocation } from './revocation/act.ts'

const observers: { [K in Observe['kind']]: Observer<K> } = {
  revocation: observeRevocation,
  anomalies: observeAnomalies,
  faults: observeFaults,
}

/** An observation that goes on while a window of load is open. */
interface Observation {
  /** The window has opened: it begins. */
  open(): void
  /** The window has closed. */
  close(): void
  readonly seen: Promise<Observed>
  /** Waits for its end, also where the load failed: nothing is asked of a fleet that is about to stop. Never rejects. */
  end(): Promise<void>
}

/** What the arm asks for, to be told of its window. */
export function observing(asked: Observe, scene: Omit<Scene, 'closed'>): Observation {
  const observer = observers[asked.kind] as Observer<Observe['kind']>
  const closed = new AbortController()
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const seen = opened.then(() => observer(asked, { ...scene, closed: closed.signal }))
  const close = () => closed.abort()
  return {
    open,
    close,
    seen,
    async end() {
      close()
      open()
      await seen.catch(() => {})
    },
  }
}
