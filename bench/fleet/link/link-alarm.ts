/**
 * An alarm that rings within a fraction of a millisecond. `setTimeout` knows whole ones, and asking the clock in every
 * turn of the event loop takes up a whole CPU, which others share. So a thread sleeps in `Atomics.wait`, whose time
 * limit has fractions. It rings about 0.08 ms late (0.16 after a long sleep) for 0.05 ms of CPU.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/**
 * The thread's whole life; it ends with its process. As text, because tsx does not reach into threads on Node 20,
 * and because a bundle need not keep a file for it. It rings once unasked, to say that it listens.
 */
const THREAD = `
  const { parentPort, workerData: { atUs, told, never } } = require('node:worker_threads')
  const leftUs = () => atUs[0] - Number(process.hrtime.bigint()) / 1000
  for (let heard = 0; ; heard = Atomics.load(told, 0)) {
    for (let left = leftUs(); left > 0; left = leftUs()) Atomics.wait(never, 0, 0, left / 1000)
    parentPort.postMessage(null)
    Atomics.wait(told, 0, heard)
  }
`

export class Alarm {
  readonly #atUs = new Float64Array(new SharedArrayBuffer(8))
  /** How often the time was set. */
  readonly #told = new Int32Array(new SharedArrayBuffer(4))
  readonly #thread: Worker

  constructor(onRing: () => void) {
    // What nobody ever changes can be waited for until the time is up.
    const never = new Int32Array(new SharedArrayBuffer(4))
    const workerData = { atUs: this.#atUs, told: this.#told, never }
    this.#thread = new Worker(THREAD, { eval: true, workerData })
    this.#thread.on('message', onRing)
  }

  /** Resolves when the thread listens, with a ring. */
  async ready(): Promise<void> {
    await once(this.#thread, 'message')
    // It keeps no process alive that has nothing else to do.
    this.#thread.unref()
  }

  /** One ring at a time: the next may be set when this one was heard. By the clock of `machineUs`. */
  set(atUs: number): void {
    this.#atUs[0] = atUs
    Atomics.add(this.#told, 0, 1)
    Atomics.notify(this.#told, 0)
  }
}
