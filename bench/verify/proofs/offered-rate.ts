/** Proof: as many requests are sent as were asked for, by the server's count. */
import { ratePerSec } from '../laws.ts'
import { digits, type Proof, warmServer, within } from '../proof.ts'

const PER_SEC = 1_000
const TOLERANCE = 0.001
/** Standard deviations by which the number of Poisson arrivals may differ: 1 run in 16,000 by chance. */
const SIGMAS = 4

/**
 * Even arrivals must come at the rate by the server's clock, all of them. How many Poisson arrivals there are is
 * chance, so the server's count must be that of the sender's account, and that one must be likely.
 */
export function offeredRate({ sec = 5, seed = 1 } = {}): Proof {
  return {
    id: 'offered-rate',
    shows: 'the server counts as many requests as were asked for',
    timed: true,
    async run(instrument, bed) {
      const { server, send } = await warmServer(instrument, bed, { perSec: PER_SEC, seed })
      await send(sec)
      const even = (await server.log()).arrivedUs
      const { arrivals } = await send(sec, 'poisson')
      const poisson = (await server.log()).arrivedUs.length
      const { scheduled } = arrivals.account
      const asked = PER_SEC * sec
      const perSec = ratePerSec(even)
      return {
        expected: `even ${PER_SEC}/s, ${asked} requests ± 0.1 %; Poisson ${scheduled}`,
        measured: `even ${digits(perSec, 6)}/s, ${even.length} requests; Poisson ${poisson}`,
        passed:
          within(perSec, PER_SEC, TOLERANCE) &&
          within(even.length, asked, TOLERANCE) &&
          within(poisson, scheduled, TOLERANCE) &&
          Math.abs(scheduled - asked) <= SIGMAS * Math.sqrt(asked),
        figures: {
          evenPerSec: perSec,
          evenRequests: even.length,
          poissonRequests: poisson,
          poissonScheduled: scheduled,
        },
      }
    },
  }
}
