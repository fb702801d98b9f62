/** Starts a fleet beside a control, and sends both their load by turns. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { SchemeName } from '../../../servers/scheme.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Generator, Issuing } from '../../load/job.ts'
import type { Quotas } from '../../record/types.ts'
import { saturation } from '../../run/phases.ts'
import type { Turn } from '../../run/turns/columns.ts'
import { QUIET_MS, takeTurn } from '../../run/turns/turn.ts'
import type { Session } from '../../run/window.ts'
import {
  createHistogram,
  decodeHistogram,
  type Histogram,
  summarizeHistogram,
} from '../../stats/histogram.ts'
import { trialOf, withFleets } from '../fleets-of-proof.ts'

/** What is started, and what it is sent. */
export interface Asked {
  scheme: SchemeName
  replicas: number
  quotas: Quotas | null
  users: number
  /** Reads of all replicas together. */
  perSec: number
  handlerUs: number
  issuing?: Issuing
  /** Turns of each of the two. */
  turns: number
}

export interface Point {
  perSec: number
  handlerUs: number
}

export type Seen = Omit<Turn, 'order' | 'point'>

export interface Started {
  own: Seen[]
  /** The control’s turn beside each of them. */
  control: Seen[]
  p99Us: number
  /** What the users added to Redis; null without one. */
  redisBytes: number | null
}

const TURN_SEC = 0.8
const CONTROL_SEC = 0.5
/** Of each replica, as in a run: colder code takes more for a request. */
const WARM_REQUESTS = 10_000
/** More than are ever under way, so that no arrival waits for one. */
const CONNECTIONS = 128
/** Until processes that were just put under quotas have gone through their first periods. */
const PRACTICE_TURNS = 2

/** @returns turns of the fleet, and of a control that has a core to itself */
export async function started(
  { fleet, generator, signal }: { fleet: Fleet; generator: Generator; signal: AbortSignal },
  reference: Point,
  asked: Asked,
): Promise<Started> {
  const { scheme, replicas, quotas, users, perSec, handlerUs, turns } = asked
  const ownPoint = { perSec: perSec / replicas, handlerUs }
  const [own, control] = [
    trialFor(scheme, ownPoint, turns, {
      ...{ replicas, quotas, users, measureSec: TURN_SEC },
    }),
    trialFor(CONTROL, reference, turns, { measureSec: CONTROL_SEC }),
  ]
  const latency = createHistogram()
  const wanted = [
    { trial: own, scheme },
    { trial: control, scheme: CONTROL },
  ] as const
  return await withFleets({ fleet, generator }, wanted, async (sessions) => {
    const [first, second] = sessions
    if (!first || !second) throw new Error('two fleets were to be there')
    const loaded = { ...first, generator: serving(generator, asked.issuing, latency) }
    for (const { running } of sessions) running.rest?.()
    const redisBytes = await warm(first)
    await warm(second)
    const play = (session: Session, point: Point, seed: number) =>
      takeTurn(session, loadOf(session), point, seed)
    for (let i = 0; i < PRACTICE_TURNS; i++) await play(loaded, ownPoint, -1 - i)
    latency.reset()
    const seen: Pick<Started, 'own' | 'control'> = { own: [], control: [] }
    for (let i = 0; i < turns; i++) {
      signal.throwIfAborted()
      const beside = () => play(second, reference, i).then((turn) => seen.control.push(turn))
      // Neither is always the one that comes first.
      if (i % 2 === 0) await beside()
      seen.own.push(await play(loaded, ownPoint, i))
      if (i % 2 === 1) await beside()
    }
    return { ...seen, p99Us: summarizeHistogram(latency).p99, redisBytes }
  })
}

type More = Partial<Pick<Session['trial']['arm'], 'replicas' | 'quotas' | 'users' | 'measureSec'>>

function trialFor(name: string, { perSec, handlerUs }: Point, passes: number, more: More) {
  const settings = handlerUs > 0 ? { handlerUs: [handlerUs] } : {}
  const trial = trialOf(
    { name, settings, ratesPerSec: [perSec], handlerUs: [handlerUs], passes, warmupRequests: WARM_REQUESTS },
    0,
  )
  const load = { ...loadOf({ trial }), connections: CONNECTIONS }
  return { ...trial, arm: { ...trial.arm, load, ...more } }
}

function loadOf({ trial }: Pick<Session, 'trial'>) {
  const { load } = trial.arm
  if (load.loop !== 'turns') throw new Error(`${trial.id} takes no turns`)
  return load
}

/** @returns what its users added to Redis */
async function warm(session: Session): Promise<number | null> {
  const { running } = session
  running.wake?.()
  try {
    const judged = await saturation(session, loadOf(session))
    if (!judged.ok) throw new Error(`${session.trial.id}: ${judged.reason}`)
    await running.constrain()
    await sleep(QUIET_MS)
    const { idleRedisBytes, loggedInRedisBytes } = judged.measurement.memory
    return idleRedisBytes === null || loggedInRedisBytes === null ? null : loggedInRedisBytes - idleRedisBytes
  } finally {
    running.rest?.()
  }
}

/** A generator that also has logins and refreshes in its open loops, and keeps their latencies. */
function serving(generator: Generator, issuing: Issuing | undefined, latency: Histogram): Generator {
  return {
    ...generator,
    async load(job, onWindow) {
      const load = job.load.loop === 'open' ? { ...job.load, issuing } : job.load
      const report = await generator.load({ ...job, load }, onWindow)
      if (report.arrivals) latency.add(decodeHistogram(report.arrivals.histogram))
      return report
    },
  }
}
