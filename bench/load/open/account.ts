/**
 * What became of every arrival that was intended inside the window, and how long it took.
 *
 * Latency counts from the intended send: an arrival that had to wait, because the server or this generator was stopped,
 * then is as slow as its user would find it. A request that was given up is a sample of the time until then, as a lower
 * bound; without it a hanging server would have the better quantiles. A lost request is no sample: otherwise a
 * connection that is refused at once would look like a fast reply. It counts as an error.
 */
import type { Arrivals } from '../../record/types.ts'
import { createHistogram, recordUs } from '../../stats/histogram.ts'

export interface Window {
  openUs: number
  closeUs: number
}

export const isWithin = ({ openUs, closeUs }: Window, atUs: number) => atUs >= openUs && atUs < closeUs

export class Account {
  /** Intended send to last byte, or to where it was given up. */
  readonly corrected = createHistogram()
  /** Actual send to last byte, of the answered ones. */
  readonly uncorrected = createHistogram()
  /** Intended send to the moment at which the sender noticed that it was due. */
  readonly lag = createHistogram()
  readonly counts: Arrivals['account'] = { scheduled: 0, ok: 0, error: 0, timeout: 0, lost: 0, inFlight: 0 }
  /** Arrivals that the sender noticed before the window closed. */
  noticed = 0
  /** Arrivals without an outcome yet. */
  open = 0
  readonly #window: Window

  constructor(window: Window) {
    this.#window = window
  }

  due(intendedUs: number, atUs: number): void {
    if (!isWithin(this.#window, intendedUs)) return
    this.counts.scheduled++
    this.open++
    if (atUs < this.#window.closeUs) this.noticed++
    recordUs(this.lag, atUs - intendedUs)
  }

  answered(intendedUs: number, sentUs: number, atUs: number, status: number): void {
    if (!this.#settle(intendedUs, status >= 200 && status < 300 ? 'ok' : 'error')) return
    recordUs(this.corrected, atUs - intendedUs)
    recordUs(this.uncorrected, atUs - sentUs)
  }

  /** Given up: as a timeout, or because the drain is over. */
  unanswered(intendedUs: number, atUs: number, as: 'timeout' | 'inFlight'): boolean {
    if (!this.#settle(intendedUs, as)) return false
    recordUs(this.corrected, atUs - intendedUs)
    return true
  }

  lost(intendedUs: number): boolean {
    return this.#settle(intendedUs, 'lost')
  }

  /** False for an arrival of the warm-up. */
  #settle(intendedUs: number, as: Exclude<keyof Arrivals['account'], 'scheduled'>): boolean {
    if (!isWithin(this.#window, intendedUs)) return false
    this.counts[as]++
    this.open--
    return true
  }
}

/**
 * How many requests are sent and not yet answered, on average over the window: the exact integral over time. It knows no
 * latencies, so Little's law (in flight = throughput × time in system) can check them with it.
 */
export class InFlight {
  readonly #window: Window
  #level = 0
  #areaUs = 0
  #sinceUs: number

  constructor(window: Window) {
    this.#window = window
    this.#sinceUs = window.openUs
  }

  /** Moments may not go back. */
  change(by: 1 | -1, atUs: number): void {
    this.#integrate(atUs)
    this.#level += by
  }

  /** Once the window is over. */
  mean(): number {
    const { openUs, closeUs } = this.#window
    this.#integrate(closeUs)
    return this.#areaUs / (closeUs - openUs)
  }

  #integrate(untilUs: number): void {
    const clipped = Math.min(untilUs, this.#window.closeUs)
    if (clipped <= this.#sinceUs) return
    this.#areaUs += this.#level * (clipped - this.#sinceUs)
    this.#sinceUs = clipped
  }
}
