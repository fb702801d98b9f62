/** What an experiment makes of the records of a run: its part of the summary, its sections, its charts. */
import type { z } from 'zod'
import type { compareWithControl } from '../figures/comparisons.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Part, SummaryWith } from '../figures/schema.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Drawing } from '../words/charts/svg.ts'
import type { ChartLink, Section } from '../words/section.ts'

/** A run as its experiments find it. */
export interface Recorded {
  run: Run
  /** All records, also of rejected trials. */
  results: readonly TrialResult[]
  /** Valid closed-loop records by arm, with the warnings of all blocks. */
  arms: readonly ArmRecords[]
  /** Each arm against the control, by arm id. */
  compared: ReturnType<typeof compareWithControl>
}

/** What readers look for: on a page each has a place of its own. */
export type Topic = 'cost' | 'latency' | 'growth' | 'guarantees'

export interface Chart<Summary> {
  /** Null where the run has no data for it. */
  draw(run: Run, summary: Summary): Drawing | null
  /** The part of the summary that it draws, for its table and its file of figures. */
  figures(summary: Summary): unknown
}

/** @typeParam Also parts of other experiments that its sections read */
export interface ExperimentReport<Shape extends z.ZodRawShape, Also extends z.ZodRawShape = Shape> {
  /** Its part of the summary, as a schema. */
  part: Shape
  topic: Topic
  summarize(recorded: Recorded): Part<Shape>
  /** In the order of the report; null where the run has nothing for one. */
  sections(summary: SummaryWith<Shape & Also>, run: Run, chart: ChartLink): readonly (Section | null)[]
  /** By name, in the order in which an answer would need them. */
  charts: Readonly<Record<string, Chart<SummaryWith<Shape>>>>
}
