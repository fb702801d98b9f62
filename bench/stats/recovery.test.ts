/** Recovery on timelines whose end of trouble is known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BACK, goodShare, recoveryMs } from './recovery.ts'

const STRETCH_MS = 100
const PER_STRETCH = 20

/** From -1 s on: all good but for `[0, backMs)`. */
function trouble(backMs: number, endMs: number, share = 0) {
  return Array.from({ length: (endMs + 1_000) / STRETCH_MS }, (_, i) => {
    const fromMs = -1_000 + i * STRETCH_MS
    const isBad = fromMs >= 0 && fromMs < backMs
    return { fromMs, due: PER_STRETCH, good: isBad ? share * PER_STRETCH : PER_STRETCH }
  })
}

const hundreds = (min: number, max: number) => fc.integer({ min, max }).map((n) => n * STRETCH_MS)

test('it is back when the trouble ends, within a stretch; not before the healing, and null when that is too near the end', () => {
  fc.assert(
    fc.property(hundreds(1, 40), hundreds(1, 20), (backMs, healedMs) => {
      const endMs = 5_000
      const found = recoveryMs(trouble(backMs, endMs), STRETCH_MS, healedMs, 1)
      if (Math.max(backMs, healedMs) + BACK.forMs > endMs) return assert.equal(found, null)
      // 95 % over a second is reached while half a stretch of it is still bad.
      const expected = Math.max(0, backMs - healedMs)
      assert.ok(found !== null && Math.abs(found - expected) <= STRETCH_MS, `${found} instead of ${expected}`)
    }),
  )
})

test('what is as good as before is back, however bad that was; what stays worse never is', () => {
  const halved = trouble(2_000, 5_000).map((one) => ({ ...one, good: one.good / 2 }))
  assert.equal(recoveryMs(halved, STRETCH_MS, 2_000, 0.5), 0)
  assert.equal(recoveryMs(halved, STRETCH_MS, 2_000, 1), null)
})

test('a good moment in the middle of trouble is no recovery', () => {
  const flickering = trouble(3_000, 5_000).map((one) =>
    one.fromMs === 1_500 ? { ...one, good: PER_STRETCH } : one,
  )
  assert.equal(recoveryMs(flickering, STRETCH_MS, 1_000, 1), 2_000)
})

test('a healing within a stretch counts from itself', () => {
  assert.equal(recoveryMs(trouble(1_500, 5_000), STRETCH_MS, 1_440, 1), 60)
  assert.equal(recoveryMs(trouble(1_000, 5_000), STRETCH_MS, 1_440, 1), 0)
})

test('shares: of what was due in the time asked for, null where nothing was', () => {
  const some = trouble(1_000, 2_000)
  assert.equal(goodShare(some, -1_000, 0), 1)
  assert.equal(goodShare(some, 0, 2_000), 0.5)
  assert.equal(goodShare(some, 2_000, 9_000), null)
  assert.equal(recoveryMs([], STRETCH_MS, 0, 1), null)
})
