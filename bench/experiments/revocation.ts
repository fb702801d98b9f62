/** How long an ended login is still accepted somewhere, on several replicas and under load. */
import type { Arm, Experiment, Observe, PlanOptions, SchemeName, Traits } from '../types.ts'
import { arm, blocksOf } from './arms.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from './profiles.ts'

/** With two, one could not tell the others from the other. */
const REPLICAS = 3
const POLL_MS = 2
const QUIET_MS = 50
/** Watched at once: their questions are a load too, and replicas that are busy with them answer late. */
const AT_ONCE = 2

export const revocation: Experiment = {
  name: 'revocation',
  question: 'How long after its logout is a credential still accepted, on any replica?',
  profiles: ['full'],
  plan(options) {
    const { blocks } = profiles[options.profile].revocation
    if (options.maxReplicas < 2) return { rounds: [], notes: [ALONE] }
    const revocable = options.schemes.filter((scheme) => options.traits[scheme].revocation !== 'never')
    const waits = revocable.filter((scheme) => lastsLong(options.traits[scheme]))
    if (options.settable.includes('ttlSec')) return { rounds: rounds(revocable, blocks, options), notes: [] }
    const notes = waits.length > 0 ? [`${NO_TTL}: ${waits.join(', ')}`] : []
    return {
      rounds: rounds(
        revocable.filter((one) => !waits.includes(one)),
        blocks,
        options,
      ),
      notes,
    }
  },
}

const ALONE = 'revocation: left out, since this fleet has one replica and nobody else to hear of a logout'
const NO_TTL =
  'revocation: left out, since this fleet cannot shorten the lifetime of a login, which is the bound'

/** Whether a logout is followed by waiting for an expiry, for which its servers' lifetimes are made short. */
const lastsLong = ({ revocation }: Traits) => revocation === 'at-expiry'

function rounds(schemes: readonly SchemeName[], blocks: number, options: PlanOptions) {
  if (schemes.length === 0) return []
  return [{ arms: schemes.map((scheme) => armOf(scheme, options)), blocks: blocksOf(options, blocks) }]
}

function armOf(scheme: SchemeName, options: PlanOptions): Arm {
  const { blocks: _, repeats, expiry, load, users, ...phases } = profiles[options.profile].revocation
  const waits = lastsLong(options.traits[scheme])
  const replicas = Math.min(REPLICAS, options.maxReplicas)
  const connections = options.connections ?? OPEN_CONNECTIONS_PER_REPLICA
  const chosen = {
    experiment: 'revocation',
    scheme,
    replicas,
    users: options.users ?? users,
    load: { loop: 'journey' as const, connections, ...load },
    ...phases,
    ...(waits ? { measureSec: expiry.measureSec, settings: { ttlSec: expiry.ttlSec } } : {}),
  }
  return { ...arm(chosen, options), observe: observation(waits ? expiry.repeats : repeats, waits) }
}

function observation(repeats: number, waits: boolean): Observe {
  const ways = ['logout' as const]
  const users = ways.length * repeats
  // Those that end at their expiry are waited for together.
  const atOnce = waits ? users : AT_ONCE
  return { kind: 'revocation', users, ways, repeats, atOnce, pollMs: POLL_MS, quietMs: QUIET_MS }
}
