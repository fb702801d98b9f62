/** What one more request takes of each tier, and what does not grow with them: U = U0 + D·X. */
import { accepted, clusterEstimates, type Ladder, ladders } from '../../figures/ladders/climbs.ts'
import { keepsPace, PACE } from '../../figures/ladders/ladder.ts'
import { flags } from '../../figures/records.ts'
import { SERVING, type ServingTier } from '../../record/tiers.ts'
import type { Run, Rung, TrialResult } from '../../record/types.ts'
import { line, type Point } from '../../stats/regression.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['demand'][number]

/** Above this a tier's busy time bends away from the line, as it cannot exceed its cores. */
const BUSY_SHARE = 0.9
/** Two rates always lie on a line; the third can contradict it. */
const LEAST_RATES = 3
/** Above this share the line contradicts the rates that it was fitted to, and says nothing about any other rate. */
export const WORST_RESIDUAL = 0.2

/** Whether a straight line describes what was measured, so that a verdict or a plan may rest on it. */
export const isStraight = ({ worstResidual }: Pick<Entry, 'worstResidual'>) => worstResidual <= WORST_RESIDUAL

/**
 * Per scheme and tier, by least squares over the accepted rungs of all blocks (U = D·X is the utilization law: P. J.
 * Denning and J. P. Buzen, "The operational analysis of queueing network models", ACM Computing Surveys 10, 1978).
 * CPU a request at one rate mixes D with its share of U0, and so depends on the rate.
 */
export function demand(run: Run, results: readonly TrialResult[]): Summary['demand'] {
  return ladders(run, results, 'latency').flatMap((ladder) =>
    SERVING.flatMap(({ key: tier }) => entry(ladder, tier, run) ?? []),
  )
}

function entry(ladder: Ladder, tier: ServingTier, run: Run): Entry | null {
  const cores = tier === 'replicas' ? ladder.arm.replicas : 1
  const rungs = ladder.climbs.map((climb) => accepted(climb).filter((rung) => isUsable(rung, tier, cores)))
  // Processes with a line of their own: else a resample that draws the others alone has none.
  const clusters = rungs
    .filter((own) => new Set(own.map(({ arrivalsPerSec }) => arrivalsPerSec)).size >= LEAST_RATES)
    .map((own) => own.map(({ measurement: m }): Point => [m.throughputPerSec, m.utilization[tier] ?? 0]))
  const points = clusters.flat()
  if (points.every(([, busy]) => busy === 0)) return null
  const measurements = rungs.flat().map(({ measurement }) => measurement)
  const context = { seed: run.seed, warnings: flags(run, measurements) }
  const { demandUs, idleCores } = clusterEstimates(
    clusters,
    (drawn) => {
      const { slope, intercept } = line(drawn) ?? NO_LINE
      return { demandUs: 1e6 * slope, idleCores: intercept }
    },
    { demandUs: 'µs/request', idleCores: 'cores' },
    context,
  )
  const residuals = points.map(
    ([x, busy]) => Math.abs(busy - (idleCores.value + (demandUs.value / 1e6) * x)) / busy,
  )
  const worstResidual = Math.max(...residuals.filter(Number.isFinite))
  return { scheme: ladder.arm.scheme, tier, demandUs, idleCores, rungs: points.length, worstResidual }
}

/** Of blocks that together have one rate. */
const NO_LINE = { slope: Number.NaN, intercept: Number.NaN }

function isUsable({ measurement }: Rung, tier: ServingTier, cores: number): boolean {
  const busy = measurement.utilization[tier]
  return busy !== null && busy < BUSY_SHARE * cores && keepsPace(measurement)
}

/**
 * What a request took of a tier at each rate of its ladder that the tier was not full at and that was kept pace with: busy
 * cores ÷ replies a second, in µs, medians over blocks.
 */
export function cpuAtRungs(
  latency: Summary['latency'],
  { scheme, tier }: Pick<Entry, 'scheme' | 'tier'>,
): (readonly [perSec: number, us: number])[] {
  const rungs = latency.find((entry) => entry.scheme === scheme)?.rungs ?? []
  return rungs.flatMap(({ arrivalsPerSec, throughputPerSec, utilization }) => {
    const busy = utilization[tier]
    const isFull = busy === null || busy === undefined || busy >= BUSY_SHARE
    if (isFull || throughputPerSec.value < PACE * arrivalsPerSec) return []
    return [[arrivalsPerSec, (1e6 * busy) / throughputPerSec.value] as const]
  })
}
