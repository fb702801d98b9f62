/** Proof: even arrivals come evenly and Poisson arrivals at random, by the server's clock. */
import { dispersion, poissonBand } from '../laws.ts'
import { digits, type Proof, warmServer } from '../proof.ts'

const PER_SEC = 1_000
/** Twenty arrivals each: the lag of the generator's timers, a millisecond, moves few of them across an edge. */
const WINDOW_US = 20_000
/** A sender that is right fails once in a thousand seeds; the seed is fixed. */
const CONFIDENCE = 0.999

export function arrivalDispersion({ sec = 4, seed = 1 } = {}): Proof {
  return {
    id: 'dispersion',
    shows: 'even and Poisson arrivals are what they are called',
    timed: true,
    async run(instrument, bed) {
      const { server, send } = await warmServer(instrument, bed, { perSec: PER_SEC, seed })
      const arrivalsOf = async (spacing: 'even' | 'poisson') => {
        await send(sec, spacing)
        return dispersion((await server.log()).arrivedUs, WINDOW_US)
      }
      const even = await arrivalsOf('even')
      const poisson = await arrivalsOf('poisson')
      const { lo, hi } = poissonBand(poisson.windows, CONFIDENCE)
      const evenBelow = poissonBand(even.windows, CONFIDENCE).lo
      return {
        expected: `variance ÷ mean: even below ${digits(evenBelow, 2)}, Poisson ${digits(lo, 2)} to ${digits(hi, 2)}`,
        measured: `even ${digits(even.index, 2)}, Poisson ${digits(poisson.index, 2)}`,
        passed: even.index < evenBelow && poisson.index >= lo && poisson.index <= hi,
        figures: { even: even.index, poisson: poisson.index, lo, hi, windows: poisson.windows },
      }
    },
  }
}
