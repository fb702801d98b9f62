/** The probe's readings against things that are known: busy and idle processes, a real Redis, a real /proc. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import type { RunningFleet } from '../fleet/fleet.ts'
import { allowedCpus, place } from '../fleet/placement.ts'
import { spawnChild } from '../fleet/processes/process.ts'
import { parseThrottledUs, throttledUs } from '../fleet/quota/cgroup.ts'
import { startRedis } from '../fleet/stores/redis.ts'
import { madeUpTree } from '../testing/made-up-tree.ts'
import { linuxProcesses } from '../testing/needs.ts'
import { openProbe } from './probe.ts'
import { hostTimes, parseHostTimes, processCpuUs, processTimes } from './proc.ts'
import { callsPerRequest, openRedisProbe, parseInfo } from './redis.ts'
import { parseReplicaMetrics } from './replica.ts'

const METRICS = `
process_cpu_seconds_total 1.5
process_resident_memory_bytes 50000000
nodejs_heap_size_used_bytes 9000000
nodejs_external_memory_bytes 1000000
nodejs_active_resources_total 7
nodejs_eventloop_lag_mean_seconds 0.0101
nodejs_eventloop_lag_p50_seconds 0.01
nodejs_eventloop_lag_p99_seconds 0.012
nodejs_eventloop_lag_max_seconds NaN
`

const onLinux = { skip: linuxProcesses }

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

test('two processes that share a CPU wait for each other, and each says so', onLinux, async () => {
  const [cpu] = allowedCpus()
  assert.ok(cpu !== undefined)
  const burn = [process.execPath, '-e', 'for (;;);']
  const both = await Promise.all(['one', 'other'].map((name) => spawnChild(burn, { name, cpus: [cpu] })))
  try {
    await delay(300)
    const from = both.map(({ pid }) => processTimes(pid))
    await delay(600)
    const to = both.map(({ pid }) => processTimes(pid))
    for (const i of [0, 1]) {
      const [before, after] = [from[i], to[i]]
      assert.ok(before && after)
      const waitedUs = after.mainWaitUs - before.mainWaitUs
      const ranUs = after.mainCpuUs - before.mainCpuUs
      // Never idle: what it did not run it waited. Half each when nobody else is on the CPU.
      assert.ok(waitedUs > 150_000, `waited ${waitedUs} µs of 600,000`)
      assert.ok(Math.abs(waitedUs + ranUs - 600_000) < 150_000, `${waitedUs} + ${ranUs}`)
    }
  } finally {
    await Promise.all(both.map((child) => child.stop()))
  }
})

test(
  'a window holds what the replica ran, in readings from its opening to its closing',
  onLinux,
  async () => {
    const server = createServer((_, response) => response.end(METRICS)).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { pid } = process
    const fleet = {
      replicas: [{ id: 'r1', url: `http://127.0.0.1:${port}`, pid }],
      redis: null,
      proxy: { pid },
      placement: place([0, 1], 1, 'none'),
      proxyCounts: async () => ({ r1: 5 }),
    } satisfies Partial<RunningFleet>
    const probe = openProbe(fleet as unknown as RunningFleet, [pid, pid])
    try {
      probe.open()
      await delay(700)
      probe.close()
      await delay(300)
      const window = await probe.window()
      const { replicaCpu, replicaTimes, tierCpuUs } = window
      assert.ok(
        replicaCpu.length >= 4 && replicaCpu.length <= 6,
        `${replicaCpu.length} readings, none after the close`,
      )
      for (const [i, { atUs, cpuUs }] of replicaCpu.entries()) {
        const before = replicaCpu[i - 1]
        if (before) assert.ok(atUs > before.atUs && cpuUs >= before.cpuUs)
      }
      const [first, last] = [replicaCpu[0], replicaCpu.at(-1)]
      assert.ok(first && last)
      assert.equal(last.cpuUs - first.cpuUs, tierCpuUs.replicas)
      assert.ok(Math.abs((last.atUs - first.atUs) / 1e6 - window.seconds) < 1e-6)
      assert.equal(replicaTimes[0]?.cpuUs, tierCpuUs.replicas)
      // Two pids in the generator's tier, here the same one: their sum.
      assert.ok((tierCpuUs.generator ?? 0) > 1.5 * (tierCpuUs.replicas ?? 0))
    } finally {
      probe.end()
      server.close()
    }
  },
)

test('throttled time is found where either version of cgroups keeps it', () => {
  const hybrid = {
    '/proc/self/cgroup': '4:memory:/jobs/7\n1:cpu,cpuacct:/jobs/7\n0::/jobs/7\n',
    '/proc/self/mountinfo':
      '3 2 0:3 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n4 2 0:4 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpuacct,cpu\n',
  }
  for (const folder of ['cpu,cpuacct/jobs/7', 'cpu,cpuacct', 'jobs/7', '.'].map((name) =>
    path.posix.join('/sys/fs/cgroup', name),
  ))
    assert.equal(
      throttledUs(madeUpTree({ ...hybrid, [`${folder}/cpu.stat`]: 'throttled_usec 7\n' })),
      7,
      folder,
    )
  // The group around the own one stops it as well.
  const levels = {
    '/sys/fs/cgroup/jobs/7/cpu.stat': 'throttled_usec 1000\n',
    '/sys/fs/cgroup/jobs/cpu.stat': 'throttled_usec 500\n',
    '/sys/fs/cgroup/jobs/8/cpu.stat': 'throttled_usec 9\n',
    '/sys/fs/cgroup/cpu.stat': 'usage_usec 90\n',
  }
  assert.equal(throttledUs(madeUpTree({ ...hybrid, ...levels })), 1_500)
  assert.equal(throttledUs(madeUpTree(hybrid)), null)
  assert.equal(parseThrottledUs('usage_usec 90\nnr_throttled 2\nthrottled_usec 1500\n'), 1_500)
  assert.equal(parseThrottledUs('nr_periods 9\nnr_throttled 2\nthrottled_time 1500000\n'), 1_500)
  assert.equal(parseThrottledUs('usage_usec 90\n'), null)
})

test('host times count what was not idle as busy, by the clock and not by sampled ticks', () => {
  const at = (user: number, idle: number, steal: number, ms: number) =>
    parseHostTimes(
      `cpu  ${user} 5 50 ${idle} 20 3 2 ${steal} 7 0\ncpu0 1 2 3\ncpu1 1 2 3\nintr 9\n`,
      ms * 1_000,
    )
  const [before, after] = [at(100, 800, 20, 5_000), at(999, 870, 30, 6_000)]
  assert.equal(after.totalUs - before.totalUs, 2_000_000)
  assert.equal(after.stealUs - before.stealUs, 100_000)
  assert.equal(after.busyUs - before.busyUs, 2_000_000 - 700_000 - 100_000)
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
    'nodejs_active_resources{type="Timeout"} 3',
    'nodejs_active_resources_total 7',
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
    activeResources: 7,
    eventLoopDelayUs: { mean: 100, p50: 0, p99: 2_000, max: 0 },
  })
  assert.throws(
    () => parseReplicaMetrics(text.replace(/^process_cpu.*$/m, '')),
    /no process_cpu_seconds_total/,
  )
})
