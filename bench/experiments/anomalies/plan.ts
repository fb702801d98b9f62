/** What concurrent requests do to each other, counted: stock against tuned, strict against lenient. */
import { arm, blocksOf, stickyIfCached } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

const REPLICAS = 3
/** Tabs of one browser, or requests of one page. */
const CLIENTS = { updates: 10, races: 8 }
/** What a second use of a refresh token is taken for: a theft, or for a while a lost reply. */
const RENEWALS = [
  { variant: 'strict', settings: { refreshGraceSec: 0 } },
  { variant: 'grace-10-s', settings: { refreshGraceSec: 10 } },
]

export const anomalies: Experiment = {
  name: 'anomalies',
  question:
    'What do concurrent requests do to each other: lost updates, logouts that come undone, refresh races, users at the wrong replica?',
  profiles: ['full'],
  plan(options) {
    const { blocks, load, users, groups, heldWrites, races, strays, ...phases } =
      profiles[options.profile].anomalies
    const connections = options.connections ?? OPEN_CONNECTIONS_PER_REPLICA
    const base = {
      experiment: 'anomalies',
      replicas: Math.min(REPLICAS, options.maxReplicas),
      users: options.users ?? users,
      load: { loop: 'journey' as const, connections, ...load },
      ...phases,
      observe: {
        kind: 'anomalies' as const,
        // One each, two for each lost reply and its copy, and one for each round of strays.
        users: groups + heldWrites + 3 * races + strays,
        updates: { groups, clients: CLIENTS.updates },
        heldWrites,
        races: { times: races, clients: CLIENTS.races },
        strays,
      },
    }
    const arms = options.schemes.flatMap((scheme) => {
      const traits = options.traits[scheme]
      if (traits.revocation === 'never') return []
      if (traits.boundedBy !== 'ACCESS_TTL_SEC' || !options.settable.includes('refreshGraceSec'))
        return [arm({ ...base, scheme, settings: stickyIfCached(traits) }, options)]
      return RENEWALS.map((renewal) => arm({ ...base, scheme, ...renewal }, options))
    })
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
