/** Proof: arrivals leave one by one when they are due, and not together with those that a timer let gather. */
import { median } from '../../stats/quantiles.ts'
import { dispersion } from '../laws.ts'
import { digits, type Finding, type Proof, warmServer } from '../proof.ts'

export const BUNCHING_PER_SEC = 4_000
/** Where timers of whole milliseconds show: of four arrivals that gather in one, the variance is three times the mean. */
export const BIN_US = 1_000
/** 1 for Poisson arrivals; what the server needs to notice them, and the host takes from both, comes on top. */
export const MOST_BUNCHED = 2

/** Variance ÷ mean of the arrivals in the bins of each window, by the server's log. Pure. */
export function findingOf(windows: readonly (readonly number[])[]): Finding {
  const indices = windows.map((arrivedUs) => dispersion(arrivedUs, BIN_US).index)
  const index = median(indices)
  return {
    expected: `variance ÷ mean in bins of 1 ms at ${BUNCHING_PER_SEC}/s: at most ${MOST_BUNCHED}`,
    measured: `median of ${indices.length} windows ${digits(index)}, ${digits(Math.min(...indices))} to ${digits(Math.max(...indices))}`,
    passed: index <= MOST_BUNCHED,
    figures: {
      index,
      indexLeast: Math.min(...indices),
      indexMost: Math.max(...indices),
      windows: indices.length,
    },
  }
}

/** The median of several windows: a host that takes the CPU away for 20 ms makes one bin of 80 of them, once. */
export function bunching({ windows = 9, sec = 0.6, warmups = 2 } = {}): Proof {
  return {
    id: 'bunching',
    shows: 'arrivals leave when they are due, not in bunches',
    timed: true,
    async run(instrument, bed) {
      const { server, send } = await warmServer(instrument, bed, { perSec: BUNCHING_PER_SEC })
      for (let warm = 0; warm < warmups; warm++) await send(sec, 'poisson')
      await server.log()
      const arrived: number[][] = []
      while (arrived.length < windows) {
        await send(sec, 'poisson')
        arrived.push((await server.log()).arrivedUs)
      }
      return findingOf(arrived)
    },
  }
}
