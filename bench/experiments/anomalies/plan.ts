/** What concurrent requests do to each other, counted: stock against tuned, strict against lenient. */
import { arm, blocksOf } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

const REPLICAS = 3
/** Tabs of one browser, or requests of one page. */
const CLIENTS = { updates: 10, races: 8 }
/** Where refreshes that race are let off for a while. */
const LENIENT = { variant: 'grace-10-s', settings: { refreshGraceSec: 10 } }

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
        // One each, and one for each round of strays.
        users: groups + heldWrites + races + strays,
        updates: { groups, clients: CLIENTS.updates },
        heldWrites,
        races: { times: races, clients: CLIENTS.races },
        strays,
      },
    }
    const arms = options.schemes.flatMap((scheme) => {
      const { revocation, boundedBy } = options.traits[scheme]
      if (revocation === 'never') return []
      // The users of the load would not find on one replica what they have just written on another.
      const settings = boundedBy === 'NEAR_CACHE_SEC' ? { sticky: true } : {}
      const strict = arm({ ...base, scheme, settings }, options)
      if (boundedBy !== 'ACCESS_TTL_SEC' || !options.settable.includes('refreshGraceSec')) return [strict]
      return [strict, arm({ ...base, scheme, ...LENIENT }, options)]
    })
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
