/**
 * Rings when the next arrival is due. Timers of Node know whole milliseconds: at 4,000/s they let four arrivals gather and
 * leave at once, which is another load than the one that was asked for.
 *
 * Five ways were tried by bare sockets at 4,000 Poisson arrivals a second, by turns on one core of a shared virtual
 * machine; variance ÷ mean of the sends a millisecond, and CPU a request:
 * - timers: 3.0, 55 µs
 * - asking the clock in every turn of the event loop, while the next one is less than 1 ms away: 1.1, 230 µs, a whole core
 * - the same for the last 0.1 ms: 3.0, 70 µs. It cannot help, since it is the timer before it that is late
 * - naps of up to 0.4 ms of the event loop itself, in `Atomics.wait`: 1.3, 68 to 82 µs. But a reply that comes meanwhile is
 *   seen only after the nap, and its latency would be wrong by that
 * - a thread that sleeps in `Atomics.wait`, whose time limit has fractions: 1.2, 79 to 105 µs if it rings whenever one is
 *   due, and 1.3, 72 to 85 µs if 0.4 ms lie between two rings. To ring by a byte in a pipe or by `Atomics.waitAsync`
 *   cost as much as by a message, within the noise
 *
 * So it is the thread. Nearly all that it costs is that it wakes up: 45 µs each time here, and 31 in a C program that does
 * nothing else. Hence two rings are `LEAST_APART_US` apart, which no window of a millisecond can tell, and the thread
 * knows two arrivals ahead, so that it need not be woken to be told of the next one.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { machineUs } from '../clock.ts'

const LEAST_APART_US = 500
/** The clocks of two threads agree to some µs; a ring that came too early would have to come again. */
const MARGIN_US = 20
const NEVER = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * The thread's whole life; it ends with its process. As text, because tsx does not reach into threads on Node 20,
 * and because a bundle need not keep a file for it. It rings once unasked, to say that it listens.
 */
const THREAD = `
  const { parentPort, workerData: { due, told, leastUs, marginUs } } = require('node:worker_threads')
  // Read against the order in which they are written, so that none is missed while it moves up.
  const read = () => [Atomics.load(due, 1), Atomics.load(due, 0)].map(Number)
  parentPort.postMessage(null)
  for (;;) {
    const heard = Atomics.load(told, 0)
    const [thenUs, nextUs] = read()
    const nowUs = Number(process.hrtime.bigint()) / 1000 - marginUs
    if (nextUs <= nowUs) parentPort.postMessage(null)
    const isKnown = thenUs > nowUs && thenUs < Number.MAX_SAFE_INTEGER
    const aimUs = nextUs > nowUs ? nextUs : isKnown ? thenUs : nowUs
    Atomics.wait(told, 0, heard, Math.max(aimUs - nowUs, leastUs) / 1000)
  }
`

export class Alarm {
  /** The next one and the one after it, in µs of `machineUs`. */
  readonly #due = new BigInt64Array(new SharedArrayBuffer(16)).fill(NEVER)
  /** How often the thread was told of something that is due earlier than what it may be waiting for. */
  readonly #told = new Int32Array(new SharedArrayBuffer(4))
  readonly #listens: Promise<void>
  #nextUs = Number.POSITIVE_INFINITY
  #thenUs = Number.POSITIVE_INFINITY
  #onRing: () => void = () => {}

  constructor() {
    const workerData = { due: this.#due, told: this.#told, leastUs: LEAST_APART_US, marginUs: MARGIN_US }
    const thread = new Worker(THREAD, { eval: true, workerData })
    this.#listens = once(thread, 'message').then(() => {
      // A ring may be on its way when another time is set, or when the alarm changes hands.
      thread.on('message', () => {
        if (this.#nextUs <= machineUs() + MARGIN_US) this.#onRing()
      })
      // It keeps no process alive that has nothing else to do.
      thread.unref()
    })
  }

  /** Resolves when the thread listens. */
  ready(): Promise<void> {
    return this.#listens
  }

  /** From now on it rings here, and not before something is set. */
  ringsAt(onRing: () => void): void {
    this.#onRing = onRing
    this.set(Number.POSITIVE_INFINITY)
  }

  /**
   * When the next arrival is due; it rings from then on until another time is set. Infinity: never.
   * @param thenUs of the one after that; Infinity where it is not known
   */
  set(nextUs: number, thenUs = Number.POSITIVE_INFINITY): void {
    if (nextUs === this.#nextUs && thenUs === this.#thenUs) return
    const isEarlier = nextUs < this.#nextUs
    this.#nextUs = nextUs
    this.#thenUs = thenUs
    Atomics.store(this.#due, 0, whole(nextUs))
    Atomics.store(this.#due, 1, whole(thenUs))
    if (!isEarlier) return
    Atomics.add(this.#told, 0, 1)
    Atomics.notify(this.#told, 0)
  }
}

const whole = (us: number) => (us === Number.POSITIVE_INFINITY ? NEVER : BigInt(Math.ceil(us)))

/** A thread takes 30 ms to start, and windows follow each other: they use it again. */
const idle: Alarm[] = []

/** To be given back. */
export async function takeAlarm(): Promise<Alarm> {
  const alarm = idle.pop() ?? new Alarm()
  await alarm.ready()
  return alarm
}

export function giveBack(alarm: Alarm): void {
  alarm.ringsAt(() => {})
  idle.push(alarm)
}
