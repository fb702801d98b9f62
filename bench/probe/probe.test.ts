/** The probe's readings against things that are known: busy and idle processes, a real Redis, a real /proc. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { startRedis } from '../fleet/redis.ts'
import { hostTimes, parseHostTimes, processCpuUs } from './proc.ts'
import { callsPerRequest, openRedisProbe, parseInfo } from './redis.ts'
import { parseReplicaMetrics } from './replica.ts'

const onLinux = { skip: process.platform === 'linux' ? false : 'there is no /proc here' }

test('CPU of a process includes its threads, and agrees with what it says of itself', onLinux, async () => {
  // Two threads burn CPU; the main thread only waits, so reading it alone would show next to nothing.
  const script = `
    const { Worker } = require('node:worker_threads')
    const burn = 'const end = Date.now() + 400; while (Date.now() < end);'
    const workers = [1, 2].map(() => new Worker(burn, { eval: true }))
    workers[1].on('exit', () => {})
    setTimeout(() => { const u = process.cpuUsage(); console.log(u.user + u.system) }, 200)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
    const read = processCpuUs(child.pid as number)
    const usage = Number(said)
    assert.ok(read !== null)
    // Read while the threads still run, a moment after the process printed its own figure.
    assert.ok(read >= usage * 0.9 && read <= usage * 1.5 + 50_000, `${read} against ${usage}`)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  assert.equal(processCpuUs(child.pid as number), null)
})

test('host times count busy, steal and all', () => {
  const stat = 'cpu  100 5 50 800 20 3 2 20 7 0\ncpu0 1 2 3\n'
  assert.deepEqual(parseHostTimes(stat), { busyUs: 1_600_000, stealUs: 200_000, totalUs: 10_000_000 })
})

test('host times advance with the clock on all cores', onLinux, async () => {
  const before = hostTimes()
  await delay(300)
  const after = hostTimes()
  assert.ok(before && after)
  assert.ok(after.totalUs - before.totalUs >= 200_000)
  assert.ok(after.busyUs >= before.busyUs)
})

test('commands per request are counted between two readings, without the probe’s own', async () => {
  const redis = await startRedis()
  const probe = openRedisProbe(redis.url)
  const client = new Redis(redis.url)
  try {
    await client.set('before', 1)
    const from = await probe.read()
    for (let i = 0; i < 10; i++) {
      await client.get('before')
      if (i % 2 === 0) await client.expire('before', 100)
    }
    const to = await probe.read()
    assert.deepEqual(callsPerRequest(from, to, 10), { get: 1, expire: 0.5 })
    assert.ok(to.usedMemoryBytes > 100_000)
    assert.ok(to.cpuUs >= from.cpuUs)
  } finally {
    client.disconnect()
    probe.close()
    await redis.stop()
  }
})

test('INFO without a figure that we need is an error, not a zero', () => {
  assert.throws(() => parseInfo('redis_version:7.0.0\r\n'), /no used_memory/)
})

test('replica metrics are read from the Prometheus text, and a missing one is an error', () => {
  const text = [
    '# TYPE process_cpu_seconds_total counter',
    'process_cpu_seconds_total 1.5',
    'process_resident_memory_bytes 50000000',
    'nodejs_heap_size_used_bytes{app="x"} 9000000',
    'nodejs_external_memory_bytes 1000000',
    'nodejs_eventloop_lag_mean_seconds 0.0101',
    'nodejs_eventloop_lag_p50_seconds 0.01',
    'nodejs_eventloop_lag_p99_seconds 0.012',
    'nodejs_eventloop_lag_max_seconds NaN',
  ].join('\n')
  assert.deepEqual(parseReplicaMetrics(text), {
    cpuUs: 1_500_000,
    rssBytes: 50_000_000,
    heapBytes: 9_000_000,
    externalBytes: 1_000_000,
    eventLoopDelayUs: { mean: 100, p50: 0, p99: 2_000, max: 0 },
  })
  assert.throws(
    () => parseReplicaMetrics(text.replace(/^process_cpu.*$/m, '')),
    /no process_cpu_seconds_total/,
  )
})
