/**
 * Which experiment and which schemes answer what the rest of the suite asks of a run: only experiments and claims name
 * them, all else asks here.
 */
import type { SchemeName } from '../../servers/scheme.ts'
import { CONTROL } from '../figures/records.ts'

/** Names of experiments, by what they are asked for. */
export const ROLES = {
  /** What one request costs. */
  cost: 'cost',
  /** What arrival rates do. */
  latency: 'latency',
  /** What a logged-in user takes of memory. */
  users: 'users',
  /** What more replicas bring. */
  replicas: 'replicas',
  /** What remembered state adds. */
  payload: 'payload',
  /** What a login takes. */
  login: 'login',
  /** What distance to Redis does. */
  distance: 'rtt',
} as const

/** What `--arm` asks for, and nothing else does. */
export const UPGRADES = 'upgrades'

/** The two that the argument is about, each as its library's README sets it up. */
export const THE_TWO = ['session-redis', 'jwt-hs256'] as const

/** A token beside the JWT that does the same: signed with Ed25519, encrypted with a shared key. */
export const ALTERNATIVES = [
  ['paseto-v4-public', 'jwt-eddsa'],
  ['paseto-v4-local', 'jwe'],
] as const

/** The one whose access tokens are renewed. */
export const RENEWING = 'jwt-refresh' as const satisfies SchemeName

/** Whose costs are compared at each load, the first with the second. */
export const COMPARED = [THE_TWO, ...ALTERNATIVES] as const

/** One for each place of state, and the two that the argument is about in their best form. */
export const FEW: readonly SchemeName[] = [
  'session-memory',
  'session-redis',
  'session-redis-tuned',
  'jwt-hs256',
  'jwt-denylist',
]

export const FEW_WITH_CONTROL: readonly SchemeName[] = [CONTROL, ...FEW]
