/** What users meet when something dies, stands still, forgets or disagrees: each fault done for real under load. */
import type { SchemeName, Traits } from '../../../servers/scheme.ts'
import type { Arm, FaultId, Settings } from '../../record/types.ts'
import { among, arm, blocksOf, firstOfEachState, isSettable } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { profiles } from '../profiles.ts'

const REPLICAS = 2
/** The window before the fault is there to show that all is well. */
const CONNECTIONS = 16

/** A user may name others. */
const USUAL: readonly SchemeName[] = [
  'session-memory',
  'session-redis',
  'session-redis-tuned',
  'session-redis-cached',
  'jwt-hs256',
  'jwt-denylist',
  'jwt-refresh',
]

interface Laid {
  fault: FaultId
  /** What can feel it. */
  feels(traits: Traits): boolean
  /**
   * `every`: what the table of the whole trade says of each scheme. `usual`: with those that differ in what a fault
   * does to them. `states`: with the first of these for each place of state, since others of it do the same.
   */
  spread: 'every' | 'usual' | 'states' | 'one'
  /** Where it needs longer than others to show. */
  faultSec?: number
  /** Sets it apart from the same fault as it is. */
  variant?: string
  settings?: Settings
}

const anywhere = () => true
const withRedis = ({ state }: Traits) => state.includes('redis')
/** Sessions of a process are no other's business, whatever its keys. */
const sharing = ({ state }: Traits) => state !== 'process'
export const sessionsInRedis = ({ state }: Traits) => state === 'redis'
/** A token is looked up among those that were ended, on each request. */
export const looksUp = ({ state, revocation }: Traits) =>
  state === 'token+redis' && revocation === 'immediate'

/** HAProxy as it comes: it tries a replica that it finds no connection to again, and no other one. */
const faithful = { variant: 'same-replica', settings: { proxyRedispatch: false } } as const
/** The proxy gives a replica up in half the time in which a request counts as hanging. */
const hasty = { variant: 'proxy-timeout', settings: { proxyTimeoutMs: 1_000 } } as const
/** What a denylist does while it cannot be asked: 503, or letting in. */
const open = { variant: 'open', settings: { denylistDown: 'open' } } as const

/** In the order of the report. */
export const FAULTS: readonly Laid[] = [
  { fault: 'redis-killed-log', feels: withRedis, spread: 'every' },
  { fault: 'redis-killed-log', feels: looksUp, spread: 'usual', ...open },
  { fault: 'redis-killed-snapshots', feels: withRedis, spread: 'states' },
  { fault: 'redis-stopped', feels: withRedis, spread: 'states' },
  { fault: 'redis-stopped', feels: looksUp, spread: 'usual', ...open },
  { fault: 'redis-flushed', feels: withRedis, spread: 'usual' },
  { fault: 'redis-full', feels: withRedis, spread: 'states' },
  { fault: 'redis-evicting', feels: withRedis, spread: 'states' },
  { fault: 'redis-read-only', feels: withRedis, spread: 'usual' },
  { fault: 'redis-busy', feels: withRedis, spread: 'one' },
  { fault: 'redis-loading', feels: withRedis, spread: 'one' },
  { fault: 'redis-far', feels: withRedis, spread: 'one' },
  { fault: 'redis-replies-cut', feels: withRedis, spread: 'states' },
  { fault: 'redis-partitioned', feels: withRedis, spread: 'one' },
  // Until a guarded primary knows that nobody copies it, two seconds may pass.
  { fault: 'failover', feels: withRedis, spread: 'usual', faultSec: 3 },
  { fault: 'failover-guarded', feels: withRedis, spread: 'states', faultSec: 3 },
  { fault: 'logins-expired', feels: sessionsInRedis, spread: 'states' },
  { fault: 'replica-killed', feels: anywhere, spread: 'every' },
  { fault: 'replica-killed', feels: anywhere, spread: 'states', ...faithful },
  // The proxy finds out by three checks; each waits for two seconds, and begins two seconds after the one before.
  { fault: 'replica-stopped', feels: anywhere, spread: 'one', faultSec: 14 },
  { fault: 'replica-stopped', feels: anywhere, spread: 'one', faultSec: 14, ...hasty },
  { fault: 'replica-terminated', feels: anywhere, spread: 'one' },
  { fault: 'replica-terminated', feels: anywhere, spread: 'one', ...faithful },
  { fault: 'replica-drained', feels: anywhere, spread: 'one' },
  { fault: 'replica-clock-ahead', feels: anywhere, spread: 'states' },
  { fault: 'replica-other-keys', feels: sharing, spread: 'states' },
  { fault: 'proxy-killed', feels: anywhere, spread: 'one' },
  { fault: 'login-storm', feels: anywhere, spread: 'one' },
  { fault: 'hostile-requests', feels: anywhere, spread: 'one' },
]

export const faults: Experiment = {
  name: 'faults',
  question: 'What do users meet when something dies, stands still, forgets or disagrees?',
  profiles: ['full'],
  plan(options) {
    const { blocks, brief } = profiles[options.profile].faults
    if (options.faultProblem !== null)
      return { rounds: [], notes: [`faults: left out, since ${options.faultProblem}`] }
    if (options.maxReplicas < REPLICAS) return { rounds: [], notes: [ALONE] }
    const possible = FAULTS.filter(({ settings = {} }) => isSettable(settings, options))
    const laid = brief ? possible.filter(({ fault, variant }) => !variant && brief.includes(fault)) : possible
    const arms = laid.flatMap((one) => schemesFor(one, options).map((scheme) => armOf(one, scheme, options)))
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}

const ALONE = 'faults: left out, since this fleet has one replica, and a fault would break all of it'

function schemesFor({ feels, spread }: Laid, options: PlanOptions): SchemeName[] {
  const { schemes, schemesNamed, traits } = options
  const { brief } = profiles[options.profile].faults
  const all = schemesNamed || (spread === 'every' && !brief)
  const feeling = among(all ? schemes : USUAL, options).filter((scheme) => feels(traits[scheme]))
  if (all || spread === 'every' || spread === 'usual') return feeling
  if (spread === 'one') return feeling.filter((scheme) => withRedis(traits[scheme])).slice(0, 1)
  return firstOfEachState({ schemes: feeling, traits })
}

function armOf(
  { fault, variant, settings = {}, faultSec }: Laid,
  scheme: SchemeName,
  options: PlanOptions,
): Arm {
  const { blocks: _, brief: __, crowd, ...phases } = profiles[options.profile].faults
  const { users } = crowd
  const load = { loop: 'closed' as const, connections: CONNECTIONS }
  const base = { experiment: 'faults', scheme, replicas: REPLICAS, users, load, settings, ...phases }
  const observe = { kind: 'faults' as const, fault, ...crowd, ...(faultSec && { faultSec }) }
  return arm({ ...base, variant: variant ? `${fault}-${variant}` : fault, observe }, options)
}
