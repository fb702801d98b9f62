/** A fleet and a control by turns, for real: what is sent to it is what was asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RENEWING } from '../../experiments/roles.ts'
import { openLocalFleet } from '../../fleet/local/local.ts'
import { startGenerator } from '../../load/generator.ts'
import { cpuQuotas } from '../../testing/needs.ts'
import { started } from './started.ts'

test('two replicas under quotas get reads, logins and refreshes beside a control of their own', {
  skip: cpuQuotas(),
}, async () => {
  const fleet = await openLocalFleet({ log: () => {} })
  try {
    const generator = await startGenerator(fleet.generatorFor(1))
    const { signal } = new AbortController()
    const asked = {
      ...{ scheme: RENEWING, replicas: 2, users: 50, perSec: 200, handlerUs: 0, turns: 2 },
      quotas: { replicaCores: 0.3, redisCores: 0.3, proxyCores: 0.3, ballastCores: 0 },
      issuing: { loginsPerSec: 20, refreshesPerSec: 30 },
    }
    const seen = await started({ fleet, generator, signal }, { perSec: 200, handlerUs: 100 }, asked)
    await generator.close()
    assert.deepEqual([seen.own.length, seen.control.length], [2, 2])
    for (const { requests, failed, seconds, cpuUs } of seen.own) {
      // Five standard deviations of a Poisson count to either side.
      assert.ok(
        Math.abs(requests - 250 * seconds) < 5 * Math.sqrt(250 * seconds),
        `${requests} in ${seconds} s`,
      )
      assert.equal(failed, 0)
      assert.ok((cpuUs.replicas ?? 0) > 0 && (cpuUs.redis ?? 0) > 0)
    }
    assert.ok(seen.control.every(({ requests, cpuUs }) => requests > 50 && cpuUs.redis === 0))
    assert.ok((seen.redisBytes ?? 0) > 0 && seen.p99Us > 0)
  } finally {
    await fleet.close()
  }
})
