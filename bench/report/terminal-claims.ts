/** The claims at the end of a run: a verdict and the words that were said, without the evidence. */
import type { ClaimFinding } from '../claims/schema.ts'
import { counted } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import type { Summary } from './schema.ts'

const VERDICT_WIDTH = 14

/** Green, red, yellow; the others as the terminal writes everything else. */
const COLORS: Partial<Record<ClaimFinding['verdict'], number>> = { supported: 32, refuted: 31, depends: 33 }

export function claimLines({ claims, profile }: Summary, color: boolean): string[] {
  if (profile === 'smoke') return [`A smoke run decides none of the ${counted(claims.length, 'claim')}.`]
  const decided = claims.filter(({ verdict }) => verdict !== 'undecided')
  const open = claims.length - decided.length
  return [
    ...decided.map(({ verdict, quote }) => {
      // Apart from the verdict: a terminal does not count the letters of a colour.
      const lines = wrap(`“${quote}”`, ' '.repeat(VERDICT_WIDTH), VERDICT_WIDTH)
      return `${painted(verdict, color)}${' '.repeat(VERDICT_WIDTH - verdict.length)}${lines}`
    }),
    ...(open > 0
      ? [
          `${counted(open, 'claim')} of ${claims.length} not decided by this run; the report names the commands`,
        ]
      : []),
  ]
}

function painted(verdict: ClaimFinding['verdict'], color: boolean): string {
  const code = COLORS[verdict]
  return color && code !== undefined ? `\u001b[${code}m${verdict}\u001b[39m` : verdict
}
