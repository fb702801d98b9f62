/** Loads far beyond the measured ones, for each scheme whose latency a run knows. */
import { isSchemeName } from '../../../servers/scheme.ts'
import type { MeasuredSummary } from '../../experiments/reports.ts'
import { FEW } from '../../experiments/roles.ts'
import { CONTROL, schemePlace } from '../../figures/records.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { evidenceOf, type Measured } from '../evidence.ts'
import { PRIMARY_BYTES } from '../tiers.ts'
import { type Assumptions, type FarLaw, farLaw, sizesAt } from './far.ts'
import type { FarScale } from './schema.ts'

/** Requests per second of the table. */
export const LOADS = [1e3, 1e4, 1e5, 1e6, 1e7] as const

const SITE_USERS = 1e8

/**
 * Nobody can measure these here; they are printed beside every figure that they are in. One request in 20 s is a user
 * who reads; 30 % free is what a plan keeps by default; 25 GB is what a primary can still copy to a new replica in
 * minutes.
 */
const ASSUMED = { secPerRequest: 20, headroom: 0.3, primaryBytes: PRIMARY_BYTES }

export function farScale(
  run: Run,
  summary: Measured & Pick<MeasuredSummary, 'scalability'>,
  results: readonly TrialResult[],
): FarScale | null {
  const schemes = summary.latency.map(({ scheme }) => scheme).filter(isSchemeName)
  if (run.rules?.slo.quantile !== 'p99' || schemes.length === 0) return null
  const assumptions = { ...ASSUMED, p99Ms: run.rules.slo.limitMs }
  return {
    assumptions,
    siteUsers: SITE_USERS,
    schemes: schemes
      .toSorted((a, b) => schemePlace(a) - schemePlace(b))
      .map((scheme) => {
        const evidence = evidenceOf(run, summary, results, scheme)
        const law = typeof evidence === 'string' ? evidence : farLaw(evidence, summary, assumptions)
        if (typeof law === 'string') return { scheme, refused: law, law: null, sizes: [] }
        const sizes = loadsOf(assumptions).map((rps) => sizesAt(law, rps, assumptions))
        return { scheme, refused: null, law, sizes }
      }),
  }
}

/** More lines than these nobody tells apart. */
const LINES: readonly string[] = FEW

export type Told = FarScale['schemes'][number] & { law: FarLaw }

/** Those that something can be said of, without the control. */
export function told(far: FarScale): Told[] {
  return far.schemes.filter((entry): entry is Told => entry.law !== null && entry.scheme !== CONTROL)
}

/** Those that a chart shows: the few, or what there is where a run has none of them. */
export function shown(far: FarScale): Told[] {
  const known = told(far)
  const few = known.filter(({ scheme }) => LINES.includes(scheme))
  return few.length > 0 ? few : known.slice(0, FEW.length)
}

/** Of the few, those that the run says too little of: a reader who looks for them must not think that they were hidden. */
export function notShown({ schemes }: FarScale): string[] {
  return schemes.flatMap(({ scheme, refused }) =>
    refused !== null && LINES.includes(scheme) ? [scheme] : [],
  )
}

/** What a scheme takes at the example site of the report. */
export function atSite({ sizes }: Told, { siteUsers }: FarScale) {
  return sizes.find(({ users }) => users === siteUsers)
}

/** Those of the table, and that of the site. */
function loadsOf({ secPerRequest }: Assumptions): number[] {
  return rising([...LOADS, SITE_USERS / secPerRequest])
}
