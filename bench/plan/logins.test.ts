/** Logins and refreshes in a plan: their CPU beside that of reads, passwords apart, and the sessions that they leave. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asked, evidence } from '../testing/evidence.ts'
import type { Evidence } from './evidence.ts'
import { withIssuing } from './logins.ts'
import { type Plan, plan, type Refusal } from './plan.ts'
import { exactly } from './range.ts'
import { costAt } from './tier-cost.ts'

const made = (result: Plan | Refusal): Plan => {
  assert.ok(result.refused === null, `${result.refused}`)
  return result
}
const issue = { replicas: exactly(400), redis: exactly(80), proxy: exactly(40) }
const issuing: Evidence['issuing'] = { login: issue, refresh: null, hashUs: exactly(150_000) }

test('a login for each ten reads adds a tenth of its CPU to each of them, in every tier', () => {
  const found = withIssuing(evidence({ issuing }), asked({ rps: 20_000, loginsPerSec: 2_000 }))
  assert.ok(typeof found !== 'string' && found.redis)
  const us = [found.replica, found.redis, found.proxy].map((cost) => Math.round(costAt(cost, 1_000).value))
  assert.deepEqual(us, [140, 28, 34])
  const plain = made(plan(evidence(), asked({ headroom: 0.5, p99Ms: 200 })))
  const busier = made(plan(evidence({ issuing }), asked({ headroom: 0.5, p99Ms: 200, loginsPerSec: 2_000 })))
  assert.deepEqual([plain.replicas.value, busier.replicas.value], [4, 6])
})

test('passwords are hashed beside it: 100 a second of 150 ms take 15 cores, 30 with half of them free', () => {
  const { hashingCores } = made(plan(evidence({ issuing }), asked({ loginsPerSec: 100 })))
  assert.equal(hashingCores?.value, 15)
  assert.equal(
    made(plan(evidence({ issuing }), asked({ loginsPerSec: 100, headroom: 0.5 }))).hashingCores?.value,
    30,
  )
  const unknown = evidence({ issuing: { ...issuing, hashUs: null } })
  assert.match(
    made(plan(unknown, asked({ loginsPerSec: 100 }))).warnings.join('\n'),
    /hashing a password.*not measured/,
  )
})

test('sessions are those of users who are there, or of all logins that have not run out', () => {
  const bytes = (over: Parameters<typeof asked>[0]) =>
    made(plan(evidence({ issuing }), asked({ users: 100_000, ...over }))).redisMemoryBytes.value
  assert.equal(bytes({ loginsPerSec: 10 }), 50_000_000)
  assert.equal(bytes({ loginsPerSec: 100 }), 180_000_000)
  assert.equal(bytes({ loginsPerSec: 100, sessionTtlSec: 600 }), 50_000_000)
})

test('tokens that are renewed take a refresh of each user in every lifetime', () => {
  const renewing = evidence({ issuing: { login: null, refresh: issue, hashUs: null } })
  // 1,000,000 users every 500 s are 2,000/s.
  const found = withIssuing(renewing, asked({ rps: 20_000, users: 1_000_000, tokenTtlSec: 500 }))
  assert.ok(typeof found !== 'string')
  assert.equal(Math.round(costAt(found.replica, 1_000).value), 140)
})

test('a login that was not measured is refused, with what measures it', () => {
  assert.match(
    plan(evidence(), asked({ loginsPerSec: 1 })).refused ?? '',
    /login costs.*--only cost,latency,users,login/,
  )
})
