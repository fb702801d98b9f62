/** Timelines of made-up requests: nothing is lost between bins, and being late counts from when a request was due. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Bin, binned, type Due, firstFailureMs, outcomeOf } from './bins.ts'
import type { Operation } from './history.ts'

const GOOD_WITHIN_MS = 500
const SCALE = { zeroMs: 10_000, binMs: 100, goodWithinMs: GOOD_WITHIN_MS }

function request(dueMs: number, answer: Partial<Operation>): Due {
  const operation: Operation = {
    action: 'use',
    user: 1,
    login: 'user1/1',
    at: 'proxy',
    startMs: dueMs,
    endMs: dueMs + 5,
    end: 'answered',
    status: 200,
    named: 'user1',
    ...answer,
  }
  return { dueMs, operation }
}

const requests = fc.array(
  fc
    .record({
      dueMs: fc.integer({ min: 5_000, max: 15_000 }),
      tookMs: fc.integer({ min: 0, max: 2_000 }),
      end: fc.constantFrom('answered' as const, 'lost' as const, 'hang' as const),
      status: fc.constantFrom(200, 204, 400, 401, 500, 503),
    })
    .map(({ dueMs, tookMs, end, status }) =>
      request(dueMs, { end, endMs: dueMs + tookMs, status: end === 'answered' ? status : null }),
    ),
)

test('every request is in exactly one bin, that of when it was due, and has exactly one outcome', () => {
  fc.assert(
    fc.property(requests, (all) => {
      const bins = binned(all, SCALE)
      const total = (of: (bin: Bin) => number) => bins.reduce((sum, bin) => sum + of(bin), 0)
      assert.equal(
        total(({ due }) => due),
        all.length,
      )
      for (const { fromMs, due, ...outcomes } of bins) {
        assert.equal(
          Object.values(outcomes).reduce((a, b) => a + b, 0),
          due,
        )
        const within = all.filter(
          ({ dueMs }) => dueMs - SCALE.zeroMs >= fromMs && dueMs - SCALE.zeroMs < fromMs + 100,
        )
        assert.equal(within.length, due)
      }
      for (const [i, { fromMs }] of bins.entries())
        assert.equal(
          fromMs,
          (bins[0]?.fromMs ?? 0) + 100 * i,
          'none is left out, though nothing was due in it',
        )
    }),
  )
})

test('an answer that came at once to a request that was sent late is late', () => {
  const sentMs = 10_600
  const late = request(10_000, { startMs: sentMs, endMs: sentMs + 1 })
  assert.equal(outcomeOf(late, GOOD_WITHIN_MS), 'slow')
  assert.equal(outcomeOf(request(sentMs, { endMs: sentMs + 1 }), GOOD_WITHIN_MS), 'good')
})

test('each end has its own outcome', () => {
  const outcome = (answer: Partial<Operation>) => outcomeOf(request(0, answer), GOOD_WITHIN_MS)
  assert.equal(outcome({ status: 204 }), 'good')
  assert.equal(outcome({ status: 401 }), 'refused')
  assert.equal(outcome({ status: 503 }), 'unavailable')
  assert.equal(outcome({ status: 500 }), 'failed')
  assert.equal(outcome({ status: 403 }), 'failed')
  assert.equal(outcome({ end: 'lost', status: null }), 'lost')
  assert.equal(outcome({ end: 'hang', status: null }), 'hang')
})

test('the first failure is the one that was heard first, whenever it was due, and none from before', () => {
  const before = request(9_000, { status: 503 })
  const heardLast = request(9_900, { end: 'hang', status: null, endMs: 11_900 })
  const heardFirst = request(10_100, { status: 503, endMs: 10_350 })
  const good = request(10_001, {})
  assert.equal(firstFailureMs([before, heardLast, good, heardFirst], SCALE), 350)
  assert.equal(firstFailureMs([before, good], SCALE), null)
})
