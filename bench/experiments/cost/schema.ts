/** What a summary says of the cost of a request beside what it says of every arm: cost over load. */
import { costCurvesSchema } from '../../figures/curve-schema.ts'
import type { SummaryWith } from '../../figures/schema.ts'

export const part = { costCurves: costCurvesSchema }

export type Summary = SummaryWith<typeof part>
