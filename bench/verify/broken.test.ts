/** Each proof fails when the instrument is broken on purpose. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { busyWork } from './busy-work.ts'
import { arrivalDispersion } from './dispersion.ts'
import { faults } from './faults.ts'
import { fixedDelay } from './fixed-delay.ts'
import { judge } from './judge.ts'
import { knownQueue } from './known-queue.ts'
import { offeredRate } from './offered-rate.ts'
import type { Finding, Instrument, Proof } from './proof.ts'
import { autocannonSender, plainSender } from './senders-for-tests.ts'
import { stoppedServer } from './stopped-server.ts'
import { openTestBed, type TestBed } from './test-bed.ts'
import { wrongUser } from './wrong-user.ts'

let bed: TestBed
before(async () => {
  bed = await openTestBed({ signal: new AbortController().signal, log: () => {} })
})
after(() => bed.close())

/** Short, since what is looked for is large. */
const short = {
  stopped: stoppedServer({ stopSec: 0.5, runSec: 2.5, baselineSec: 0.5 }),
  queue: knownQueue({ sec: 1.5 }),
  delay: fixedDelay({ sec: 1 }),
  rate: offeredRate({ sec: 1 }),
  dispersion: arrivalDispersion({ sec: 1 }),
  faults: faults({ sec: 2, kinds: ['fin'] }),
}

type Figures = Finding['figures']
const of = (figures: Figures, name: string) => figures[name] ?? Number.NaN
const share = (figures: Figures) => of(figures, 'meanMs') / of(figures, 'meanExpectedMs')
const late = (figures: Figures) => of(figures, 'p50Ms') - of(figures, 'p50LoggedMs')

/** Beside the verdict each has to show its own flaw, since on a busy machine a proof can fail without any. */
const broken: [what: string, proof: Proof, instrument: Instrument, shows: (figures: Figures) => boolean][] = [
  [
    'a sender that measures from the actual send',
    short.stopped,
    plainSender({ fromSend: true }),
    (figures) => share(figures) < 0.7,
  ],
  [
    'autocannon’s corrected figures',
    short.stopped,
    autocannonSender({ corrected: true }),
    // By the law it is about 55 ms.
    (figures) => of(figures, 'meanMs') > 90,
  ],
  ['a sender that blocks', short.queue, plainSender({ blocksMs: 50 }), (figures) => late(figures) > 10],
  [
    'autocannon’s corrected figures',
    short.queue,
    autocannonSender({ corrected: true }),
    (figures) => Math.abs(late(figures)) > 10,
  ],
  [
    'a sender that counts whole milliseconds',
    short.delay,
    plainSender({ wholeMs: true }),
    (figures) => Math.abs(of(figures, 'p50Ms') - Math.round(of(figures, 'p50Ms'))) < 0.02,
  ],
  ['autocannon’s own figures', short.delay, autocannonSender({ corrected: false }), () => true],
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
  [
    'replies that are paired wrongly after a fault',
    short.faults,
    plainSender({ drifts: 20 }),
    (figures) => of(figures, 'fin-recovered') < 50,
  ],
]

for (const [what, proof, instrument, shows] of broken) {
  test(`${proof.id} fails for ${what}`, async () => {
    const { passed, measured, figures } = await proof.run(instrument, bed)
    await bed.stopServers()
    assert.equal(passed, false, measured)
    assert.ok(shows(figures), `${measured} ${JSON.stringify(figures)}`)
  })
}

test('busy-work fails for a probe that sees nothing', async () => {
  const blind = busyWork({ blocks: 1, cpuUs: () => 0 })
  const { passed, measured } = await judge(blind, bed)
  assert.equal(passed, false)
  assert.match(measured, /saw no CPU/)
})

/** The real program, broken by what is loaded before it. */
function withBroken(how: 'blind' | 'blocking'): TestBed {
  const main = fileURLToPath(new URL('./broken-generator.fixture.ts', import.meta.url))
  const command = [process.execPath, '--import', import.meta.resolve('tsx'), main]
  return { ...bed, generator: { command, env: { ...process.env, BROKEN: how }, processes: 1 } }
}

test('wrong-user passes for the real generator, and fails for one that checks no bodies', async () => {
  assert.equal((await judge(wrongUser(), bed)).passed, true)
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
  const { figures } = await judge(short.rate, bed)
  assert.equal(figures.evenRequests, 1_000)
  assert.equal(figures.poissonRequests, figures.poissonScheduled)
})

test('a proof that breaks off is a failed one with a reason', async () => {
  const gone: Proof = { ...short.rate, run: () => Promise.reject(new Error('the generator ended')) }
  const { passed, measured } = await judge(gone, bed)
  assert.deepEqual([passed, measured], [false, 'the generator ended'])
})
