/** The search for the largest state against limits that are known, and what is left out because of it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TrialResult } from '../record/types.ts'
import { type PlannedRun, upcomingTrials } from '../run/trial-order.ts'
import { planOptions } from '../testing/plan-options.ts'
import { syntheticPayload } from '../testing/synthetic-axes.ts'
import { nextSize, stateLimit, type Tried, tooLarge } from './state-limit.ts'

/** What a search finds where everything up to `limit` bytes is taken. */
function search(upToBytes: number, withinBytes: number, limit: number): Tried[] {
  const tried: Tried[] = []
  for (;;) {
    const bytes = nextSize({ upToBytes, withinBytes }, tried)
    if (bytes === null) return tried
    tried.push({ bytes, refusal: bytes <= limit ? null : `no ${bytes}` })
  }
}

test('finds every limit as closely as asked, in no more tries than halving takes', () => {
  const size = fc.integer({ min: 1, max: 65_536 })
  const property = fc.property(
    size,
    fc.integer({ min: 1, max: 700 }),
    fc.nat(70_000),
    (upTo, within, limit) => {
      const tried = search(upTo, within, limit)
      const { acceptedBytes, refusedBytes, refusal } = stateLimit(tried)
      assert.equal(tried[0]?.bytes, upTo)
      assert.ok(tried.length <= 2 + Math.ceil(Math.log2(upTo)))
      if (limit >= upTo) return assert.deepEqual([acceptedBytes, refusedBytes, refusal], [upTo, null, null])
      assert.ok(acceptedBytes <= limit && refusedBytes !== null && limit < refusedBytes)
      assert.ok(refusedBytes - acceptedBytes <= within)
      assert.equal(refusal, `no ${refusedBytes}`)
      if (within === 1) assert.equal(acceptedBytes, limit)
    },
  )
  fc.assert(property)
})

test('only larger states of the same scheme in the same experiment are left out', async () => {
  const { run, results } = syntheticPayload(await planOptions({ profile: 'full' }))
  const isTooLarge = tooLarge(results)
  const leftOut = new Set(run.plan.filter(isTooLarge).map(({ arm }) => arm.id))
  assert.deepEqual(
    leftOut,
    new Set([
      ...['4000b', '16000b'].map((size) => `payload/jwt-cookie/${size}`),
      'payload/jwt-hs256/16000b',
      'payload/jwt-denylist/16000b',
    ]),
  )
  const [trial] = run.plan.filter(({ arm }) => arm.id === 'payload/jwt-cookie/16000b')
  assert.ok(trial)
  const limit = results.find(
    (result) => result.trial.arm.scheme === 'jwt-cookie' && result.measurement?.stateLimit,
  )
  const stateBytes = limit?.measurement?.stateLimit?.acceptedBytes ?? assert.fail('no limit')
  const taken = { ...trial, arm: { ...trial.arm, settings: { stateBytes } } }
  assert.equal(isTooLarge(taken), false, 'the largest that was taken is not too large')
  const elsewhere = { ...trial, arm: { ...trial.arm, experiment: 'knobs' } }
  assert.equal(isTooLarge(elsewhere), false)
  assert.deepEqual(
    upcomingTrials(run as PlannedRun, results, 0),
    [],
    'such a run has nothing left to measure',
  )
  const before = results.filter((result) => !result.trial.arm.largestState)
  assert.equal(run.plan.some(tooLarge(before)), false, 'nothing is known before the search')
})

test('a search whose window a gate rejected has its answer all the same', async () => {
  const { run, results } = syntheticPayload(await planOptions({ profile: 'full' }))
  const rejected = results.map(
    (result): TrialResult =>
      result.ok ? { ...result, ok: false, reason: 'rejected', rejectedBy: ['steal'] } : result,
  )
  assert.deepEqual(run.plan.filter(tooLarge(rejected)), run.plan.filter(tooLarge(results)))
})
