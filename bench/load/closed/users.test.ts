/** Which users a connection sends for: each user has one, and who belongs to a replica can be sent there alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Credentials } from '../credentials.ts'
import { reachableUsers, usersByConnection, usersOf } from './users.ts'

test('connections share the users out: each user has one connection, as evenly as it goes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 40 }),
      fc.uniqueArray(fc.nat(), { minLength: 40 }),
      (connections, users) => {
        const shares = Array.from({ length: connections }, (_, i) => usersOf(i, connections, users))
        assert.deepEqual(shares.flat().toSorted(), users.toSorted())
        const sizes = shares.map((share) => share.length)
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
      },
    ),
  )
})

test('with more connections than users some share one', () => {
  assert.deepEqual([usersOf(0, 3, [7, 8]), usersOf(1, 3, [7, 8]), usersOf(2, 3, [7, 8])], [[7], [8], [7]])
})

test('drawn users are the process’s own, other ones in each load, and the same ones for the same load', () => {
  const credentials = new Credentials('none', 90, { index: 2, of: 3 })
  const draws = (earlier: number) =>
    usersByConnection({ connections: 12, popularityExponent: 0.8 }, credentials, earlier)
  const lists = draws(1)
  assert.equal(lists.length, 4)
  assert.ok(lists.flat().every((user) => user % 3 === 2))
  assert.ok(
    lists.every((list) => new Set(list).size > 25),
    'every connection has all of them',
  )
  assert.deepEqual(draws(1), lists)
  assert.notDeepEqual(draws(2)[0]?.slice(0, 50), lists[0]?.slice(0, 50))
})

test('who belongs to a replica is told by the proxy’s cookie, not by a name that begins alike', () => {
  const credentials = new Credentials('cookie', 4)
  for (const [user, home] of ['r1', 'r2', 'r11', 'r1'].entries())
    credentials.set(user, `sid=x${user}; SRV=${home}`)
  assert.deepEqual(reachableUsers(credentials), [0, 1, 2, 3])
  assert.deepEqual(reachableUsers(credentials, ['r1']), [0, 3])
  assert.deepEqual(reachableUsers(credentials, ['r2', 'r11']), [1, 2])
  assert.throws(() => reachableUsers(credentials, ['r3']), {
    code: 'NOBODY_THERE',
    message: /no user belongs to r3/,
  })
})
