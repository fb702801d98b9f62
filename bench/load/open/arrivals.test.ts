/** Whose turn it is: without a clock, without a connection. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Credentials } from '../credentials.ts'
import type { Shard } from '../shard.ts'
import { Tally } from '../tally.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import { Arrivals } from './arrivals.ts'
import type { OpenLoad } from './schedule.ts'

const USERS = 200
const rate = { loop: 'open', arrivalsPerSec: 5_000, connections: 8, seed: 7 } as const

/** All that this process sends in four seconds: when, and for whom. */
function arrivals(load: OpenLoad, shard: Shard): { atUs: number; user: number }[] {
  const credentials = new Credentials('none', USERS, shard)
  const times = { startUs: 0, openUs: 0, closeUs: 4e6 }
  const tally = new Tally({ verifyEvery: 1, measureSec: 4 })
  const script = new Arrivals({ url: 'http://127.0.0.1:9', load, credentials, times, tally })
  const connection = { user: -1 } as HttpConnection
  const sent: { atUs: number; user: number }[] = []
  for (let atUs = script.nextUs; atUs < Number.POSITIVE_INFINITY; atUs = script.nextUs) {
    const then = script.thenUs
    script.write(script.take(), connection)
    sent.push({ atUs, user: connection.user })
    assert.equal(script.nextUs, then, 'the one after it was known')
  }
  return sent
}

const shards = [0, 1, 2].map((index) => ({ index, of: 3 }))

for (const spacing of ['poisson', 'even'] as const) {
  test(`${spacing} arrivals, and whose they are, are the same however many processes share them`, () => {
    const load = { ...rate, spacing, popularityExponent: 0.8 }
    const parts = shards.map((shard) => arrivals(load, shard))
    for (const [index, part] of parts.entries()) assert.ok(part.every(({ user }) => user % 3 === index))
    const merged = parts.flat().toSorted((a, b) => a.atUs - b.atUs)
    assert.deepEqual(merged, arrivals(load, { index: 0, of: 1 }))
  })
}

test('the more popular of two users is sent more often, by the law', () => {
  const counts = new Array<number>(USERS).fill(0)
  const all = arrivals({ ...rate, spacing: 'even', popularityExponent: 1 }, { index: 0, of: 1 })
  for (const { user } of all) counts[user] = (counts[user] ?? 0) + 1
  const total = counts.reduce((sum, _, user) => sum + 1 / (user + 1), 0)
  for (const user of [0, 1, 3, 20]) {
    const expected = all.length / (user + 1) / total
    assert.ok(Math.abs((counts[user] ?? 0) - expected) < 5 * Math.sqrt(expected), `${user}: ${counts[user]}`)
  }
})

test('without a popularity users take turns', () => {
  const part = arrivals({ ...rate, spacing: 'even' }, { index: 1, of: 3 })
  assert.deepEqual(
    part.slice(0, 68).map(({ user }) => user),
    [...Array.from({ length: 67 }, (_, own) => 1 + 3 * own), 1],
  )
})
