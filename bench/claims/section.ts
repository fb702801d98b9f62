/** What a run says about the claims of the ledger, as the report opens with it. */
import type { CoreSummary } from '../figures/schema.ts'
import { capital, code, counted } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { bullets, folded, shown, type Table, tableOf } from '../words/tables.ts'
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
    shown({ head: ['claim', 'verdict', 'in one sentence'], rows }, { align: 'text' }),
    ...(profile === 'smoke'
      ? [`A smoke run decides none of the ${counted(claims.length, 'claim')}.`]
      : undecidedParts(claims.filter(({ verdict }) => verdict === 'undecided'))),
    folded(
      'What would support or refute each claim, fixed before anything was measured',
      shown(thresholdsTable(claims), { align: 'text', below: THRESHOLDS_NOTE }),
    ),
  )
}

/** The quotation, and how it is read where that has to be said. */
export function quotation({ quote, reading }: ClaimFinding): string {
  return `“${quote}”${reading ? ` (read as: ${reading})` : ''}`
}

/** What was found, with what it depends on or where it ends. */
export function sentences({ sentence, boundary, verdict }: ClaimFinding): string {
  const first = `${capital(sentence)}.`
  if (!boundary) return first
  return `${first} ${verdict === 'depends' ? 'It depends on' : 'The boundary is'} ${boundary}.`
}

/** One line a claim, with the command that decides it. */
function undecidedParts(open: readonly ClaimFinding[]): string[] {
  if (open.length === 0) return []
  const lines = open.map((one) => `${code(one.id)}: ${one.sentence}. Decided by ${code(one.decidedBy)}.`)
  return ['Not decided by this run:', bullets(lines)]
}

const THRESHOLDS_NOTE =
  'The estimates behind each verdict, and the trials behind them, are in `summary.json`.'

function thresholdsTable(claims: readonly ClaimFinding[]): Table {
  return tableOf(claims, {
    id: ({ id }) => id,
    claim: quotation,
    source: ({ source }) => source,
    metric: ({ metric }) => metric,
    'supported if': ({ supportedIf }) => supportedIf,
    'refuted if': ({ refutedIf }) => refutedIf,
    'decided by': ({ decidedBy }) => code(decidedBy),
  })
}
