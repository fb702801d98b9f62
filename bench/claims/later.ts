/** Claims that no experiment can decide yet, fixed before there is one. */
import type { Claim, Threshold } from './claim.ts'
import { undecided } from './facts.ts'
import { comment } from './sources.ts'

const LATER = 'a later experiment'

function later(
  row: Omit<Claim, 'thresholds' | 'decidedBy' | 'judge' | 'reading'> & {
    reading?: string
    thresholds?: Readonly<Record<string, Threshold>>
    /** What that experiment will do. */
    by: string
  },
): Claim {
  const { by, reading = null, thresholds = {}, ...fixed } = row
  const decidedBy = `${LATER}: ${by}`
  return {
    ...fixed,
    reading,
    thresholds,
    decidedBy,
    judge: () => undecided('no experiment measures this yet'),
  }
}

export const indexBySecret = later({
  id: 'index-by-secret',
  quote: 'Never index by secret values!',
  source: comment('Nathilia Pierce'),
  metric: 'cost of the hashed lookup; timing classes',
  supportedIf: '— cost reported; "no leak seen above X ns" or the leak',
  refutedIf: '—',
  by: 'lookups by hash, and their timing',
})
