/** Latency at each arrival rate of a ladder. */
import { ofTiers } from '../record/tiers.ts'
import type { Measurement, Run, Slo } from '../record/types.ts'
import { rising } from '../stats/groups.ts'
import { median } from '../stats/quantiles.ts'
import { sum } from '../stats/sums.ts'
import { accepted, clusterEstimate, type Ladder, windowsAt } from './climbs.ts'
import { histogramSet } from './histograms.ts'
import { errorShare, keepsSlo } from './ladder.ts'
import { flags } from './records.ts'
import type { LatencyRow } from './schema.ts'

/** Ten samples must lie beyond a quantile before it is one. */
const LEAST_FOR_P999 = 10_000

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
  const at = (p: number) => clusterEstimate(clusters, (drawn) => set.quantile(drawn, p), 'µs', context)
  const pooled = (of: Of, by: Of, unit: string) =>
    clusterEstimate(
      clusters.map((indices) => indices.map((index) => measurements[index] as Measurement)),
      (drawn) => sum(drawn.map(of)) / sum(drawn.map(by)),
      unit,
      context,
    )
  const requests = sum(measurements.map(scheduled))
  const kept = windows.filter(({ measurement }) => keepsSlo(slo, measurement))
  return {
    arrivalsPerSec,
    blocks: blocks.length,
    requests,
    p50Us: at(0.5),
    p90Us: at(0.9),
    p99Us: at(0.99),
    p999Us: requests < LEAST_FOR_P999 ? null : at(0.999),
    meanUs: pooled((m) => m.latencyUs.mean * scheduled(m), scheduled, 'µs'),
    throughputPerSec: pooled(
      (m) => m.requests,
      (m) => m.windowSec,
      'requests/s',
    ),
    errorShare: sum(measurements.map((m) => errorShare(m) * scheduled(m))) / requests,
    utilization: utilization(measurements),
    metShare: new Set(kept.map(({ block }) => block)).size / blocks.length,
  }
}

type Of = (measurement: Measurement) => number

const scheduled: Of = ({ arrivals }) => arrivals?.account.scheduled ?? 0

function utilization(measurements: readonly Measurement[]): LatencyRow['utilization'] {
  return ofTiers((tier) => {
    const busy = measurements.flatMap(({ utilization }) => utilization[tier] ?? [])
    return busy.length === 0 ? null : median(busy)
  })
}
