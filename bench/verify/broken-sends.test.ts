/** The proofs of when arrivals leave and what that costs fail for the real generator, broken in just that way. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bedForTests } from '../testing/broken.ts'
import { compiled, type Planted } from '../testing/compiled.ts'
import { plainSender } from '../testing/senders.ts'
import { judge } from './judge.ts'
import { bunching } from './proofs/bunching.ts'
import { senderCost } from './proofs/sender-cost.ts'
import type { TestBed } from './test-bed.ts'

const bed = bedForTests()

/** Short, since what is looked for is large. */
const short = {
  bunching: bunching({ windows: 3, warmups: 1 }),
  cost: senderCost({ pairs: 3, warmupSec: 1, windowSec: 0.6 }),
}

async function withPlanted(planted: Planted): Promise<TestBed> {
  const [, program = ''] = await compiled(new URL('../load/main.ts', import.meta.url), planted)
  const { generator } = bed()
  return { ...bed(), generator: { ...generator, command: [...generator.command.slice(0, -1), program] } }
}

const alarm = 'bench/load/open/alarm.ts'
const lazy = { file: alarm, snippet: 'LEAST_APART_US = 500', instead: 'LEAST_APART_US = 2_500' }
const restless = { file: alarm, snippet: 'Math.max(aimUs - nowUs, leastUs) / 1000', instead: '0' }

test('bunching fails for a generator that rings every 2.5 ms', async () => {
  const { passed, measured, figures } = await judge(short.bunching, await withPlanted(lazy))
  assert.equal(passed, false, measured)
  assert.ok((figures.indexLeast ?? 0) > 2.5, measured)
})

test('bunching fails for a sender with timers of whole milliseconds', async () => {
  const { passed, measured } = await short.bunching.run(plainSender(), bed())
  await bed().stopServers()
  assert.equal(passed, false, measured)
})

test('sender-cost fails for a generator whose thread never sleeps', async () => {
  const { passed, measured, figures } = await judge(short.cost, await withPlanted(restless))
  assert.equal(passed, false, measured)
  assert.ok((figures.ratioLo ?? 0) > 1.5, measured)
})

test('sender-cost does not pass for a generator that is cheap because it sends in bunches', async () => {
  const { passed, measured, figures } = await judge(short.cost, await withPlanted(lazy))
  assert.notEqual(passed, true, measured)
  assert.ok((figures.senderBunching ?? 0) > 2.5, measured)
})
