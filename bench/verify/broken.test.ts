/** Proofs that fail on a broken instrument by what they count or by a flaw as large: a busy machine only makes them fail the more. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { RunningFleet } from '../fleet/fleet.ts'
import {
  type Broken,
  bedForTests,
  type Figures,
  gathers,
  of,
  testsOf,
  withPlanted,
} from '../testing/broken.ts'
import { autocannonSender, plainSender } from '../testing/senders.ts'
import { judge } from './judge.ts'
import type { Proof } from './proof.ts'
import { bunching } from './proofs/bunching.ts'
import { busyWork } from './proofs/busy-work.ts'
import { arrivalDispersion } from './proofs/dispersion.ts'
import { faults } from './proofs/faults.ts'
import { fixedDelay } from './proofs/fixed-delay.ts'
import { knownQueue } from './proofs/known-queue.ts'
import { offeredRate } from './proofs/offered-rate.ts'
import { sleepingNeighbour } from './proofs/sleeping-neighbour.ts'
import { stoppedServer } from './proofs/stopped-server.ts'
import { wrongUser } from './proofs/wrong-user.ts'
import type { TestBed } from './test-bed.ts'

const bed = bedForTests()

/** Short, since what is looked for is large. */
const short = {
  rate: offeredRate({ sec: 1 }),
  dispersion: arrivalDispersion({ sec: 1 }),
  faults: faults({ sec: 2, kinds: ['fin'] }),
  queue: knownQueue({ sec: 1.5 }),
  delay: fixedDelay({ sec: 1 }),
  bunching: bunching({ windows: 3, warmups: 1 }),
  stopped: stoppedServer({ stopSec: 0.5, runSec: 2.5, baselineSec: 0.5 }),
}

const late = (figures: Figures) => of(figures, 'p50Ms') - of(figures, 'p50LoggedMs')

const broken: Broken[] = [
  [
    'a sender that is slow by 1 %',
    short.rate,
    plainSender({ slower: 0.99 }),
    (figures) => of(figures, 'evenRequests') === 990,
  ],
  [
    'a sender that leaves requests out',
    short.rate,
    plainSender({ forgets: 100 }),
    (figures) => of(figures, 'evenRequests') === 990,
  ],
  [
    'a sender that blocks',
    short.dispersion,
    plainSender({ blocksMs: 50 }),
    (figures) => of(figures, 'even') > 5,
  ],
  [
    'autocannon’s rate mode',
    short.dispersion,
    autocannonSender({ corrected: false }),
    (figures) => of(figures, 'even') > 5,
  ],
  [
    'an account that hides what was lost',
    short.faults,
    plainSender({ hidesLost: true }),
    (figures) => of(figures, 'fin-scheduled') < 1_000,
  ],
  ['a sender that blocks', short.queue, plainSender({ blocksMs: 50 }), (figures) => late(figures) > 10],
  [
    'a sender that counts whole milliseconds',
    short.delay,
    plainSender({ wholeMs: true }),
    (figures) => Math.abs(of(figures, 'p50Ms') - Math.round(of(figures, 'p50Ms'))) < 0.02,
  ],
  ['autocannon’s own figures', short.delay, autocannonSender({ corrected: false }), () => true],
  [
    'autocannon’s corrected figures',
    short.stopped,
    autocannonSender({ corrected: true }),
    // By the law it is about 55 ms.
    (figures) => of(figures, 'meanMs') > 90,
  ],
  [
    'autocannon’s corrected figures',
    short.queue,
    autocannonSender({ corrected: true }),
    (figures) => Math.abs(late(figures)) > 10,
  ],
]

testsOf(broken, bed)

test('bunching fails for a generator that rings every 2.5 ms', async () => {
  const { passed, measured, figures } = await judge(short.bunching, await withPlanted(bed(), gathers))
  assert.equal(passed, false, measured)
  assert.ok(of(figures, 'indexLeast') > 2.5, measured)
})

test('bunching fails for a sender with timers of whole milliseconds', async () => {
  const { passed, measured } = await short.bunching.run(plainSender(), bed())
  await bed().stopServers()
  assert.equal(passed, false, measured)
})

test('busy-work fails for a probe that sees nothing', async () => {
  const blind = busyWork({ blocks: 1, cpuUs: () => 0 })
  const { passed, measured } = await judge(blind, bed())
  assert.equal(passed, false)
  assert.match(measured, /saw no CPU/)
})

test('sleeping-neighbour fails for one that goes on working, however few turns there are', async () => {
  const asking: NodeJS.Timeout[] = []
  const rest = ({ url }: RunningFleet) =>
    void asking.push(setInterval(() => fetch(`${url}/me`).catch(() => {}), 5))
  const few = { least: 1, most: 1, neighbours: 1, quarter: 2, warmupRequests: 0 }
  const { passed, measured, figures } = await judge(sleepingNeighbour({ ...few, rest }), bed())
  for (const one of asking) clearInterval(one)
  assert.equal(passed, false, measured)
  assert.ok((figures.neighbourCores ?? 0) > 0.01, measured)
})

/** The real program, broken by what is loaded before it. */
function withBroken(how: 'blind' | 'blocking'): TestBed {
  const main = fileURLToPath(new URL('./broken-generator.fixture.ts', import.meta.url))
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), main]
  return { ...bed(), generator: { command, env: { ...process.env, BROKEN: how }, processes: 1 } }
}

test('wrong-user passes for the real generator, and fails for one that checks no bodies', async () => {
  assert.equal((await judge(wrongUser(), bed())).passed, true)
  const { passed, measured } = await judge(wrongUser(), withBroken('blind'))
  assert.equal(passed, false)
  assert.match(measured, /accepted|gate/)
})

test('dispersion fails for the real generator when it blocks', async () => {
  const { passed, figures } = await judge(short.dispersion, withBroken('blocking'))
  assert.equal(passed, false)
  assert.ok((figures.even ?? 0) > 5, `${figures.even}`)
})

test('the real generator counts as the server does, whatever else the machine does', async () => {
  const { figures } = await judge(short.rate, bed())
  assert.equal(figures.evenRequests, 1_000)
  assert.equal(figures.poissonRequests, figures.poissonScheduled)
})

test('a proof that breaks off is a failed one with a reason', async () => {
  const gone: Proof = { ...short.rate, run: () => Promise.reject(new Error('the generator ended')) }
  const { passed, measured } = await judge(gone, bed())
  assert.deepEqual([passed, measured], [false, 'the generator ended'])
})
