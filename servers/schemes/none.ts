/**
 * The control: same routes, same bodies, no authentication. `X-User` names a user and is believed, so the extra cost of
 * another scheme is the price of knowing who is asking.
 */
import { type Scheme, Unauthorized } from '../contract.ts'
import { createDirectory, type User } from '../users/directory.ts'

export const scheme: Scheme = {
  summary: 'the control: believes X-User, verifies nothing',
  traits: {
    state: 'none',
    transport: 'none',
    revocation: 'never',
    userWide: 'cannot',
    payload: 'readable',
    lastDay: false,
  },

  async open(config) {
    const directory = createDirectory(config)
    // Only what was changed is kept, and only by this replica; the rest follows from the name.
    const changed = new Map<string, User>()
    return {
      guard(req, res, next) {
        const username = req.headers['x-user']
        const user =
          typeof username === 'string' ? (changed.get(username) ?? directory.find(username)) : undefined
        if (!user) return next(new Unauthorized())
        res.locals.user = user
        next()
      },
      async login(_req, _res, user) {
        return { token: user.username }
      },
      async save(_req, _res, user) {
        changed.set(user.username, user)
        return {}
      },
      async logout(_req, res) {
        changed.delete(res.locals.user.username)
      },
      async close() {},
    }
  },
}
