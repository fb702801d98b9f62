/** What concurrent requests do to each other, counted: stock against tuned, strict against lenient. */
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Arm, Settings } from '../../record/types.ts'
import { arm, blocksOf } from '../arms.ts'
import type { Experiment, PlanOptions } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

const REPLICAS = 3
/** Tabs of one browser, or requests of one page. */
const CLIENTS = { updates: 10, races: 8 }
const GRACE_SEC = 10

export const anomalies: Experiment = {
  name: 'anomalies',
  question:
    'What do concurrent requests do to each other: lost updates, logouts that come undone, refresh races, users at the wrong replica?',
  profiles: ['full'],
  plan(options) {
    const { blocks } = profiles[options.profile].anomalies
    const schemes = options.schemes.filter((scheme) => options.traits[scheme].revocation !== 'never')
    const arms = schemes.flatMap((scheme) => [
      armOf(scheme, options),
      ...(renews(scheme, options) && options.settable.includes('refreshGraceSec')
        ? [
            armOf(scheme, options, {
              variant: `grace-${GRACE_SEC}-s`,
              settings: { refreshGraceSec: GRACE_SEC },
            }),
          ]
        : []),
    ])
    return { rounds: arms.length === 0 ? [] : [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}

const renews = (scheme: SchemeName, { traits }: PlanOptions) => traits[scheme].boundedBy === 'ACCESS_TTL_SEC'

function armOf(
  scheme: SchemeName,
  options: PlanOptions,
  { variant, settings }: { variant?: string; settings?: Settings } = {},
): Arm {
  const {
    blocks: _,
    load,
    users,
    groups,
    heldWrites,
    races,
    strays,
    ...phases
  } = profiles[options.profile].anomalies
  const replicas = Math.min(REPLICAS, options.maxReplicas)
  const connections = options.connections ?? OPEN_CONNECTIONS_PER_REPLICA
  // The users of the load would not find on one replica what they have just written on another.
  const sticky = options.traits[scheme].boundedBy === 'NEAR_CACHE_SEC' ? { sticky: true } : {}
  const chosen = {
    experiment: 'anomalies',
    scheme,
    replicas,
    users: options.users ?? users,
    load: { loop: 'journey' as const, connections, ...load },
    ...phases,
    ...(variant === undefined ? {} : { variant }),
    settings: { ...sticky, ...settings },
  }
  return {
    ...arm(chosen, options),
    observe: {
      kind: 'anomalies',
      // One each, and one for each round of strays.
      users: groups + heldWrites + races + strays,
      updates: { groups, clients: CLIENTS.updates },
      heldWrites,
      races: { times: races, clients: CLIENTS.races },
      strays,
    },
  }
}
