/** Proof: a trial in which a user is answered as another one becomes no figure. */
import type { Fleet, RunningFleet } from '../../fleet/fleet.ts'
import type { Finding, Proof } from '../proof.ts'
import type { Server } from '../server.ts'
import type { TestBed } from '../test-bed.ts'
import { runOneTrial } from '../trial-of-proof.ts'

/** Rare: only bodies that are looked at can tell, and one in 16 is. */
const MIX_UP_EVERY = 50

const expected = 'the trial is rejected: a user was answered as another'

export function wrongUser(): Proof {
  return {
    id: 'wrong-user',
    shows: 'one user’s answer for another gets a trial rejected',
    timed: false,
    async run(_, bed): Promise<Finding> {
      const server = await bed.serve({ mixUpEvery: MIX_UP_EVERY })
      const result = await runOneTrial(fleetOf(server, bed), bed.signal, { warmupSec: 0.5, measureSec: 1 })
      const { measurement: seen } = result
      return {
        expected,
        measured: result.ok ? 'the trial was accepted' : (result.reason.split(';', 1)[0] as string),
        passed: !result.ok && /user\d+ was answered as somebody/.test(result.reason),
        figures: seen ? { wrongAnswers: seen.wrongAnswers, verified: seen.verifiedBodies } : {},
      }
    },
  }
}

/** A fleet whose only replica is the server, without a proxy; everything else is as in a run. */
function fleetOf(server: Server, bed: TestBed): Fleet {
  const running: RunningFleet = {
    url: server.url,
    replicas: [{ id: 'r1', url: server.url, pid: server.pid }],
    placement: bed.placement,
    redis: null,
    proxy: { pid: null },
    proxyCounts: async () => null,
    constrain: async () => {},
    died: server.ended,
    stop: () => server.stop(),
  }
  return {
    placement: bed.placement,
    maxReplicas: 1,
    settable: [],
    parts: { redis: null, haproxy: null },
    runtime: bed.runtime,
    otherRuntimes: async () => ({}),
    browserProblem: async () => null,
    quotaProblem: 'nothing here is limited',
    faultProblem: 'nothing here is broken',
    start: async () => running,
    serverVariables: () => null,
    generatorFor: () => bed.generator,
    close: () => server.stop(),
  }
}
