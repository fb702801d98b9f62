/** Claims about more replicas, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult, Warning } from '../record/types.ts'
import { changing, judged, near } from '../testing/claims.ts'
import { failedRecord, type SyntheticOptions } from '../testing/synthetic-run.ts'

/** `cost` for the own error; cores enough for four replicas. */
const many = (id: string, options: SyntheticOptions = {}) =>
  judged(id, { cores: 8, experiments: ['cost', 'replicas'], ...options })

/** Four replicas with sessions serve this share of what they would. */
const limited = (share: number, ...warnings: Warning[]) => ({
  change: changing(/^replicas\/session-redis\/n4/, ({ throughputPerSec }) => ({
    throughputPerSec: share * throughputPerSec,
    warnings,
  })),
})

/** What one record with wrong 401s leaves. */
const refusing = (which: RegExp) => ({
  change: (result: TrialResult): TrialResult => {
    if (!result.ok || !which.test(result.trial.id)) return result
    const { schemaVersion, trial, startedAt, measurement } = result
    const statusCounts = { ...measurement.statusCounts, 401: 3 }
    const head = { schemaVersion, trial, startedAt, rungs: [], rejectedBy: [] }
    return { ...head, ok: false, reason: '3 wrong answers', measurement: { ...measurement, statusCounts } }
  },
})

test('scales-better: refuted where sessions scale as well', () => {
  const { verdict, estimates, sentence, boundary } = many('scales-better')
  assert.deepEqual([verdict, boundary], ['refuted', null])
  near(estimates[0]?.estimate.value, 1)
  assert.match(
    sentence,
    /^4 replicas serve \d+ % .* of 4 times one replica’s throughput with `session-redis`/,
  )
})

test('scales-better: supported where they do not by themselves', () => {
  const { verdict, boundary } = many('scales-better', limited(0.6))
  assert.deepEqual([verdict, boundary], ['supported', null])
})

test('scales-better: a fleet whose Redis was full says nothing of the scheme; below it depends on that limit', () => {
  const { verdict, boundary, sentence } = many('scales-better', limited(0.6, 'redis-saturated'))
  assert.equal(verdict, 'depends')
  assert.match(sentence, /^2 replicas serve/)
  assert.match(boundary ?? '', /^the load: from 4 replicas on, at 16,\d{3} requests\/s, one Redis is full$/)
})

test('scales-better: fleets are compared at equal pace, as the report compares them', () => {
  // The CPUs were twice as fast beside the four replicas with tokens, so that they served four times one and not eight.
  const pace = changing(/^replicas\/jwt-hs256\/n4/, ({ throughputPerSec, host }) => ({
    throughputPerSec: 2 * throughputPerSec,
    host: { ...host, pace: 2 },
  }))
  const slow = changing(/^replicas\/.*/, ({ host }) => ({ host: { ...host, pace: 1 } }))
  const { verdict, estimates } = many('scales-better', { change: (result) => pace(slow(result)) })
  near(estimates[1]?.estimate.value, 1)
  near(estimates[2]?.estimate.value, 1)
  assert.equal(verdict, 'refuted')
})

test('scales-better: a Redis that was full in one block of five, or beside a fleet that loses nothing, is no limit', () => {
  const once = limited(0.8, 'redis-saturated').change
  const { verdict, boundary } = many('scales-better', {
    change: (result) => (result.trial.block === 0 ? once(result) : limited(0.8).change(result)),
  })
  assert.deepEqual([verdict, boundary], ['inconclusive', null])
  assert.equal(many('scales-better', limited(1.05, 'redis-saturated')).boundary, null)
})

test('scales-better: where only fleets with a full Redis were measured nothing is decided', () => {
  const small = (result: TrialResult) => (/n4/.test(result.trial.arm.id) ? failedRecord(result) : result)
  const full = changing(/^replicas\/session-redis\/n2/, ({ throughputPerSec }) => ({
    throughputPerSec: 0.8 * throughputPerSec,
    warnings: ['redis-saturated'],
  }))
  for (const id of ['scales-better', 'cookies-scale']) {
    const { verdict, sentence } = many(id, { change: (result) => full(small(result)) })
    assert.equal(verdict, 'undecided')
    assert.match(
      sentence,
      /^one Redis was full from 2 replicas on, and no smaller fleet was measured to compare$/,
    )
  }
})

test('scales-better: between both without a bottleneck nothing is decided', () => {
  const { verdict, boundary } = many('scales-better', limited(0.8, 'redis-saturated'))
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /one Redis is full/)
  const open = many('scales-better', limited(0.8))
  assert.equal(open.verdict, 'inconclusive')
  assert.match(open.sentence, /at most 70 %, or at least 90 % of the second$/)
})

test('without the run’s own error, or with two blocks, scaling is not judged', () => {
  for (const id of ['scales-better', 'cookies-scale']) {
    const alone = many(id, { experiments: ['replicas'] })
    assert.equal(alone.verdict, 'inconclusive')
    assert.match(alone.sentence, /the control was not measured twice/)
    assert.match(many(id, { blocks: 2 }).sentence, /2 blocks decide nothing/)
  }
})

test('on replicas that share cores, efficiency is undecided and refusals are not', () => {
  for (const id of ['scales-better', 'cookies-scale']) {
    const { verdict, sentence } = many(id, { cores: 2 })
    assert.equal(verdict, 'undecided')
    assert.match(sentence, /replicas shared cores/)
  }
  assert.equal(many('multiple-replicas', { cores: 2 }).verdict, 'supported')
})

test('cookies-scale: supported, refuted by its efficiency, and judged below the ceiling of Redis', () => {
  assert.equal(many('cookies-scale').verdict, 'supported')
  assert.equal(many('cookies-scale', limited(0.6)).verdict, 'refuted')
  assert.equal(many('cookies-scale', limited(0.8)).verdict, 'inconclusive')
  const { verdict, boundary, sentence } = many('cookies-scale', limited(0.6, 'redis-saturated'))
  assert.equal(verdict, 'supported')
  assert.match(sentence, /^2 replicas serve/)
  assert.match(boundary ?? '', /from 4 replicas on/)
})

test('one wrong 401 refutes, although its trial was rejected', () => {
  const once = refusing(/^replicas\/session-redis\/n2@1$/)
  for (const id of ['cookies-scale', 'multiple-replicas']) {
    const { verdict, sentence, evidence } = many(id, once)
    assert.equal(verdict, 'refuted')
    assert.match(sentence, /^3 of [\d,]+ replies from several replicas were a wrong 401 with `session-redis`/)
    assert.ok(evidence.includes('replicas/session-redis/n2@1'))
  }
})

test('multiple-replicas: those of a single replica, and of another scheme, do not count against sessions in Redis', () => {
  assert.equal(many('multiple-replicas', refusing(/session-redis\/n1/)).verdict, 'supported')
  const { verdict, sentence } = many('multiple-replicas', refusing(/session-memory\/n2/))
  assert.equal(verdict, 'supported')
  assert.match(sentence, /^none of .*; 15 of [\d,]+ replies .* with `session-memory`/)
})
