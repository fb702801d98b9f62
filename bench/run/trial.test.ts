/** The start of trials: on which fleet, and when one half of it fails, nothing of the other keeps running. */
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import type { Fleet, FleetSpec, RunningFleet } from '../fleet/fleet.ts'
import type { Arm, Trial } from '../record/types.ts'
import { conditionsOf, proofTraits, proofTrial, runOneTrial } from '../verify/trial-of-proof.ts'
import { runTogether } from './trial.ts'

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
    browserProblem: async () => null,
    quotaProblem: 'nothing here is limited',
    faultProblem: 'nothing here is broken',
    start,
    serverVariables: () => null,
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

test('trials that take turns are started once, on a fleet with a place for each connection, and fail together', async (t) => {
  const specs: FleetSpec[] = []
  const failing = (spec: FleetSpec) => {
    specs.push(spec)
    return Promise.reject(new Error('no replica came up'))
  }
  const quotas = { replicaCores: 0.1, redisCores: 0.1, proxyCores: 0.15, ballastCores: 0.5 }
  const sized = (replicas: number): Trial => {
    const change: Partial<Arm> = {
      replicas,
      fleet: 4,
      quotas,
      load: { loop: 'closed', connections: 50 * replicas },
    }
    const { arm } = proofTrial
    return { ...proofTrial, id: `n${replicas}@1`, arm: { ...arm, ...change, id: `n${replicas}` } }
  }
  const fleet = fleetOf(failing, readyGenerator(t).code)
  const records = await runTogether([sized(4), sized(1)], proofTraits, conditionsOf(fleet, signal))
  assert.deepEqual(
    specs.map(({ replicas, mostPerReplica }) => [replicas, mostPerReplica]),
    [[4, 50]],
  )
  assert.deepEqual(
    records.map((record) => [record.trial.id, record.ok ? '' : record.reason]),
    [
      ['n4@1', 'no replica came up'],
      ['n1@1', 'no replica came up'],
    ],
  )
  await runTogether([{ ...proofTrial, id: 'free@1' }], proofTraits, conditionsOf(fleet, signal))
  assert.equal(specs[1]?.mostPerReplica, undefined, 'without quotas the proxy bounds nothing')
})
