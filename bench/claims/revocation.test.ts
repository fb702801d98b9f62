/** The claim about tokens as sessions, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarize } from '../report/summarize.ts'
import { type Seen, syntheticRevocation } from '../testing/revocation.ts'

type Options = Parameters<typeof syntheticRevocation>[0]

async function judged(options: Options = {}) {
  const { run, results } = await syntheticRevocation(options)
  const found = summarize(run, results).claims.find(({ id }) => id === 'not-for-sessions')
  return { ...(found ?? assert.fail('no claim')), plan: run.plan }
}

/** Changes the times of the logouts of one scheme. */
const times = (
  scheme: string,
  of: (ways: Seen['ways'][number]) => Partial<Seen['ways'][number]>,
): Options => ({
  change: (seen, arm) =>
    arm.scheme === scheme ? { ...seen, ways: seen.ways.map((way) => ({ ...way, ...of(way) })) } : seen,
})

test('supported when the token lasts as long as it lives, and no session lasts a second', async () => {
  const { verdict, sentence, evidence, plan, estimates } = await judged()
  assert.equal(verdict, 'supported')
  assert.match(
    sentence,
    /^`jwt-hs256`, with a lifetime of 3 s, was still accepted after 16 of 16 logouts, for up to 3\.12 s, until it was 3\.14 s old \(median, .*\); `session-memory` was accepted after none of 50, all replicas refusing from 5\.4 ms on/,
  )
  assert.match(sentence, /`jwt-denylist` was accepted after none of 50/)
  const named = new Set(['jwt-hs256', 'session-memory', 'session-redis', 'jwt-denylist'])
  assert.deepEqual(
    new Set(evidence),
    new Set(plan.filter(({ arm }) => named.has(arm.scheme)).map(({ id }) => id)),
  )
  assert.deepEqual(
    estimates.map(({ estimate: { n, unit } }) => [n, unit]),
    [
      [16, 'ms'],
      [50, 'ms'],
      [50, 'ms'],
    ],
  )
})

test('refuted by a single session that was accepted a second after its logout', async () => {
  const { verdict, sentence } = await judged(
    times('session-redis', ({ lastAcceptedMs, refusedFromMs }) => ({
      lastAcceptedMs: [1_000, ...lastAcceptedMs.slice(1)],
      refusedFromMs: [1_004, ...refusedFromMs.slice(1)],
    })),
  )
  assert.equal(verdict, 'refuted')
  assert.match(sentence, /`session-redis` was accepted after 2 of 50, for up to 1 s;/)
})

test('refuted when tokens end before their time, or at once', async () => {
  const early = (share: number) => (ms: number | null) => (ms === null ? null : share * ms)
  const half = await judged(
    times('jwt-hs256', ({ lastAcceptedMs, refusedFromMs }) => ({
      lastAcceptedMs: lastAcceptedMs.map(early(0.5)),
      refusedFromMs: refusedFromMs.map((ms) => 0.5 * ms),
    })),
  )
  assert.equal(half.verdict, 'refuted')
  const none = await judged(
    times('jwt-hs256', ({ lastAcceptedMs }) => ({ lastAcceptedMs: lastAcceptedMs.map(() => null) })),
  )
  assert.equal(none.verdict, 'refuted')
  assert.match(none.sentence, /^`jwt-hs256` was accepted by no replica after any of 16 logouts/)
})

test('inconclusive when the age straddles the lifetime, replicas were asked too seldom, or logouts are few', async () => {
  const straddling = await judged(
    times('jwt-hs256', ({ refusedFromMs }) => ({
      refusedFromMs: refusedFromMs.map((ms, i) => (i % 2 ? ms : 2_000)),
    })),
  )
  assert.equal(straddling.verdict, 'inconclusive')
  const seldom = await judged(
    times('session-redis', ({ refusedFromMs }) => ({ refusedFromMs: refusedFromMs.map(() => 1_200) })),
  )
  assert.equal(seldom.verdict, 'inconclusive')
  assert.match(seldom.sentence, /not asked often enough/)
  const few = await judged({
    blocks: 1,
    ...times('jwt-hs256', (way) => ({
      ageMs: way.ageMs.slice(0, 3),
      lastAcceptedMs: way.lastAcceptedMs.slice(0, 3),
      refusedFromMs: way.refusedFromMs.slice(0, 3),
    })),
  })
  assert.equal(few.verdict, 'inconclusive')
  assert.match(few.sentence, /fewer than 5 logouts of `jwt-hs256` decide nothing$/)
})

test('undecided without one of the two, and in a smoke run', async () => {
  const { verdict, sentence } = await judged({ plan: { schemes: ['session-redis'], schemesNamed: true } })
  assert.equal(verdict, 'undecided')
  assert.match(sentence, /no logouts of `jwt-hs256`/)
  assert.equal((await judged({ profile: 'smoke' })).verdict, 'undecided')
})
