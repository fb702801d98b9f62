/** What an observation has to do with. */
import type { Traits } from '../../servers/scheme.ts'
import type { RunningFleet } from '../fleet/fleet.ts'
import type { Observe, Observed, Settings } from '../record/types.ts'

export interface Scene {
  running: RunningFleet
  traits: Traits
  settings: Settings
  /** The first of the users that the load never uses; they go on to the end of the servers' directory. */
  firstUser: number
  /** Aborts when the window of the load closes: what is not under load is not looked at. */
  closed: AbortSignal
}

/** Resolves soon after the window has closed; rejects only for what makes the whole trial a failure. */
export type Observer<K extends Observe['kind']> = (
  asked: Extract<Observe, { kind: K }>,
  scene: Scene,
) => Promise<Extract<Observed, { kind: K }>>
