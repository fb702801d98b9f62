/** How long each profile measures: one table, so that the price of a run can be read at a glance. */
import type { ProfileName } from '../types.ts'

interface Phases {
  /** Independent repeats, each with fresh server processes. */
  blocks: number
  warmupSec: number
  measureSec: number
}

interface Profile {
  /** One line for `npm run bench -- list`. */
  summary: string
  cost: Phases
  replicas: Phases & { counts: readonly number[] }
  users: Phases & { levels: readonly number[] }
}

/** Logged-in users that the load rotates through, where the number itself is not under test. */
export const DEFAULT_USERS = 1_000

/**
 * Closed-loop connections for each replica. Enough to keep one replica busy while the proxy and the generator
 * take their turns on a shared core; more would only lengthen the queue in front of it.
 */
export const CONNECTIONS_PER_REPLICA = 32

export const profiles = {
  smoke: {
    summary: 'every scheme once, under 90 s; shows that everything works, never a published figure',
    cost: { blocks: 1, warmupSec: 0.5, measureSec: 0.8 },
    replicas: { blocks: 1, warmupSec: 0.3, measureSec: 0.5, counts: [2] },
    users: { blocks: 1, warmupSec: 0.2, measureSec: 0.3, levels: [500, 2_000] },
  },
  standard: {
    summary: 'the default: five blocks, under 15 minutes on 2 cores',
    cost: { blocks: 5, warmupSec: 2, measureSec: 3 },
    replicas: { blocks: 3, warmupSec: 2, measureSec: 2, counts: [1, 2, 4] },
    users: { blocks: 2, warmupSec: 0.3, measureSec: 0.5, levels: [1_000, 10_000, 100_000] },
  },
  full: {
    summary: 'ten blocks and longer windows, about an hour and a half on 2 cores',
    cost: { blocks: 10, warmupSec: 3, measureSec: 10 },
    replicas: { blocks: 6, warmupSec: 3, measureSec: 6, counts: [1, 2, 4, 8] },
    users: { blocks: 4, warmupSec: 1, measureSec: 3, levels: [1_000, 10_000, 100_000] },
  },
} satisfies Record<ProfileName, Profile>

export const profileNames = Object.keys(profiles) as ProfileName[]
