/** What a whole visit costs: log in, read, change something once, log out, at the pace of people. */
import type { SchemeName } from '../../../servers/scheme.ts'
import { arm, blocksOf, withControl, withTwin } from '../arms.ts'
import type { Experiment } from '../experiment.ts'
import { OPEN_CONNECTIONS_PER_REPLICA, profiles } from '../profiles.ts'

/** One for each place of state, what tuning does to Redis sessions, and a token where browsers want it. */
const TRAVELLED: readonly SchemeName[] = [
  'session-memory',
  'session-redis',
  'session-redis-tuned',
  'jwt-hs256',
  'jwt-cookie',
  'jwt-denylist',
]

export const journey: Experiment = {
  name: 'journey',
  question: 'What does a whole visit cost: log in, reads, a write, log out?',
  profiles: ['full'],
  plan(options) {
    const { blocks, journeysPerSec, reads, thinkMs, users, ...phases } = profiles[options.profile].journey
    const connections = options.connections ?? OPEN_CONNECTIONS_PER_REPLICA
    const load = { loop: 'journey' as const, connections, journeysPerSec, reads, thinkMs }
    const base = { experiment: 'journey', replicas: 1, users: options.users ?? users, load, ...phases }
    const chosen = options.schemes.filter((scheme) => options.schemesNamed || TRAVELLED.includes(scheme))
    const arms = withTwin(withControl(options, chosen).map((scheme) => arm({ ...base, scheme }, options)))
    return { rounds: [{ arms, blocks: blocksOf(options, blocks) }], notes: [] }
  },
}
