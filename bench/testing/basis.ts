/** A basis for decisions whose truth is written down: what each scheme adds at each rate, in each of some runs. */
import type { Basis, BasisRun } from '../decide/basis.ts'
import type { Interval } from '../stats/median-interval.ts'

const RATES = [100, 1_000] as const
const HANDLERS = [0, 300] as const
/** CPU µs of a request of the control beside its handler work, and of them those of the replica. */
export const CONTROL_US = 150
const REPLICA_US = 100

interface Truth {
  /** What a scheme adds, in µs. */
  taxUs: Readonly<Record<string, number | ((perSec: number) => number)>>
  /** Half of the width of each interval. */
  reachUs?: number
  /** By what a run lies beside the truth, one for each run. */
  runs?: readonly number[]
  /** Hours between the begin of two runs. */
  hoursApart?: number
}

export function basisWith({ taxUs, reachUs = 10, runs = [1], hoursApart = 4 }: Truth): Basis {
  const schemes = Object.keys(taxUs)
  const points = RATES.flatMap((perSec) => HANDLERS.map((handlerUs) => ({ perSec, handlerUs })))
  const tax = (scheme: string, perSec: number) => {
    const of = taxUs[scheme] ?? 0
    return typeof of === 'number' ? of : of(perSec)
  }
  const around = (value: number, reach = reachUs): Interval => ({
    value,
    lo: value - reach,
    hi: value + reach,
  })
  const made = runs.map((factor, i): BasisRun => {
    const figures = (scheme: string, own: (perSec: number) => number, isControl: boolean) =>
      points.map(({ perSec, handlerUs }) => ({
        ...{ scheme, twin: false, perSec, handlerUs, turns: 12 },
        ...{ cpuUs: CONTROL_US + handlerUs + own(perSec), replicaUs: REPLICA_US + handlerUs + own(perSec) },
        taxUs: isControl ? null : around(own(perSec)),
        timesControl: null,
      }))
    return {
      id: `run-${i}`,
      startedAt: new Date(Date.UTC(2026, 0, 1) + i * hoursApart * 3_600_000).toISOString(),
      overLoad: [
        ...figures('none', () => 0, true),
        ...schemes.flatMap((scheme) => figures(scheme, (perSec) => factor * tax(scheme, perSec), false)),
      ],
      pairs: schemes.flatMap((more, place) =>
        schemes.slice(place + 1).map((less) => ({
          ...{ more, less },
          points: points.map((point) => ({
            ...point,
            byUs: around(factor * (tax(more, point.perSec) - tax(less, point.perSec))),
          })),
        })),
      ),
    }
  })
  return { runs: made, machine: 'Small CPU, 2 cores', machines: 1 }
}
