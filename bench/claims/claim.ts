/** A claim that people make, fixed before anything was measured for it, and what a run may find about it. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { THE_TWO } from '../experiments/roles.ts'
import type { Ladder } from '../figures/ladders/climbs.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Run, TrialResult } from '../record/types.ts'
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

/** The metric and both conditions are in the words in which the ledger fixed them; — where there is none. */
export interface Claim extends Omit<ClaimFinding, keyof Finding> {
  /** The numbers of both conditions, by the figure that they judge. */
  thresholds: Readonly<Record<string, Threshold>>
  /** Pure: from the summary, and from valid records what no summary has. */
  judge(facts: Facts): Finding
}

/** One sentence with the figures, their intervals and n; the boundary is never null for `depends`. */
export type Finding = Pick<ClaimFinding, 'verdict' | 'boundary' | 'sentence' | 'estimates' | 'evidence'> &
  Partial<Pick<ClaimFinding, 'turnsAtPerSec'>>
export type Entry = Finding['estimates'][number]

/** The schemes that most claims are about. */
export const [SESSION, TOKEN] = THE_TWO
export const MEMORY = 'session-memory'
export const DENYLIST = 'jwt-denylist'

const TITLE = '“Token vs Session Authentication”, DEV Community'

/** Where most quotations come from: author, title and site, as the article gives them. */
export const ARTICLE = `Aleksandar Vasilevsk, ${TITLE}`

/** A comment below it. */
export const comment = (author: string) => `comment by ${author} below ${TITLE}`
