/** Windows of replicas that worked in shifts: what is summed, what is weighted, what only most of them decide. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Measurement } from '../../record/types.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { gates } from '../gates.ts'
import { judgedPool, pooled, type Shift } from './pooled.ts'

function template(): Measurement {
  const [first] = syntheticRun({ experiments: ['cost'], blocks: 1 }).results
  if (!first?.ok) throw new Error('the template has no measurement')
  return first.measurement
}

const shiftsOf = (...windows: Measurement[]): Shift[] =>
  windows.map((measurement) => ({ ids: ['r1'], measurement }))

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

test('throughput ÷ pace of the pool is the median of its windows', () => {
  const host = (pace?: number) => ({ host: { ...template().host, ...(pace ? { pace } : {}) } })
  const fast = windowOf(300, 1, 50, host(1_000))
  const slow = windowOf(150, 1, 100, host(500))
  // 300 requests at 1,000 and 150 at 500 are the same work, 0.3 a second; one that came to 3 is left out.
  const perPace = (...windows: Measurement[]) => {
    const { throughputPerSec, host } = pooled(shiftsOf(...windows))
    return Number((throughputPerSec / (host.pace ?? Number.NaN)).toFixed(9))
  }
  assert.equal(perPace(fast, slow), 0.3)
  assert.equal(perPace(fast, slow, windowOf(300, 1, 50, host(100))), 0.3)
  assert.equal(pooled(shiftsOf(fast, fast)).host.pace?.toFixed(6), '1000.000000')
  assert.equal(pooled(shiftsOf(fast, windowOf(150, 1, 100, host()))).host.pace, undefined)
})

test('the pool is what one long window would have shown', () => {
  const positive = fc.integer({ min: 1, max: 10_000 })
  const one = fc.record({
    requests: positive,
    windowSec: fc.double({ min: 0.1, max: 9, noNaN: true }),
    us: positive,
  })
  fc.assert(
    fc.property(fc.array(one, { minLength: 1, maxLength: 9 }), (parts) => {
      const pool = pooled(
        shiftsOf(...parts.map(({ requests, windowSec, us }) => windowOf(requests, windowSec, us))),
      )
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
  const pool = pooled(shiftsOf(windowOf(100, 1, 50), windowOf(300, 1, 50)))
  assert.deepEqual(pool.redisCommandsPerRequest, { get: 1, expire: 0.625 })
  const unknown = windowOf(300, 1, 50, { redisCommandsPerRequest: null })
  assert.equal(pooled(shiftsOf(windowOf(100, 1, 50), unknown)).redisCommandsPerRequest, null)
})

const context = {
  arm: { replicas: 1, users: 100, quotas: null },
  loop: 'closed' as const,
  placement: {
    method: 'none' as const,
    replicaCpus: [],
    sharedCpus: { generator: [], proxy: [], redis: [] },
    maxExclusiveReplicas: 1,
    cores: 2,
  },
}
const broken = (...windows: Measurement[]) => judgedPool(shiftsOf(...windows), gates(), context).warnings

test('a gate judges the pool, so that what one of many windows shows is chance', () => {
  const foreign = (cores: number) =>
    windowOf(100, 1, 50, { host: { ...template().host, foreignCores: cores }, warnings: [] })
  assert.ok(broken(foreign(0.3), foreign(0.02)).includes('foreign-cpu'))
  assert.ok(!broken(foreign(0.3), foreign(0.02), foreign(0), foreign(0)).includes('foreign-cpu'))
})

test('a gate on what only a window knows is broken by half of them', () => {
  const still = windowOf(100, 1, 50, { warnings: ['users-not-rotating'] })
  const fine = windowOf(100, 1, 50, { warnings: [] })
  assert.ok(broken(still, fine).includes('users-not-rotating'))
  assert.ok(!broken(still, fine, fine).includes('users-not-rotating'))
})

test('the trend goes from the first window to the last, and there is none of a few', () => {
  const costs = (...us: number[]) =>
    pooled(shiftsOf(...us.map((one) => windowOf(100, 1, one)))).checks.cpuTrend
  assert.ok(Math.abs((costs(130, 110, 90, 70) ?? 0) + 0.8) < 1e-9)
  assert.equal(costs(130, 70), null)
})

test('shares of replicas are those over all windows of their group, the most uneven group', () => {
  const shift = (ids: string[], replicaShare: number[]) => ({
    ids,
    measurement: { ...template(), replicaShare },
  })
  const { replicaShare } = pooled([
    shift(['r1', 'r2'], [0.9, 0.1]),
    shift(['r3', 'r4'], [0.6, 0.4]),
    shift(['r1', 'r2'], [0.2, 0.8]),
    shift(['r3', 'r4'], [0.6, 0.4]),
  ])
  assert.deepEqual(
    replicaShare?.map((share) => Math.round(share * 100)),
    [60, 40],
  )
  const idle = pooled([
    shift(['r1', 'r2', 'r3'], [0.42, 0.29, 0.29]),
    shift(['r4', 'r5', 'r6'], [0.4, 0.4, 0.2]),
  ])
  assert.deepEqual(idle.replicaShare, [0.4, 0.4, 0.2], 'the idlest is as far from even as a busiest would be')
})

test('wrong answers of any window are wrong answers of the pool; nothing is no pool', () => {
  const wrong = windowOf(100, 1, 50, { wrongAnswers: 1 })
  assert.equal(pooled(shiftsOf(windowOf(100, 1, 50, { wrongAnswers: 0 }), wrong)).wrongAnswers, 1)
  assert.throws(() => pooled([]), RangeError)
})
