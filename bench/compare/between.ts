/** What runs of one machine differ by, and what that makes of the interval of one of them. */
import type { RunWithRows } from '../figures/rows.ts'
import { byOccasion, LEAST_OCCASIONS } from '../figures/runs/over-runs.ts'
import type { Point } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { type Between, betweenOccasions } from '../stats/occasions.ts'
import { isSameMachine } from './alike.ts'
import { type Metric, metrics, type Sample } from './samples.ts'

/** How many runs of a machine are known, and by metric what these differ by. */
export interface Known {
  runs: number
  occasions: number
  /** Variance of the logarithm of what the metric compares; of those that enough occasions have. */
  of: ReadonlyMap<string, Between>
}

export const placeKey = (at: Point | null) => (at === null ? 'saturation' : `${at.perSec}/${at.handlerUs}`)

/**
 * Told from runs of the machine of `main`, without those that are compared. Of any method: their own errors are taken off, and what
 * is left is of the machine. Code that changed between them makes it too large, never too small.
 */
export function knownOf(
  main: RunWithRows,
  runs: readonly RunWithRows[],
  without: readonly string[] = [],
): Known {
  const own = runs.filter(
    ({ run }, i) =>
      !without.includes(run.id) &&
      runs.findIndex((one) => one.run.id === run.id) === i &&
      isSameMachine(main.run, run),
  )
  const occasions = byOccasion(own.map((one) => ({ startedAt: one.run.startedAt, one })))
  const of = metrics.flatMap((metric) => {
    const found = betweenOf(
      metric,
      occasions.map((some) => some.map(({ one }) => one)),
    )
    return found ? [[metric.name, found] as const] : []
  })
  return { runs: own.length, occasions: occasions.length, of: new Map(of) }
}

/**
 * Of all its figures together. The places of one scheme on the curve say nearly the same of an occasion, so that each scheme
 * gives the place that most occasions have; of as many the first.
 */
function betweenOf(metric: Metric, occasions: readonly (readonly RunWithRows[])[]): Between | null {
  const seen = occasions.flatMap((own, occasion) =>
    own.flatMap((run) => {
      const schemes = [...new Set(run.rows.map(({ scheme }) => scheme))]
      return schemes.flatMap((scheme) =>
        metric.of(run, scheme).map((sample) => ({ occasion, scheme, sample })),
      )
    }),
  )
  const bySchemes = groupedBy(seen.filter(isKnown), ({ scheme }) => scheme)
  const figures = [...bySchemes.values()].flatMap((own) => {
    const places = [...groupedBy(own, ({ sample }) => placeKey(sample.at)).values()].map((some) => [
      ...groupedBy(some, ({ occasion }) => occasion).values(),
    ])
    const most = places.reduce((a, b) => (b.length > a.length ? b : a))
    return most.length < LEAST_OCCASIONS ? [] : [most]
  })
  return betweenOccasions(figures.map((places) => places.map((own) => own.map(({ sample: { log } }) => log))))
}

type Found = { occasion: number; scheme: string; sample: Sample }
type Kept = Found & { sample: { log: { value: number; error: number } } }

const isKnown = (one: Found): one is Kept => one.sample.log !== null && one.sample.log.error !== null

/** Why nothing is known of what runs of a machine differ by; null where something is. */
export function whyNotWidened({ occasions, of }: Known): string | null {
  if (of.size > 0) return null
  return occasions < LEAST_OCCASIONS
    ? `not widened: fewer than ${LEAST_OCCASIONS} runs of this machine, hours apart, are known`
    : 'not widened: the runs that are known of this machine have no figure in common'
}
