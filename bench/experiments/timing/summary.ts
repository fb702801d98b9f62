/** Differences between classes of lookups, and how large one would have been seen. */
import type { Estimate, Run, TimingSeen, TrialResult } from '../../record/types.ts'
import { clusterInterval } from '../../stats/bootstrap.ts'
import { holm } from '../../stats/holm.ts'
import { type Interval, medianInterval } from '../../stats/median-interval.ts'
import { detected, ownError } from '../../stats/paired.ts'
import { seedOf } from '../../stats/seeded.ts'
import { pairedP } from '../../stats/t-test.ts'
import type { Summary } from './schema.ts'

type Timing = NonNullable<Summary['timing']>
type Seen = TimingSeen['ways'][number]
type Class = Seen['classes'][number]

/** Null without that experiment. Of several trials the first counts, whatever a gate said of its window. */
export function timingSummary(run: Run, results: readonly TrialResult[]): Timing | null {
  const found = results.flatMap(({ trial, measurement }) => {
    const { examine } = trial.arm
    const examined = measurement?.examined
    return examine?.kind === 'timing' && examined?.kind === 'timing'
      ? [{ trial, asked: examine, examined }]
      : []
  })
  const [first] = found
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
    const differences = batchNs.map((ns, batch) => ns - (base[batch] ?? Number.NaN))
    const drawn = { seed: seedOf(`${way} ${lookup} ${shared} ${twin}`, seed), confidence }
    const stretches = inStretches(differences)
    const interval = clusterInterval(stretches, trimmedMean, drawn)
    return { shared, twin, interval, n: stretches.length, p: pairedP(stretches.map(trimmedMean)) }
  })
  const adjusted = holm(rows.map(({ p }) => p ?? 1))
  const twin = rows.find((row) => row.twin)
  const error = twin ? ownError(twin.interval, 0) : null
  const differences = rows.map((row, i) => {
    const p = row.p === null ? null : (adjusted[i] ?? 1)
    const effect = { ...row.interval, n: row.n, p }
    // The twin has no error but its own to be held against.
    const isSeen = detected(effect, 0, row.twin ? 0 : error)
    return { shared: row.shared, twin: row.twin, byNs: inNs(row.interval, row.n), p, detected: isSeen }
  })
  const classesOnly = differences.filter((one) => !one.twin)
  return {
    way,
    lookup,
    medianNs: medianInterval(base).value,
    differences,
    boundNs: Math.max(...classesOnly.map(({ byNs }) => Math.max(Math.abs(byNs.lo), Math.abs(byNs.hi)))),
  }
}

function inStretches(values: readonly number[]): number[][] {
  const length = Math.ceil(values.length / STRETCHES)
  const starts = Array.from({ length: Math.ceil(values.length / length) }, (_, i) => i * length)
  return starts.map((start) => values.slice(start, start + length))
}

function inNs({ value, lo, hi }: Interval, n: number): Estimate {
  return { value, lo, hi, unit: 'ns', n, warnings: [] }
}

function trimmedMean(values: readonly number[]): number {
  const outer = Math.floor(values.length / 5)
  const middle = values.toSorted((a, b) => a - b).slice(outer, values.length - outer)
  return middle.reduce((sum, value) => sum + value, 0) / middle.length
}
