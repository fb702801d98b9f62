/** Pace by hand: of one CPU, of several, and where it is not known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paceBetween } from './pace.ts'

test('pace is what pacers on the CPUs of the replicas get done for their CPU time, as a mean over the replicas', () => {
  const at = (...work: [cpu: number, requests: number, cpuUs: number][]) =>
    new Map(work.map(([cpu, requests, cpuUs]) => [cpu, { requests, cpuUs }]))
  const from = at([0, 1_000, 50_000], [1, 1_000, 50_000])
  const to = at([0, 1_300, 60_000], [1, 1_100, 60_000])
  // 30,000 a second of CPU time on CPU 0, 10,000 on CPU 1.
  assert.equal(paceBetween(from, to, [[0]]), 30_000)
  assert.equal(paceBetween(from, to, [[0], [0], [1], [1]]), 20_000)
  assert.equal(paceBetween(from, to, [[0, 1]]), 20_000)
  assert.equal(paceBetween(from, to, [[0], [2]]), null, 'a CPU without a pacer')
  assert.equal(paceBetween(from, new Map([...to, [1, null]]), [[0], [1]]), null, 'one that does not answer')
  assert.equal(paceBetween(from, from, [[0]]), null, 'one that had no time')
  assert.equal(paceBetween(new Map(), new Map(), [[0]]), null)
})
