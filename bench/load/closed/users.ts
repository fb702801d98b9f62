/** Which users a connection sends for. */
import { AuthscaleError } from '../../errors.ts'
import { seededDraw, seedOf } from '../../stats/seeded.ts'
import { weightedDraw, zipfWeights } from '../../stats/zipf.ts'
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

/** Over all connections of a process. They go round, but not in the seconds for which a cache may keep anything. */
const DRAWN = 2 ** 18

/**
 * For each connection of this process the users that it sends for, one request after the other and then from the first.
 * With a popularity they are drawn, also the same one by several connections at once. Of several processes each draws
 * among its own users, and they share the requests as evenly as their connections do.
 */
export function usersByConnection(
  {
    connections,
    homes,
    popularityExponent,
  }: Pick<ClosedLoad, 'connections' | 'homes' | 'popularityExponent'>,
  credentials: Credentials,
  earlier = 0,
): number[][] {
  const count = shareOf(connections, credentials.shard)
  const users = reachableUsers(credentials, homes)
  if (popularityExponent === undefined)
    return Array.from({ length: count }, (_, index) => usersOf(index, count, users))
  const weights = zipfWeights(credentials.users, popularityExponent)
  const seed = seedOf(`closed/${credentials.shard.index}`, earlier)
  const place = weightedDraw(
    users.map((user) => weights[user] as number),
    seededDraw(seed),
  )
  const each = Math.ceil(DRAWN / count)
  return Array.from({ length: count }, () => Array.from({ length: each }, () => users[place()] as number))
}
