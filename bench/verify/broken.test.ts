/** Each proof fails when the instrument is broken on purpose: those that measure how late something is. */
import { type Broken, bedForTests, type Figures, of, testsOf } from '../testing/broken.ts'
import { autocannonSender, plainSender } from '../testing/senders.ts'
import { faults } from './proofs/faults.ts'
import { fixedDelay } from './proofs/fixed-delay.ts'
import { knownQueue } from './proofs/known-queue.ts'
import { stoppedServer } from './proofs/stopped-server.ts'

/** Short, since what is looked for is large. */
const short = {
  stopped: stoppedServer({ stopSec: 0.5, runSec: 2.5, baselineSec: 0.5 }),
  queue: knownQueue({ sec: 1.5 }),
  delay: fixedDelay({ sec: 1 }),
  faults: faults({ sec: 2, kinds: ['fin'] }),
}

const share = (figures: Figures) => of(figures, 'meanMs') / of(figures, 'meanExpectedMs')
const late = (figures: Figures) => of(figures, 'p50Ms') - of(figures, 'p50LoggedMs')

const broken: Broken[] = [
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
    'replies that are paired wrongly after a fault',
    short.faults,
    plainSender({ drifts: 20 }),
    (figures) => of(figures, 'fin-recovered') < 50,
  ],
]

testsOf(broken, bedForTests())
