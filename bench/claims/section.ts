/** What a run says about the claims of the ledger, as the report opens with it. */
import type { CoreSummary } from '../figures/schema.ts'
import { counted } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { bullets, markdownTable, type Table } from '../words/tables.ts'
import type { ClaimFinding } from './schema.ts'

/** Verdicts first, then in short what this run does not decide, then everything that was fixed beforehand, folded. */
export function claimsSection({
  claims,
  profile,
}: Pick<CoreSummary, 'profile'> & { claims: readonly ClaimFinding[] }): Section {
  const decided = claimsTable(claims)
  const open = claims.filter(({ verdict }) => verdict === 'undecided')
  return section(
    'claims',
    'Claims',
    ...(decided.rows.length > 0 ? [markdownTable(decided, 'text')] : []),
    ...(profile === 'smoke'
      ? [`A smoke run decides none of the ${counted(claims.length, 'claim')}.`]
      : undecidedParts(open)),
    `<details><summary>What would support or refute each claim, fixed before anything was measured</summary>\n\n${markdownTable(
      thresholdsTable(claims),
      'text',
    )}\n\nThe estimates behind each verdict, and the trials behind them, are in \`summary.json\`.\n\n</details>`,
  )
}

/** The claims that a run decides. */
function claimsTable(claims: readonly ClaimFinding[]): Table {
  return {
    head: ['claim', 'verdict', 'in one sentence'],
    rows: claims
      .filter(({ verdict }) => verdict !== 'undecided')
      .map((claim) => [quotation(claim), `**${claim.verdict}** here`, sentences(claim)]),
  }
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
  const lines = open.map(
    ({ id, sentence, decidedBy }) => `\`${id}\`: ${sentence}. Decided by \`${decidedBy}\`.`,
  )
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
      `\`${claim.decidedBy}\``,
    ]),
  }
}
