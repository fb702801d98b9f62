/** Proofs that fail on a broken instrument by what takes time, which a busy machine could hide. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedForTests, gathers, of, testsOf, withPlanted } from '../testing/broken.ts'
import type { Planted } from '../testing/compiled.ts'
import { plainSender } from '../testing/senders.ts'
import { judge } from './judge.ts'
import { faults } from './proofs/faults.ts'
import { senderCost } from './proofs/sender-cost.ts'
import { stoppedServer } from './proofs/stopped-server.ts'

const bed = bedForTests()

/** Short, since what is looked for is large. */
const short = {
  cost: senderCost({ pairs: 3, warmupSec: 1, windowSec: 0.6 }),
  faults: faults({ sec: 2, kinds: ['fin'] }),
  stopped: stoppedServer({ stopSec: 0.5, runSec: 2.5, baselineSec: 0.5 }),
}

testsOf(
  [
    [
      'a sender that measures from the actual send',
      short.stopped,
      plainSender({ fromSend: true }),
      (figures) => of(figures, 'meanMs') / of(figures, 'meanExpectedMs') < 0.7,
    ],
    [
      'replies that are paired wrongly after a fault',
      short.faults,
      plainSender({ drifts: 20 }),
      (figures) => of(figures, 'fin-recovered') < 50,
    ],
  ],
  bed,
)

const restless: Planted = {
  file: 'bench/load/open/alarm.ts',
  snippet: 'Math.max(aimUs - nowUs, leastUs) / 1000',
  instead: '0',
}

test('sender-cost fails for a generator whose thread never sleeps', async () => {
  const { passed, measured, figures } = await judge(short.cost, await withPlanted(bed(), restless))
  assert.equal(passed, false, measured)
  assert.ok((figures.ratioLo ?? 0) > 1.5, measured)
})

test('sender-cost does not pass for a generator that is cheap because it sends in bunches', async () => {
  const { passed, measured, figures } = await judge(short.cost, await withPlanted(bed(), gathers))
  assert.notEqual(passed, true, measured)
  assert.ok((figures.senderBunching ?? 0) > 2.5, measured)
})
