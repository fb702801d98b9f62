/** Fleets that are up at once and take turns, started and asked as those of a run are. */
import type { SchemeName } from '../../servers/scheme.ts'
import type { Fleet } from '../fleet/fleet.ts'
import { unlessEnded } from '../load/in-time.ts'
import type { Generator } from '../load/job.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Trial, TrialResult } from '../record/types.ts'
import type { TurnsLoad } from '../run/turns/points.ts'
import type { Judged, Session } from '../run/window.ts'
import { traits } from '../traits.ts'
import { proofTrial, rules } from './trial-of-proof.ts'

/** As the arms of a run that takes turns, but for how long each is made warm. */
const TURNS = {
  users: 1_000,
  replicas: 1,
  warmupSec: 0.3,
  warmupRequests: 1_500,
  measureSec: 0.25,
}
const LOAD = {
  loop: 'turns' as const,
  connections: 32,
  settleSec: 0.05,
  closed: false,
  idleSec: 0,
  mostBusy: 0.7,
}

/** What a proof asks of an arm. */
export interface Wanted extends Pick<TurnsLoad, 'ratesPerSec' | 'handlerUs' | 'passes'> {
  /** What stands in its record: a scheme, or the name of what was planted. */
  name: string
  twin?: boolean
  settings?: Arm['settings']
  /** Replies before the first turn; default: enough where arms of the same age are compared. */
  warmupRequests?: number
}

export function trialOf(wanted: Wanted, block: number): Trial {
  const { name, twin = false, settings = {}, warmupRequests = TURNS.warmupRequests, ...load } = wanted
  const id = `verify/${name}${twin ? '/twin' : ''}`
  const own = { id, scheme: name, twin, settings, warmupRequests, load: { ...LOAD, ...load } }
  const arm = { ...proofTrial.arm, ...TURNS, ...own }
  return { id: `${id}@${block}`, block, position: 0, arm }
}

/** A fleet of `scheme` for each trial, whatever its record calls it, and a session on it. They end with `use`. */
export function withSessions<T>(
  { fleet, generator, scheme }: { fleet: Fleet; generator: Generator; scheme: SchemeName },
  trials: readonly Trial[],
  use: (sessions: Session[]) => Promise<T>,
): Promise<T> {
  const all = trials.map((trial) => ({ trial, scheme }))
  return withFleets({ fleet, generator }, all, use)
}

/** A fleet for each trial, and a session on it; under quotas without pacers. They end with `use`. */
export async function withFleets<T>(
  { fleet, generator }: { fleet: Fleet; generator: Generator },
  wanted: readonly { trial: Trial; scheme: SchemeName }[],
  use: (sessions: Session[]) => Promise<T>,
): Promise<T> {
  if (!fleet.together) throw new Error('these fleets cannot be up at once')
  const all = await fleet.together.start(
    wanted.map(({ trial, scheme }) => {
      const { replicas, users, settings, quotas } = trial.arm
      return { scheme, traits: traits[scheme], replicas, users, settings, quotas, beside: false as const }
    }),
  )
  try {
    const sessions = all.flatMap((running, i): Session[] => {
      const one = wanted[i]
      if (!one) return []
      return [{ trial: one.trial, traits: traits[one.scheme], running, generator, rules, seed: 1 }]
    })
    return await unlessEnded(use(sessions), Promise.race(all.map(({ died }) => died)))
  } finally {
    await Promise.all(all.map((running) => running.stop()))
  }
}

/** The records of what was played. @throws Error with the reason of an arm that failed */
export function recordsOf(sessions: readonly Session[], judged: readonly Judged[]): TrialResult[] {
  const startedAt = new Date().toISOString()
  return judged.flatMap((one, i): TrialResult[] => {
    const trial = sessions[i]?.trial
    if (!trial) return []
    if (!one.ok) throw new Error(`${trial.id}: ${one.reason}`)
    return [{ schemaVersion: SCHEMA_VERSION, trial, startedAt, ...one }]
  })
}
