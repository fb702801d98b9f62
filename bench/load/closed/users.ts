/** Which users a connection sends for. */
import { AuthscaleError } from '../../errors.ts'
import type { Credentials } from '../credentials.ts'
import type { ClosedLoad } from '../job.ts'
import { shareOf } from '../shard.ts'

/**
 * The users of connection `index`: every connection has its own, and all users have a connection. Only where
 * there are more connections than users do some share one.
 */
export function usersOf(index: number, connections: number, users: readonly number[]): number[] {
  if (connections >= users.length) return users.slice(index % users.length).slice(0, 1)
  const count = Math.ceil((users.length - index) / connections)
  return Array.from({ length: count }, (_, turn) => users[index + turn * connections] as number)
}

/**
 * The users of this process, by the number that all know them by.
 *
 * @param homes replicas by their name in the proxy's cookie; only who comes back to one of them is among them
 * @throws AuthscaleError NOBODY_THERE
 */
export function reachableUsers(credentials: Credentials, homes?: readonly string[]): number[] {
  const own = Array.from({ length: credentials.own }, (_, i) => credentials.user(i))
  if (!homes) return own
  const cookies = homes.map((id) => new RegExp(`(?:^|; ?)SRV=${id}(?:;|$)`))
  const there = own.filter((user) => cookies.some((cookie) => cookie.test(credentials.get(user))))
  if (there.length > 0) return there
  throw new AuthscaleError('NOBODY_THERE', `no user belongs to ${homes.join(' or ')}: log in more users`)
}

/** For each connection of this process the users that it sends for. */
export function usersByConnection(
  { connections, homes }: Pick<ClosedLoad, 'connections' | 'homes'>,
  credentials: Credentials,
): number[][] {
  const count = shareOf(connections, credentials.shard)
  const users = reachableUsers(credentials, homes)
  return Array.from({ length: count }, (_, index) => usersOf(index, count, users))
}
