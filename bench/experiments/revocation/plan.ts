/** How long an ended login is still accepted somewhere, on several replicas and under load; and what renewing tokens costs. */
import type { SchemeName, Traits } from '../../../servers/scheme.ts'
import type { Arm, Observe } from '../../record/types.ts'
import { arm, blocksOf, stickyIfCached } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { CONNECTIONS_PER_REPLICA, OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

/** With two, one could not tell the others from the other. */
const REPLICAS = 3
const POLL_MS = 2
const QUIET_MS = 50
/** Watched at once: their questions are a load too, and replicas that are busy with them answer late. */
const AT_ONCE = 3
const WAYS = ['logout', 'logout-everywhere', 'disable'] as const

/** What sets the arm apart that measures a refresh. */
export const REFRESHING = 'refreshing'

export const revocation: Experiment = {
  name: 'revocation',
  question:
    'How long after its logout is a credential still accepted, on any replica, and what do short lifetimes cost?',
  profiles: ['full'],
  plan(options) {
    const revocable = options.schemes.filter((scheme) => options.traits[scheme].revocation !== 'never')
    const watched = options.maxReplicas < 2 ? [] : revocable.filter((scheme) => isReachable(scheme, options))
    const left = revocable.filter((scheme) => !watched.includes(scheme))
    const renewed = revocable.filter((scheme) => renews(options.traits[scheme]))
    const profile = profiles[options.profile]
    const rounds = [
      { arms: watched.map((scheme) => watchedArm(scheme, options)), blocks: profile.revocation.blocks },
      { arms: renewed.map((scheme) => refreshingArm(scheme, options)), blocks: profile.login.blocks },
    ]
    const note = options.maxReplicas < 2 ? ALONE : `${NO_LIFETIME}: ${left.join(', ')}`
    return {
      rounds: rounds
        .filter(({ arms }) => arms.length > 0)
        .map(({ arms, blocks }) => ({ arms, blocks: blocksOf(options, blocks) })),
      notes: left.length === 0 ? [] : [note],
    }
  },
}

const ALONE =
  'revocation: no logout is watched, since this fleet has one replica and nobody else to hear of it'
const NO_LIFETIME = 'revocation: left out, since this fleet cannot shorten the lifetime that is the bound'

/** Whether a revoked login lives on for the rest of an access token's lifetime, and can be renewed until then. */
const renews = ({ boundedBy }: Traits) => boundedBy === 'ACCESS_TTL_SEC'

/** The setting whose seconds have to pass until a revocation acts; null where nothing has to expire. */
function lifetimeOf(traits: Traits): 'ttlSec' | 'accessTtlSec' | null {
  if (renews(traits)) return 'accessTtlSec'
  return traits.revocation === 'at-expiry' ? 'ttlSec' : null
}

/** Whether the end of the bound can be waited for. */
function isReachable(scheme: SchemeName, { traits, settable }: PlanOptions): boolean {
  const lifetime = lifetimeOf(traits[scheme])
  return lifetime === null || settable.includes(lifetime)
}

function watchedArm(scheme: SchemeName, options: PlanOptions): Arm {
  const { repeats, expiry, load, users, ...phases } = profiles[options.profile].revocation
  const traits = options.traits[scheme]
  const lifetime = lifetimeOf(traits)
  const connections = options.connections ?? OPEN_CONNECTIONS_PER_REPLICA
  const chosen = {
    experiment: 'revocation',
    scheme,
    replicas: Math.min(REPLICAS, options.maxReplicas),
    users: options.users ?? users,
    load: { loop: 'journey' as const, connections, ...load },
    ...phases,
    ...(lifetime && { measureSec: expiry.measureSec }),
    // Of the load; revoked users go to all replicas.
    settings: lifetime ? { [lifetime]: expiry.ttlSec } : stickyIfCached(traits),
  }
  return {
    ...arm(chosen, options),
    observe: observation(lifetime ? expiry.repeats : repeats, lifetime !== null),
  }
}

function observation(repeats: number, waits: boolean): Observe {
  const ways = [...WAYS]
  const users = ways.length * repeats
  // Those that end at their expiry are waited for together.
  const atOnce = waits ? users : AT_ONCE
  return { kind: 'revocation', users, ways, repeats, atOnce, pollMs: POLL_MS, quietMs: QUIET_MS }
}

/** A closed loop in which each connection trades one refresh token for the next. */
function refreshingArm(scheme: SchemeName, options: PlanOptions): Arm {
  const phases = profiles[options.profile].login
  const connections = options.connections ?? CONNECTIONS_PER_REPLICA
  const load = { loop: 'closed' as const, requests: 'refresh' as const, connections }
  const chosen = { experiment: 'revocation', scheme, variant: REFRESHING, replicas: 1, ...phases, load }
  // One user for each: nobody else would be met.
  return arm({ ...chosen, users: connections }, options)
}
