/** Cost between the loads that were measured. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { atPlace } from './at-load.ts'

const point = (perSec: number | null, handlerUs: number, us: number | null) => ({ perSec, handlerUs, us })
const points = [
  point(100, 0, 300),
  point(10_000, 0, 100),
  point(100, 400, 200),
  point(10_000, 400, 60),
  point(1_000, 400, null),
  point(null, 0, 20),
]
const at = (perSec: number, handlerUs: number) =>
  atPlace(points, { perSec, handlerUs }, ({ us }) => (us ? { value: us, lo: us - 10, hi: us + 10 } : null))

test('between rates over their logarithm, between handler work along a line, saturation and gaps left out', () => {
  assert.deepEqual(at(100, 0), { value: 300, lo: 290, hi: 310 })
  assert.deepEqual(at(1_000, 0), { value: 200, lo: 190, hi: 210 })
  assert.deepEqual(at(1_000, 400), { value: 130, lo: 120, hi: 140 })
  assert.deepEqual(at(1_000, 200), { value: 165, lo: 155, hi: 175 })
})

test('beyond what was measured it is as at the outermost point, and nothing is nothing', () => {
  assert.equal(at(1, 0)?.value, 300)
  assert.equal(at(1e6, 2_000)?.value, 60)
  assert.equal(
    atPlace([point(null, 0, 20)], { perSec: 1, handlerUs: 0 }, () => ({ value: 20, lo: 20, hi: 20 })),
    null,
  )
})
