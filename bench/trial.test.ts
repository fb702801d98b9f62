/** The start of a trial: when one half of it fails, nothing of the other keeps running. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Fleet, FleetSpec, RunningFleet } from './types.ts'
import { runOneTrial } from './verify/trial-of-proof.ts'

const signal = new AbortController().signal
const placement: RunningFleet['placement'] = {
  method: 'none',
  cores: 2,
  replicaCpus: [[0]],
  sharedCpus: { redis: [1], proxy: [1], generator: [1] },
  maxExclusiveReplicas: 1,
}

/** A fleet whose generator executes `code`. */
function fleetOf(start: (spec: FleetSpec) => Promise<RunningFleet>, code: string): Fleet {
  return {
    placement,
    maxReplicas: 1,
    settable: [],
    parts: { redis: null, haproxy: null },
    runtime: { node: process.version, openssl: '', v8: '', source: 'test' },
    otherRuntimes: async () => ({}),
    quotaMethod: null,
    quotaProblem: 'nothing here is limited',
    start,
    generatorFor: () => ({ command: [process.execPath, '-e', code], env: process.env, processes: 1 }),
    close: async () => {},
  }
}

/** A generator that says it is ready and leaves with its channel, and the pid of the one that was started. */
function readyGenerator(t: TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'authscale-test-'))
  const file = path.join(folder, 'pid')
  const code =
    `require('fs').writeFileSync(${JSON.stringify(file)}, String(process.pid));` +
    "process.on('disconnect', () => process.exit(0)); process.send({ type: 'ready' })"
  const pid = () => Number(readFileSync(file, 'utf8'))
  // Left behind it would keep this process waiting as well, and the failure from being told.
  t.after(() => isThere(pid()) && process.kill(pid(), 'SIGKILL'))
  t.after(() => rmSync(folder, { recursive: true }))
  return { code, pid }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a fleet that does not start leaves no generator behind', async (t) => {
  const generator = readyGenerator(t)
  const failing = () => Promise.reject(new Error('no replica came up'))
  const record = await runOneTrial(fleetOf(failing, generator.code), signal)
  assert.ok(!record.ok)
  assert.equal(record.reason, 'no replica came up')
  assert.equal(isThere(generator.pid()), false)
})

test('a generator that does not start leaves no fleet behind', async () => {
  let stops = 0
  const running: RunningFleet = {
    url: 'http://127.0.0.1:9',
    replicas: [],
    placement,
    redis: null,
    proxy: { pid: null },
    proxyCounts: async () => null,
    constrain: async () => {},
    died: new Promise(() => {}),
    stop: async () => {
      stops += 1
    },
  }
  const record = await runOneTrial(
    fleetOf(async () => running, 'process.exit(3)'),
    signal,
  )
  assert.ok(!record.ok)
  assert.match(record.reason, /ended with exit code 3/)
  assert.equal(stops, 1)
})
