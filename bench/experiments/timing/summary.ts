/** Differences between classes of lookups, and how large one would have been seen. */
import { inFamily } from '../../figures/comparisons.ts'
import type { Estimate, Run, TimingSeen, TrialResult } from '../../record/types.ts'
import { clusterInterval } from '../../stats/bootstrap.ts'
import { type Interval, medianInterval } from '../../stats/median-interval.ts'
import { detected, ownError } from '../../stats/paired.ts'
import { trimmedMean, trimmedMeanOf } from '../../stats/quantiles.ts'
import { seedOf } from '../../stats/seeded.ts'
import { pairedP } from '../../stats/t-test.ts'
import type { Summary } from './schema.ts'

type Timing = NonNullable<Summary['timing']>
type Seen = TimingSeen['ways'][number]
type Class = Seen['classes'][number]

/** Null without that experiment. Of several trials the first counts, whatever a gate said of its window. */
export function timingSummary(run: Run, results: readonly TrialResult[]): Timing | null {
  const [first] = results.flatMap(({ trial, measurement }) => {
    const [asked, examined] = [trial.arm.examine, measurement?.examined]
    return asked?.kind === 'timing' && examined?.kind === 'timing' ? [{ trial, asked, examined }] : []
  })
  if (!first) return null
  const { trial, asked, examined } = first
  return {
    trials: [trial.id],
    keys: asked.keys,
    samples: asked.batches * asked.rounds,
    ways: examined.ways.flatMap((seen) =>
      (['plain', 'leaky'] as const).map((lookup) => wayOf(seen, lookup, run.seed)),
    ),
    hashNs: inNs(medianInterval(examined.hashNs), examined.hashNs.length),
  }
}

/** Batches one after the other resemble each other, so stretches of them are what is drawn, and what t-tests count. */
const STRETCHES = 24
/** Of the batches at either end. */
const TRIM = 0.2

/**
 * Batch by batch, since all classes of a batch meet the same moment of the machine. The statistic is a mean without the
 * outer fifths: a batch in which the machine was elsewhere says nothing of a class.
 */
function wayOf({ way, classes }: Seen, lookup: Class['lookup'], seed: number): Timing['ways'][number] {
  const own = classes.filter((one) => one.lookup === lookup)
  const base = own.find(({ shared, twin }) => shared === 0 && !twin)?.batchNs ?? []
  const others = own.filter(({ shared, twin }) => shared > 0 || twin)
  // Bonferroni: the largest of them is looked at, so they have to hold together.
  const confidence = 1 - 0.05 / Math.max(1, others.length)
  const rows = others.map(({ shared, twin, batchNs }) => {
    const stretches = inStretches(batchNs.map((ns, batch) => ns - (base[batch] ?? Number.NaN)))
    const drawn = { seed: seedOf(`${way} ${lookup} ${shared} ${twin}`, seed), confidence }
    const places = stretches.map((_, place) => [place])
    const byNs = inNs(clusterInterval(places, trimmedMeanOf(stretches, TRIM), drawn), stretches.length)
    return { shared, twin, byNs, p: pairedP(stretches.map((values) => trimmedMean(values, TRIM))) }
  })
  const twin = rows.find((row) => row.twin)
  const error = twin ? ownError(twin.byNs, 0) : null
  const differences = inFamily(rows).flatMap((row) => {
    if (!row) return []
    // The twin has no error but its own to be held against.
    return [{ ...row, detected: detected({ ...row.byNs, p: row.p }, 0, row.twin ? 0 : error) }]
  })
  const bounds = differences.filter((one) => !one.twin).map(({ byNs }) => ownError(byNs, 0))
  return { way, lookup, medianNs: medianInterval(base).value, differences, boundNs: Math.max(...bounds) }
}

function inStretches(values: readonly number[]): number[][] {
  const length = Math.ceil(values.length / STRETCHES)
  const starts = Array.from({ length: Math.ceil(values.length / length) }, (_, i) => i * length)
  return starts.map((start) => values.slice(start, start + length))
}

const inNs = (interval: Interval, n: number): Estimate => ({ ...interval, unit: 'ns', n, warnings: [] })
