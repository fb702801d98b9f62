/**
 * The packages of session-redis as an expert would set them up: one round trip a request instead of two, commands of
 * concurrent requests in one write, updates that cannot bring a destroyed session back, a last day for every session, and
 * an end for all of a user's at once.
 */
import type { Scheme } from '../contract.ts'
import { sessionAuth } from '../sessions/express-sessions.ts'
import { epochsOf } from '../stores/epochs.ts'
import { openRedis } from '../stores/redis.ts'
import { TunedStore, tunedCommands } from '../stores/tuned-store.ts'

export const scheme: Scheme = {
  summary:
    'the same packages tuned: one round trip a request, auto-pipelining, no revived sessions, log out everywhere',
  traits: {
    state: 'redis',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'immediate',
    payload: 'opaque',
    lastDay: true,
    storesRawId: true,
  },
  commands: { getex: 1, get: 1 },
  sends: tunedCommands,

  async open(config) {
    const redis = await openRedis(config, { enableAutoPipelining: true, commands: tunedCommands(config) })
    const epochs = epochsOf(redis, config, config.absoluteTtlSec)
    return sessionAuth(config, new TunedStore(redis, config), async () => redis.disconnect(), epochs)
  },
}
