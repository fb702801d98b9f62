/**
 * How many requests are sent and not yet answered, on average over the window: the exact integral over time.
 *
 * It knows no latencies, so Little's law (in flight = throughput × time in system) can check them with it.
 */
import type { Window } from './account.ts'

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
