/** The rules by which a window is judged: a table that each run records before anything is measured. */
import type { Load, LoadReport } from '../load/job.ts'
import type { Arm, Gate, Measurement, Warning } from '../record/types.ts'
import { percent } from '../words/format.ts'
import { type Context, type Facts, type GateId, gateValues } from './gate-values.ts'

const FLAG = { closedLoop: 'flag', openLoop: 'flag', leastWindowSec: 0 } as const
const REJECT = { closedLoop: 'reject', openLoop: 'reject', leastWindowSec: 0 } as const
/** A short disturbance says little about a long window and everything about a short one, which is only flagged. */
const REJECT_IF_LONG = { ...REJECT, leastWindowSec: 1 } as const
const WITHHOLD = { ...REJECT, closedLoop: 'withhold' } as const

/**
 * Each limit lies where the effect would reach the size of the differences that the suite wants to see, a few per
 * cent, and above what an undisturbed machine shows. A value breaks its gate when it is above the limit.
 */
const table: readonly (Gate & { id: GateId })[] = [
  {
    id: 'generator-saturated',
    limit: 0.95,
    unit: 'share of its CPUs in use',
    // On two cores the control always fills the core that generator, proxy and Redis share.
    ...WITHHOLD,
    why: 'the load generator has no CPU left: throughput is its ceiling, and arrivals leave late',
  },
  {
    id: 'proxy-saturated',
    limit: 0.95,
    unit: 'share of its CPUs in use',
    ...WITHHOLD,
    why: 'the proxy has no CPU left: throughput is its ceiling, and latency is its queue',
  },
  {
    id: 'redis-saturated',
    limit: 0.95,
    unit: 'share of its CPUs in use',
    ...FLAG,
    why: 'Redis, on CPUs of its own, has none left: this is the scheme’s own limit, and worth knowing',
  },
  {
    id: 'replica-not-saturated',
    limit: 0.1,
    unit: 'share of the replicas’ CPUs that is idle',
    ...FLAG,
    openLoop: null,
    why: 'something other than the replicas holds the throughput down; below saturation that is as it should be',
  },
  {
    id: 'replicas-share-cores',
    limit: 0,
    unit: 'replicas without a core of their own',
    ...FLAG,
    why: 'replicas that take turns on a core say nothing about scaling',
  },
  {
    id: 'replicas-uneven',
    limit: 0.2,
    unit: 'deviation of a replica’s share of the requests, relative to an even share',
    ...REJECT,
    why: 'the busiest replica saturates first and the others’ capacity is not seen',
  },
  {
    id: 'placement-unpinned',
    limit: 0,
    unit: '(1 where processes may run on any CPU)',
    ...FLAG,
    why: 'the load competes with what it measures, and no tier can be called saturated',
  },
  {
    id: 'foreign-cpu',
    limit: 0.05,
    unit: 'share of the machine',
    ...REJECT_IF_LONG,
    why: 'programs that are not of the run take CPU and caches from it',
  },
  {
    id: 'steal',
    limit: 0.02,
    unit: 'share of the machine',
    ...REJECT_IF_LONG,
    why: 'the hypervisor gives this machine’s CPUs to others',
  },
  {
    id: 'throttled',
    limit: 0.02,
    unit: 'share of the window',
    ...REJECT_IF_LONG,
    why: 'a CPU quota of a container holds the run back: its size is measured, not the scheme',
  },
  {
    id: 'run-queue-wait',
    limit: 0.05,
    unit: 'share of the window',
    ...REJECT_IF_LONG,
    why: 'a replica was ready to run while its CPU ran something outside of this run',
  },
  {
    id: 'littles-law',
    limit: 0.05,
    unit: 'deviation of requests in flight ÷ (throughput × mean latency) from 1',
    ...REJECT_IF_LONG,
    why: 'requests, time or connections are missing from the account: the instrument contradicts itself',
  },
  {
    id: 'rate-missed',
    limit: 0.01,
    unit: 'share of the arrivals',
    ...REJECT_IF_LONG,
    closedLoop: null,
    why: 'the load was not what was asked for',
  },
  {
    id: 'generator-lag',
    limit: 5,
    unit: 'ms at p99, from the intended send to its notice',
    ...REJECT_IF_LONG,
    closedLoop: null,
    why: 'latency counts from the intended send, so the sender’s own delay would pass for the server’s',
  },
  {
    id: 'users-not-rotating',
    limit: 0.2,
    unit: 'share of the users that were missed, though as many random requests would have met them',
    ...REJECT,
    why: 'few users flatter caches: a session or token seen a moment ago costs less',
  },
  {
    id: 'tier-not-measured',
    limit: 0,
    unit: 'tiers whose CPU cannot be read',
    ...FLAG,
    why: 'sums over tiers leave it out, and foreign CPU cannot be told from its own',
  },
  {
    id: 'warm-up-not-over',
    // Sixteen windows of well-warmed replicas on a shared host, whose speed changes within seconds, had changes from
    // −0.78 to +0.71; without any warm-up it is about −1. What is less shows over blocks: figures/warm-up.ts.
    limit: 0.8,
    unit: 'fall of replica CPU a request over the window, as a share of its mean',
    ...REJECT_IF_LONG,
    openLoop: null,
    why: 'CPU a request falls while code is still being compiled',
  },
]

/** The gates of a new run. */
export const gates = (): Gate[] => [...table]

/** The gates that a window breaks, in the order of the table. A fact that is not known breaks none. */
export function breached(judges: readonly Gate[], facts: Facts, context: Context): Warning[] {
  return judges
    .filter((gate) => actionIn(gate, context.loop) !== null)
    .filter((gate) => (measured(gate, facts, context) ?? Number.NEGATIVE_INFINITY) > gate.limit)
    .map(({ id }) => id)
}

/**
 * What follows from broken gates. Those in neither list are shown beside the figures, and so are all that an observation
 * broke: what happened has happened, however busy the machine was.
 */
export function decision(
  judges: readonly Gate[],
  { arrivals, warnings, windowSec, observed }: Measurement,
): { reject: Warning[]; withhold: Warning[] } {
  const loop = arrivals ? 'open' : 'closed'
  const broken = judges.filter(
    ({ id, leastWindowSec }) => warnings.includes(id) && windowSec >= leastWindowSec,
  )
  const withAction = (action: Gate['closedLoop']) =>
    broken.filter((gate) => actionIn(gate, loop) === action).map(({ id }) => id)
  return { reject: observed ? [] : withAction('reject'), withhold: withAction('withhold') }
}

/**
 * Why a window must not become a figure whatever the gates say, or null. One wrong answer is enough: speed without
 * right ones is worth nothing. Errors and timeouts are data in an open loop, where they cost the SLO; in a closed
 * loop each of them also takes load away, and what is left is no figure.
 */
export function invalidity(
  { wrongAnswers, errors, requests, verifiedBodies, arrivals, statusCounts }: Measurement,
  { wrongExamples }: Pick<LoadReport, 'wrongExamples'>,
  { settings }: Pick<Arm, 'settings'> = { settings: {} },
): string | null {
  // How often a user is not known where the proxy happens to send him is what such an arm is there to find out.
  const expected = settings.sticky === false ? (statusCounts['401'] ?? 0) : 0
  if (wrongAnswers > expected)
    return `${wrongAnswers} wrong answers of ${requests}: ${wrongExamples.join('; ')}`
  if (!arrivals && errors > 0)
    return `${errors} connection errors or timeouts beside ${requests} replies: ${wrongExamples.join('; ')}`
  if (!arrivals && requests === 0) return 'no reply inside the measurement window'
  if ((statusCounts['200'] ?? 0) > 0 && verifiedBodies === 0) return 'no reply body was verified'
  return null
}

/** The rest are sessions whose first connection was lost. */
const LEAST_RESUMED = 0.95
/** None should; a few are no reason to throw a trial away. */
const MOST_RESUMED_OF_NEW = 0.01

/** The same of a window over TLS, where handshakes were not those that were asked for; null without TLS. */
export function tlsProblem(
  { handshakes, protocols }: Pick<Measurement, 'handshakes' | 'protocols'>,
  load: Load,
  { tls }: Arm['settings'],
): string | null {
  if (!tls) return null
  const own = protocols?.[`TLSv${tls}`]
  if (!own?.accepted)
    return (
      `the proxy refused a ClientHello of TLS ${tls}, its own version (${own?.answer}): its answers to the ` +
      'others mean nothing'
    )
  const reuse = load.loop === 'closed' ? (load.reuse ?? 'kept') : 'kept'
  if (reuse === 'kept') return null
  const { full, resumed } = handshakes ?? { full: 0, resumed: 0 }
  if (full + resumed === 0) return 'no TLS handshake inside the measurement window'
  const share = resumed / (full + resumed)
  const isRight = reuse === 'resumed' ? share >= LEAST_RESUMED : share <= MOST_RESUMED_OF_NEW
  if (isRight) return null
  const wanted = reuse === 'resumed' ? 'all were to resume a session' : 'none was to resume a session'
  return `${percent(share)} of ${full + resumed} connections resumed a TLS session, and ${wanted}`
}

/** What journeys may do to a window they do as open-loop arrivals do: both come without waiting for replies. */
const actionIn = (gate: Gate, loop: Load['loop']) => (loop === 'closed' ? gate.closedLoop : gate.openLoop)

function measured({ id }: Gate, facts: Facts, context: Context): number | null {
  return id in gateValues ? gateValues[id as GateId](facts, context) : null
}
