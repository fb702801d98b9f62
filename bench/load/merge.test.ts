/** The report of several processes is that of one which had done all their work; their window is what all have in common. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createHistogram, decodeHistogram, encodeHistogram, recordUs } from '../stats/histogram.ts'
import type { LoadShare } from './job.ts'
import { mergeLogins, mergeShares, overlapOf } from './merge.ts'

const load = {
  loop: 'open' as const,
  arrivalsPerSec: 1_000,
  spacing: 'even' as const,
  connections: 4,
  seed: 1,
}

function encoded(valuesUs: readonly number[]): string {
  const histogram = createHistogram()
  for (const us of valuesUs) recordUs(histogram, us)
  return encodeHistogram(histogram)
}

/** What a process reports that saw replies of these latencies. */
function shareOf(latenciesUs: readonly number[]): LoadShare {
  const n = latenciesUs.length
  return {
    windowSec: 1,
    requests: n,
    requestsPerSlice: Array.from({ length: 10 }, (_, slice) => (slice === 3 ? n : 1)),
    statusCounts: n > 2 ? { 200: n - 1, 401: 1 } : { 200: n },
    errors: 2 * n,
    verifiedBodies: n,
    wrongAnswers: 3 * n,
    wrongExamples: [],
    distinctUsers: n,
    bytesSent: 100 * n,
    bytesReceived: 200 * n,
    latency: encoded(latenciesUs),
    arrivals: {
      account: { scheduled: n, ok: n, error: 0, timeout: 0, lost: 0, inFlight: 0 },
      noticed: n,
      uncorrected: encoded(latenciesUs.map((us) => us / 2)),
      lag: encoded(latenciesUs.map((us) => us / 3)),
      meanInFlight: n / 8,
      backlogMax: n,
      reconnects: n,
    },
  }
}

const latencies = fc.array(fc.integer({ min: 1, max: 1e8 }), { minLength: 3, maxLength: 60 })

test('two processes are one, to the last count of each histogram', () => {
  const property = fc.property(latencies, latencies, (some, others) => {
    const merged = mergeShares(load, [shareOf(some), shareOf(others)])
    const whole = mergeShares(load, [shareOf([...some, ...others])])
    const differing = { statusCounts: null, requestsPerSlice: null }
    assert.deepEqual({ ...merged, ...differing }, { ...whole, ...differing })
    const n = some.length + others.length
    assert.deepEqual(merged.statusCounts, { 200: n - 2, 401: 2 })
    assert.deepEqual(merged.requestsPerSlice, [2, 2, 2, n, 2, 2, 2, 2, 2, 2])
    assert.equal(decodeHistogram(merged.arrivals?.histogram ?? '').totalCount, n)
  })
  fc.assert(property, { numRuns: 30 })
})

test('journeys add up, and their steps merge to the last count', () => {
  const travel = {
    loop: 'journey' as const,
    connections: 4,
    journeysPerSec: 50,
    reads: 5,
    thinkMs: 10,
    seed: 1,
  }
  const journeyShare = (n: number, us: number): LoadShare => {
    const all = encoded(new Array(n).fill(us))
    const steps = { login: all, read: all, write: encoded([]), logout: all }
    return {
      ...shareOf([1, 2]),
      journeys: { underWayAtOpen: n, started: 2 * n, finished: n, failed: 1, steps },
    }
  }
  const { journeys, arrivals } = mergeShares(travel, [journeyShare(5, 1_000), journeyShare(15, 9_000)])
  const { steps, ...counts } = journeys ?? { steps: undefined }
  assert.deepEqual(counts, { perSec: 50, underWayAtOpen: 20, started: 40, finished: 20, failed: 2 })
  assert.deepEqual([steps?.login.count, steps?.write.count], [20, 0])
  assert.ok(Math.abs((steps?.read.latencyUs.mean ?? 0) / 7_000 - 1) < 0.001)
  assert.equal(arrivals?.perSec, 50 * 8, 'steps a second')
})

test('a closed loop has no arrivals', () => {
  const report = mergeShares({ loop: 'closed', connections: 1 }, [{ ...shareOf([1, 2]), arrivals: null }])
  assert.equal(report.arrivals, null)
  assert.equal(report.latencyUs.p50, 1)
})

test('logins take as long as the slowest process', () => {
  const reports = [
    { count: 5, seconds: 2 },
    { count: 4, seconds: 3 },
  ]
  assert.deepEqual(mergeLogins(reports), { count: 9, seconds: 3 })
})

/** What is heard after each message of some process. */
function hear(processes: number, edges: readonly ('open' | 'close')[]) {
  const heard: string[] = []
  const windows = overlapOf(processes, (edge) => heard.push(edge))
  const after = edges.map((edge) => {
    windows.hear(edge)
    return heard.join()
  })
  return { after, windows }
}

test('the common window opens with the last process and closes with the first, once each', () => {
  const { after, windows } = hear(3, ['open', 'open', 'open', 'close', 'close', 'close'])
  assert.deepEqual(after, ['', '', 'open', 'open,close', 'open,close', 'open,close'])
  windows.check()
})

test('one process has its own window', () => {
  assert.deepEqual(hear(1, ['open', 'close']).after, ['open', 'open,close'])
})

test('windows without a common part are an error', () => {
  const { windows } = hear(2, ['open', 'close', 'open', 'close'])
  assert.throws(() => windows.check(), { code: 'WINDOWS_APART' })
})
