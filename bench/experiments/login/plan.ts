/** What it costs to log a user in, and how much of that is the hashing of the password. */
import type { SchemeName } from '../../../servers/scheme.ts'
import type { Arm } from '../../record/types.ts'
import { among, arm, blocksOf, withControl, withTwin } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { profiles } from '../profiles.ts'

/** Every way of issuing: kept here, kept in Redis, signed with a shared key, with either kind of private key. */
const ISSUING: readonly SchemeName[] = [
  'session-memory',
  'session-redis',
  'session-redis-tuned',
  'jwt-hs256',
  'jwt-rs256',
  'jwt-es256',
  'jwt-cookie',
]
/** A hash takes the same whatever is issued after it, so a session and a token show that. */
const HASHED: readonly SchemeName[] = ['session-redis', 'jwt-hs256']

/** Four hashes are made at once, by Node's thread pool; as many wait, so that none of its threads ever does. */
const HASHING_CONNECTIONS = 8

export const login: Experiment = {
  name: 'login',
  question: 'What does a login cost, and how much of that is the password hash?',
  profiles: ['full'],
  plan(options) {
    const { blocks, hashedSec, ...phases } = profiles[options.profile].login
    const load = { loop: 'closed', requests: 'login' } as const
    const base = { experiment: 'login', replicas: 1, ...phases }
    const plain = withControl(options, among(ISSUING, options)).map((scheme): Arm => {
      const one = arm({ ...base, scheme }, options)
      return { ...one, load: { ...load, connections: one.load.connections } }
    })
    const canHash = options.settable.includes('passwordHash')
    const hashing = {
      variant: 'scrypt',
      settings: { passwordHash: 'scrypt' },
      // Each has to log in once before: a fifth of a second of a core for every one.
      users: HASHING_CONNECTIONS,
      load: { ...load, connections: HASHING_CONNECTIONS },
      // The hash is compiled already, and what a login takes besides is nothing beside it.
      warmupSec: 0,
      warmupRequests: 0,
    } as const
    const hashed = (canHash ? withControl(options, among(HASHED, options)) : []).map((scheme) => ({
      ...arm({ ...base, ...hashing, scheme, comparedWith: `login/${scheme}` }, options),
      measureSec: Math.max(hashedSec, options.durationSec ?? 0),
    }))
    const rounds = [{ arms: [...withTwin(plain), ...hashed], blocks: blocksOf(options, blocks) }]
    return { rounds, notes: canHash ? [] : [NO_HASHING] }
  },
}

const NO_HASHING = 'login: passwords are only compared, since this fleet cannot tell its servers to hash them'
