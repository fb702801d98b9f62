/** Latency at each arrival rate, and what rate a scheme can take: from the ladders of the experiment. */

import { instrumentLimit } from '../../figures/comparisons.ts'
import { capacityIn, capacityOver } from '../../figures/ladders/capacity.ts'
import { accepted, type Ladder, ladders } from '../../figures/ladders/climbs.ts'
import { latencyRows } from '../../figures/ladders/latency.ts'
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

function capacity(ladder: Ladder, run: Run, slo: Slo): Pick<Entry, 'capacityPerSec' | 'capacityNote'> {
  const { perSec, note } = capacityOver(ladder.climbs.map(({ rungs }) => capacityIn(rungs, slo)))
  const measurements = ladder.climbs.flatMap((climb) => accepted(climb).map(({ measurement }) => measurement))
  const warnings = flags(run, measurements)
  const known = perSec.length > 0
  return { capacityPerSec: known ? estimate(perSec, 'arrivals/s', { warnings }) : null, capacityNote: note }
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
