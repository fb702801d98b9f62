/**
 * Sessions in the memory of one process, with express-session's own MemoryStore as its README shows it. The
 * README warns of it too: it forgets on restart, other replicas do not share it, expired sessions stay.
 */
import session from 'express-session'
import type { Scheme } from '../contract.ts'
import { sessionAuth } from '../sessions/express-sessions.ts'

export const scheme: Scheme = {
  summary: 'express-session with its MemoryStore; needs sticky routing',
  traits: {
    state: 'process',
    transport: 'cookie',
    revocation: 'immediate',
    userWide: 'cannot',
    payload: 'opaque',
    lastDay: false,
    stock: true,
  },

  async open(config) {
    return sessionAuth(config, new session.MemoryStore(), async () => {})
  },
}
