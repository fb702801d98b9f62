/** A claim that people make, fixed before anything was measured for it, and what a run may find about it. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import type { Ladder } from '../figures/climbs.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Estimate, Run, TrialResult } from '../record/types.ts'
import type { ClaimFinding } from './schema.ts'
import type { Bound, Limits } from './verdict.ts'

/** What a run knows when its claims are judged: the summary so far, and the records behind it. */
export interface Facts {
  run: Run
  summary: MeasuredSummary
  /** Valid closed-loop records by arm, as the summary has them. */
  arms: readonly ArmRecords[]
  /** Valid open-loop records by scheme. */
  ladders: readonly Ladder[]
  /** All records, also of rejected trials. */
  results: readonly TrialResult[]
}

/** A figure's thresholds, or a single number that a verdict rests on, such as an arrival rate. */
type Threshold = Limits | Bound | number | readonly number[]

export interface Claim {
  id: string
  /** Word for word; … where something was left out. */
  quote: string
  /** Where it was said, and by whom. */
  source: string
  /** Meaning of `supported`, if the quotation alone leaves it open: a question has no truth value. */
  reading: string | null
  /** As the ledger fixed it, like the two conditions; — where there is none. */
  metric: string
  supportedIf: string
  refutedIf: string
  /** The numbers of both conditions, by the figure that they judge. */
  thresholds: Readonly<Record<string, Threshold>>
  /** The command that measures what the verdict needs. */
  decidedBy: string
  /** Pure: from the summary, and from valid records what no summary has. */
  judge(facts: Facts): Finding
}

export type Verdict = ClaimFinding['verdict']

export interface Finding {
  /** `undecided`: the run does not hold the records that the claim needs. */
  verdict: Verdict
  /** What the answer depends on, and where it turns; never null for `depends`. */
  boundary: string | null
  /** One sentence with the figures, their intervals and n. */
  sentence: string
  estimates: { label: string; estimate: Estimate }[]
  /** Ids of the trials behind the estimates. */
  evidence: string[]
}
