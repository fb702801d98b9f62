/** What a run says about the claims of the ledger, as the report opens with it. */
import type { CoreSummary } from '../figures/schema.ts'
import { code, counted } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { bullets, folded, markdownTable, type Table } from '../words/tables.ts'
import type { ClaimFinding } from './schema.ts'

/** Verdicts first, then in short what this run does not decide, then everything that was fixed beforehand, folded. */
export function claimsSection({
  claims,
  profile,
}: Pick<CoreSummary, 'profile'> & { claims: readonly ClaimFinding[] }): Section {
  const decided = claims.filter(({ verdict }) => verdict !== 'undecided')
  const rows = decided.map((claim) => [quotation(claim), `**${claim.verdict}** here`, sentences(claim)])
  return section(
    'claims',
    'Claims',
    rows.length > 0 ? markdownTable({ head: ['claim', 'verdict', 'in one sentence'], rows }, 'text') : null,
    ...(profile === 'smoke'
      ? [`A smoke run decides none of the ${counted(claims.length, 'claim')}.`]
      : undecidedParts(claims.filter(({ verdict }) => verdict === 'undecided'))),
    folded(
      'What would support or refute each claim, fixed before anything was measured',
      `${markdownTable(thresholdsTable(claims), 'text')}\n\nThe estimates behind each verdict, and the trials behind them, are in \`summary.json\`.`,
    ),
  )
}

/** The quotation, and how it is read where that has to be said. */
export function quotation({ quote, reading }: ClaimFinding): string {
  return `“${quote}”${reading ? ` (read as: ${reading})` : ''}`
}

function sentences({ sentence, boundary, verdict }: ClaimFinding): string {
  const first = `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`
  if (!boundary) return first
  return `${first} ${verdict === 'depends' ? 'It depends on' : 'The boundary is'} ${boundary}.`
}

/** One line a claim, with the command that decides it. */
function undecidedParts(open: readonly ClaimFinding[]): string[] {
  if (open.length === 0) return []
  const lines = open.map((one) => `${code(one.id)}: ${one.sentence}. Decided by ${code(one.decidedBy)}.`)
  return ['Not decided by this run:', bullets(lines)]
}

function thresholdsTable(claims: readonly ClaimFinding[]): Table {
  return {
    head: ['id', 'claim', 'source', 'metric', 'supported if', 'refuted if', 'decided by'],
    rows: claims.map((claim) => [
      claim.id,
      quotation(claim),
      claim.source,
      claim.metric,
      claim.supportedIf,
      claim.refutedIf,
      code(claim.decidedBy),
    ]),
  }
}
