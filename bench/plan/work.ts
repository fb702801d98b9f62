/** The ladder of a replica whose requests take longer than they did when it was measured. Pure. */
import { meanResponseSec, responseQuantileSec } from '../stats/erlang.ts'
import type { Ladder, Step } from './curve.ts'
import { exactly, plus } from './range.ts'
import { busyAt, type TierCost } from './tier-cost.ts'

/** Busier than this a queue has no end, and its ladder has shown so already. */
const FULL = 0.99

/**
 * At the same busy share, which it reaches at so many times lower a rate. What a shared host holds a process up for stays as it was there;
 * to it comes what a queue of longer requests takes beyond one of shorter ones (M/M/1: `stats/erlang.ts`), the longer work itself
 * included.
 *
 * @param replica what a request took of it when it was measured
 * @param timesAt how many times as long it takes now, by the rate at which it was measured
 */
export function withWork(ladder: Ladder, replica: TierCost, timesAt: (perSec: number) => number): Ladder {
  const rungs = ladder.rungs.map((rung): Step => {
    const { arrivalsPerSec, throughputPerSec } = rung
    const times = timesAt(arrivalsPerSec)
    const busy = Math.min(FULL, busyAt(replica, arrivalsPerSec).value)
    const queue = { arrivalsPerSec, serviceSec: busy / arrivalsPerSec, servers: 1 }
    const longer = { ...queue, arrivalsPerSec: arrivalsPerSec / times, serviceSec: queue.serviceSec * times }
    const beyond = (of: (one: typeof queue) => number) => exactly(1e6 * (of(longer) - of(queue)))
    const at = (quantile: number) => beyond((one) => responseQuantileSec(one, quantile))
    const slower = (perSec: number) => perSec / times
    return {
      ...rung,
      arrivalsPerSec: slower(arrivalsPerSec),
      throughputPerSec: {
        ...throughputPerSec,
        ...{
          value: slower(throughputPerSec.value),
          lo: slower(throughputPerSec.lo),
          hi: slower(throughputPerSec.hi),
        },
      },
      p50Us: { ...rung.p50Us, ...plus(rung.p50Us, at(0.5)) },
      p90Us: { ...rung.p90Us, ...plus(rung.p90Us, at(0.9)) },
      p99Us: { ...rung.p99Us, ...plus(rung.p99Us, at(0.99)) },
      p999Us: rung.p999Us && { ...rung.p999Us, ...plus(rung.p999Us, at(0.999)) },
      meanUs: { ...rung.meanUs, ...plus(rung.meanUs, beyond(meanResponseSec)) },
    }
  })
  // The run's own capacity holds for the work that it was measured with.
  return { ...ladder, rungs, capacityPerSec: null, capacityNote: 'not-measured' }
}
