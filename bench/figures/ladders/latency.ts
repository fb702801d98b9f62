/** Latency at each arrival rate of a ladder. */
import { ofTiers } from '../../record/tiers.ts'
import type { Measurement, Run, Slo } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { median } from '../../stats/quantiles.ts'
import { sum } from '../../stats/sums.ts'
import { histogramSet } from '../histograms.ts'
import { flags } from '../records.ts'
import type { LatencyRow } from '../schema.ts'
import { accepted, clusterEstimates, type Ladder, windowsAt } from './climbs.ts'
import { errorShare, keepsSlo } from './ladder.ts'

/** Ten samples must lie beyond a quantile before it is one. */
const LEAST_FOR_P999 = 10_000

const UNITS = {
  ...{ p50Us: 'µs', p90Us: 'µs', p99Us: 'µs', p999Us: 'µs', meanUs: 'µs' },
  throughputPerSec: 'requests/s',
}

/** One row an arrival rate, of what gates left of it. */
export function latencyRows(ladder: Ladder, run: Run, slo: Slo): LatencyRow[] {
  const rates = ladder.climbs.flatMap(accepted).map(({ arrivalsPerSec }) => arrivalsPerSec)
  return rising(rates).map((rate) => row(ladder, rate, run, slo))
}

/** A rate that was looked at twice in a block has two windows there, which stay together in the bootstrap. */
function row(ladder: Ladder, arrivalsPerSec: number, run: Run, slo: Slo): LatencyRow {
  const windows = windowsAt(ladder, arrivalsPerSec)
  const blocks = [...new Set(windows.map(({ block }) => block))]
  const clusters = blocks.map((block) =>
    windows.flatMap((window, index) => (window.block === block ? [index] : [])),
  )
  const measurements = windows.map(({ measurement }) => measurement)
  const context = { seed: run.seed, warnings: flags(run, measurements) }
  const set = histogramSet(measurements.map(({ arrivals }) => arrivals?.histogram ?? ''))
  const [arrived, windowSec] = [measurements.map(scheduled), measurements.map((m) => m.windowSec)]
  const waited = measurements.map((m) => m.latencyUs.mean * scheduled(m))
  const answered = measurements.map((m) => m.requests)
  const requests = sum(arrived)
  const estimates = clusterEstimates(
    clusters,
    (drawn) => ({
      p50Us: set.quantile(drawn, 0.5),
      p90Us: set.quantile(drawn, 0.9),
      p99Us: set.quantile(drawn, 0.99),
      p999Us: set.quantile(drawn, 0.999),
      meanUs: sumAt(drawn, waited) / sumAt(drawn, arrived),
      throughputPerSec: sumAt(drawn, answered) / sumAt(drawn, windowSec),
    }),
    UNITS,
    context,
  )
  const kept = windows.filter(({ measurement }) => keepsSlo(slo, measurement))
  return {
    arrivalsPerSec,
    blocks: blocks.length,
    requests,
    ...estimates,
    p999Us: requests < LEAST_FOR_P999 ? null : estimates.p999Us,
    errorShare: sum(measurements.map((m) => errorShare(m) * scheduled(m))) / requests,
    utilization: utilization(measurements),
    windows: windows.length,
    metShare: kept.length / windows.length,
  }
}

function sumAt(places: readonly number[], values: readonly number[]): number {
  let total = 0
  for (const place of places) total += values[place] as number
  return total
}

const scheduled = ({ arrivals }: Measurement): number => arrivals?.account.scheduled ?? 0

function utilization(measurements: readonly Measurement[]): LatencyRow['utilization'] {
  return ofTiers((tier) => {
    const busy = measurements.flatMap(({ utilization }) => utilization[tier] ?? [])
    return busy.length === 0 ? null : median(busy)
  })
}
