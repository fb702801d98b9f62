/** Proof: a reply that takes a known time is measured to take that time. */
import { nearestRank } from '../laws.ts'
import { digits, type Proof, warmServer } from '../proof.ts'

/** Some replies are always waiting, so the server never sleeps and neither side has to be woken up. */
const PER_SEC = 500
/** Between two whole milliseconds, so that an instrument that counts in those is half a millisecond off. */
const DELAY_MS = 5.3
const TOLERANCE_MS = 0.3

/** From the actual send: the generator's own lag is not the server's doing, and is told beside it. */
export function fixedDelay({ sec = 3 } = {}): Proof {
  return {
    id: 'fixed-delay',
    shows: 'a known delay is measured to a fraction of a millisecond',
    timed: true,
    async run(instrument, bed) {
      const { server, send } = await warmServer(instrument, bed, { perSec: PER_SEC }, { delayMs: DELAY_MS })
      const report = await send(sec)
      const truth = nearestRank((await server.log()).tookUs, 0.5) / 1_000
      const measured = report.arrivals.uncorrectedUs.p50 / 1_000
      return {
        expected: `p50 ${digits(truth)} ± ${TOLERANCE_MS} ms`,
        measured: `p50 ${digits(measured)} ms`,
        passed: Math.abs(measured - truth) <= TOLERANCE_MS,
        figures: { p50Ms: measured, p50LoggedMs: truth, lagP50Ms: report.arrivals.lagUs.p50 / 1_000 },
      }
    },
  }
}
