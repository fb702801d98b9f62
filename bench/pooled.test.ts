/** Windows of replicas that took turns: what is summed, what is weighted, what only most of them decide. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { pooled } from './pooled.ts'
import { syntheticRun } from './report/synthetic-run.ts'
import type { Measurement } from './types.ts'

function template(): Measurement {
  const [first] = syntheticRun({ experiments: ['cost'], blocks: 1 }).results
  if (!first?.ok) throw new Error('the template has no measurement')
  return first.measurement
}

/** A window of so many requests, each of which took so much CPU of the replicas. */
function windowOf(requests: number, windowSec: number, replicaUs: number, change: Partial<Measurement> = {}) {
  const one = template()
  return {
    ...one,
    requests,
    windowSec,
    throughputPerSec: requests / windowSec,
    cpuUsPerRequest: { ...one.cpuUsPerRequest, replicas: replicaUs },
    utilization: { ...one.utilization, replicas: (requests * replicaUs) / 1e6 / windowSec },
    redisCommandsPerRequest: { get: 1, expire: requests === 100 ? 1 : 0.5 },
    statusCounts: { 200: requests },
    ...change,
  }
}

test('the pool is what one long window would have shown', () => {
  const positive = fc.integer({ min: 1, max: 10_000 })
  const one = fc.record({
    requests: positive,
    windowSec: fc.double({ min: 0.1, max: 9, noNaN: true }),
    us: positive,
  })
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 9 }), (parts) => {
      const pool = pooled(parts.map(({ requests, windowSec, us }) => windowOf(requests, windowSec, us)))
      const sum = (of: (part: (typeof parts)[number]) => number) =>
        parts.reduce((total, part) => total + of(part), 0)
      const near = (a: number | null, b: number) =>
        assert.ok(Math.abs((a ?? Number.NaN) / b - 1) < 1e-9, `${a} ${b}`)
      const seconds = sum(({ windowSec }) => windowSec)
      assert.equal(
        pool.requests,
        sum(({ requests }) => requests),
      )
      assert.equal(pool.statusCounts['200'], pool.requests)
      near(pool.throughputPerSec, pool.requests / seconds)
      near(pool.cpuUsPerRequest.replicas, sum(({ requests, us }) => requests * us) / pool.requests)
      // The utilization law holds of the pool as of each window.
      near(pool.utilization.replicas, (pool.throughputPerSec * (pool.cpuUsPerRequest.replicas ?? 0)) / 1e6)
    }),
  )
})

test('Redis commands are weighted by requests, and unknown where one window does not know them', () => {
  const pool = pooled([windowOf(100, 1, 50), windowOf(300, 1, 50)])
  assert.deepEqual(pool.redisCommandsPerRequest, { get: 1, expire: 0.625 })
  const unknown = windowOf(300, 1, 50, { redisCommandsPerRequest: null })
  assert.equal(pooled([windowOf(100, 1, 50), unknown]).redisCommandsPerRequest, null)
})

test('a gate that half of the windows break is broken, one that fewer break is not', () => {
  const broken = windowOf(100, 1, 50, { warnings: ['foreign-cpu'] })
  const fine = windowOf(100, 1, 50, { warnings: [] })
  assert.deepEqual(pooled([broken, fine]).warnings, ['foreign-cpu'])
  assert.deepEqual(pooled([broken, fine, fine]).warnings, [])
})

test('wrong answers of any window are wrong answers of the pool; nothing is no pool', () => {
  const wrong = windowOf(100, 1, 50, { wrongAnswers: 1 })
  assert.equal(pooled([windowOf(100, 1, 50, { wrongAnswers: 0 }), wrong]).wrongAnswers, 1)
  assert.throws(() => pooled([]), RangeError)
})
