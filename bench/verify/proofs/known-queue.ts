/** Proof: the latencies of a queue are those of the queue, quantile by quantile. */
import { nearestRank } from '../laws.ts'
import { digits, type Proof, warmServer } from '../proof.ts'

/** Utilization 0.8, mean time in the queue 20 ms: what the generator's own timers add is small beside it. */
const PER_SEC = 160
const MEAN_SERVICE_MS = 5
const TOLERANCE_MS = 1.5
const QUANTILES = { p50: 0.5, p90: 0.9, p99: 0.99 } as const
const names = Object.keys(QUANTILES) as (keyof typeof QUANTILES)[]

/**
 * The server plays an M/M/1 queue and logs its own path. Compared is with that log, not with the theory of M/M/1: the
 * p99 of one run of 20 s is 60 % off theory by chance alone.
 */
export function knownQueue({ sec = 12, seed = 1 } = {}): Proof {
  return {
    id: 'known-queue',
    shows: 'the quantiles of a queue are those of the server’s own log',
    timed: true,
    async run(instrument, bed) {
      const { server, send } = await warmServer(instrument, bed, { perSec: PER_SEC, connections: 256, seed })
      server.behave({ queue: { meanServiceMs: MEAN_SERVICE_MS, seed } })
      const report = await send(sec, 'poisson')
      const { tookUs } = await server.log()
      const truth = names.map((name) => nearestRank(tookUs, QUANTILES[name]) / 1_000)
      const measured = names.map((name) => report.latencyUs[name] / 1_000)
      const line = (values: number[]) => `${values.map((value) => digits(value)).join(' / ')} ms`
      const errors = measured.map((value, i) => Math.abs(value - (truth[i] ?? Number.NaN)))
      return {
        expected: `p50 / p90 / p99 ${line(truth)} ± ${TOLERANCE_MS} ms`,
        measured: line(measured),
        passed:
          report.arrivals.account.scheduled === tookUs.length &&
          errors.every((error) => error <= TOLERANCE_MS),
        figures: {
          requestsLogged: tookUs.length,
          requestsScheduled: report.arrivals.account.scheduled,
          ...Object.fromEntries(names.map((name, i) => [`${name}Ms`, measured[i] ?? 0])),
          ...Object.fromEntries(names.map((name, i) => [`${name}LoggedMs`, truth[i] ?? 0])),
        },
      }
    },
  }
}
