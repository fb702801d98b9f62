/** Latency at each arrival rate, and what rate a scheme can take: from the ladders of the experiment. */
import { accepted, type Ladder, ladders } from '../../figures/climbs.ts'
import { instrumentLimit } from '../../figures/comparisons.ts'
import { capacityIn } from '../../figures/ladder.ts'
import { latencyRows } from '../../figures/latency.ts'
import { estimate } from '../../figures/metrics.ts'
import { flags } from '../../figures/records.ts'
import type { LatencyRow } from '../../figures/schema.ts'
import type { Estimate, Run, Slo, TrialResult } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['latency'][number]

/** One entry a planned scheme; empty for runs without rules, which have no SLO. */
export function latency(run: Run, results: readonly TrialResult[]): Summary['latency'] {
  const { rules } = run
  if (!rules) return []
  return ladders(run, results, 'latency').map((ladder) => {
    const rungs = latencyRows(ladder, run, rules.slo)
    return {
      scheme: ladder.arm.scheme,
      rungs,
      rejected: rejectedRates(ladder),
      ...capacity(ladder, run, rules.slo),
      kneePerSec: knee(rungs, ladder.climbs.length),
      saturationPerSec: saturation(ladder, run),
    }
  })
}

function rejectedRates({ climbs }: Ladder): Entry['rejected'] {
  const rungs = climbs.flatMap((climb) => climb.rungs.filter(({ rejectedBy }) => rejectedBy.length > 0))
  const rates = rising(rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))
  return rates.map((arrivalsPerSec) => {
    const own = rungs.filter((rung) => rung.arrivalsPerSec === arrivalsPerSec)
    const by = [...new Set(own.flatMap(({ rejectedBy }) => rejectedBy))]
    return { arrivalsPerSec, windows: own.length, by }
  })
}

/**
 * Notes from the least that can be said of a scheme to the most. Blocks that disagree get the one that claims least: a
 * scheme that kept the SLO at no rate in one of five blocks has no capacity to promise, and if one value is only a
 * lower bound, so is the median. A block in which gates rejected everything says nothing, so it counts only where all
 * are like it.
 */
const BY_CAUTION = ['slo-never-met', 'one-rung', 'load-limited', 'never-broken', 'wide-gap', 'found'] as const

type Found = ReturnType<typeof capacityIn>

function capacity(ladder: Ladder, run: Run, slo: Slo): Pick<Entry, 'capacityPerSec' | 'capacityNote'> {
  const blocks = ladder.climbs.map(({ rungs }) => capacityIn(rungs, slo))
  const found = informative(blocks)
  const capacityNote =
    BY_CAUTION.find((candidate) => found.some(({ note }) => note === candidate)) ?? 'not-measured'
  const values = found.flatMap(({ perSec }) => perSec ?? [])
  const known = ['load-limited', 'never-broken', 'wide-gap', 'found'].includes(capacityNote)
  const measurements = ladder.climbs.flatMap((climb) => accepted(climb).map(({ measurement }) => measurement))
  const warnings = flags(run, measurements)
  return { capacityPerSec: known ? estimate(values, 'arrivals/s', { warnings }) : null, capacityNote }
}

/**
 * Without the blocks whose load ended below every capacity that others found. Such a value is censored before the
 * first event, where the product-limit estimate does not change (E. L. Kaplan and P. Meier, "Nonparametric estimation
 * from incomplete observations", JASA 53, 1958); as an end of a range it would be where the generator fell behind, and
 * not where the scheme did.
 */
function informative(blocks: readonly Found[]): Found[] {
  const capacities = blocks.flatMap(({ note, perSec }) =>
    note === 'found' && perSec !== null ? [perSec] : [],
  )
  if (capacities.length === 0) return [...blocks]
  const least = Math.min(...capacities)
  return blocks.filter(({ note, perSec }) => note !== 'load-limited' || perSec === null || perSec >= least)
}

/**
 * The rate with the most power, throughput ÷ mean latency (L. Kleinrock, "Power and deterministic rules of thumb for
 * probabilistic problems in computer communications", ICC 1979): up to there more load costs little latency, beyond
 * it much. Only rates that every block has, since blocks differ more than neighbouring rates. At an end of the
 * ladder it is no turning point that was seen, and so none is named.
 */
function knee(rungs: readonly LatencyRow[], blocks: number): number | null {
  const shared = rungs.filter((rung) => rung.blocks === blocks)
  if (shared.length < 3) return null
  const power = shared.map(({ throughputPerSec, meanUs }) => throughputPerSec.value / meanUs.value)
  const place = power.indexOf(Math.max(...power))
  if (place === 0 || place === shared.length - 1) return null
  return shared[place]?.arrivalsPerSec ?? null
}

/** Null where the generator or the proxy ran out of CPU first in any block. */
function saturation({ climbs }: Ladder, run: Run): Estimate | null {
  const measurements = climbs.map(({ closedLoop }) => closedLoop)
  const warnings = flags(run, measurements)
  if (instrumentLimit(warnings)) return null
  const throughputs = measurements.map(({ throughputPerSec }) => throughputPerSec)
  return estimate(throughputs, 'requests/s', { warnings })
}
