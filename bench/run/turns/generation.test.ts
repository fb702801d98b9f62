/** A generation in which something hangs: it ends, and says where. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RunningFleet } from '../../fleet/fleet.ts'
import type { Generator } from '../../load/job.ts'
import { conditionsOf, proofTraits, proofTrial } from '../../verify/trial-of-proof.ts'
import { playGeneration } from './generation.ts'
import type { TurnsLoad } from './points.ts'

const load: TurnsLoad = {
  ...{ loop: 'turns', ratesPerSec: [100], handlerUs: [0], closed: false, connections: 2 },
  ...{ passes: 1, settleSec: 0.1, idleSec: 0.1, mostBusy: 0.7 },
}
const silent: Generator = {
  pids: [],
  login: () => new Promise(() => {}),
  load: () => new Promise(() => {}),
  close: async () => {},
}

test('a warm-up that hangs ends at its limit, and the failure names the trial', async () => {
  const calls: string[] = []
  const running: RunningFleet = {
    ...{ url: 'http://127.0.0.1:9', replicas: [], redis: null, proxy: { pid: null } },
    placement: {
      ...{ method: 'none', cores: 2, replicaCpus: [], maxExclusiveReplicas: 1 },
      sharedCpus: { redis: [], proxy: [], generator: [] },
    },
    proxyCounts: async () => null,
    constrain: async () => {},
    rest: () => calls.push('rest'),
    wake: () => calls.push('wake'),
    died: new Promise(() => {}),
    stop: async () => {},
  }
  const { signal } = new AbortController()
  const { rules, seed } = conditionsOf({} as never, signal)
  const trial = { ...proofTrial, id: 'slow@1', arm: { ...proofTrial.arm, load } }
  const session = { trial, traits: proofTraits, running, generator: silent, rules, seed }
  const company = { signal, limits: { warmSec: 0.05, turnSec: 0.05 } }
  await assert.rejects(playGeneration([session], 0, company), {
    message: 'the warm-up of slow@1 took longer than its limit of 1 s',
  })
  assert.deepEqual(calls, ['rest', 'wake'])
})
