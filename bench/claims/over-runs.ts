/**
 * One verdict on a claim over all runs of one machine, with what each of them says beside it: so that nobody can take the
 * run that suits them.
 *
 * The rule, fixed on 2026-11-30. A run that lacks what the claim needs says nothing, and is named with its reason. Of those
 * that measured it half at least have to decide, and all that decide have to say the same; then that is the verdict. Where
 * two say different things nothing is decided, and both are named. Where it depends on a rate, the rates of all runs are
 * given as one span; another boundary is that of the newest run, whose figures are in it.
 */
import { groupedBy } from '../stats/groups.ts'
import { counted, figure, list } from '../words/format.ts'
import type { ClaimFinding } from './schema.ts'

type Verdict = ClaimFinding['verdict']

/** What a run says about all claims of the ledger. */
export interface RunClaims {
  /** As readers see it. */
  run: string
  claims: readonly ClaimFinding[]
}

export interface OverRuns {
  claim: ClaimFinding
  verdict: Verdict
  /** What it depends on, or why nothing is decided; empty where the verdict says all. */
  note: string
  /** In the order of the runs. */
  each: { run: string; verdict: Verdict; sentence: string }[]
}

/** Below this share of the runs that measured it, those that decide may be the lucky ones. */
const LEAST_SHARE = 0.5

/** @param runs of one machine, newest first; claims that only some of them know come last */
export function overRuns(runs: readonly RunClaims[]): OverRuns[] {
  const all = runs.flatMap(({ run, claims }) => claims.map((claim) => ({ run, claim })))
  return [...groupedBy(all, ({ claim }) => claim.id).values()].flatMap((own) => {
    const [newest] = own
    return newest ? [{ ...judged(own), claim: newest.claim, each: own.map(said) }] : []
  })
}

interface Said {
  run: string
  claim: ClaimFinding
}

const said = ({ run, claim: { verdict, sentence } }: Said) => ({ run, verdict, sentence })

function judged(own: readonly Said[]): Pick<OverRuns, 'verdict' | 'note'> {
  const measured = own.filter(({ claim }) => claim.verdict !== 'undecided')
  const deciding = measured.filter(({ claim }) => claim.verdict !== 'inconclusive')
  const [newest] = deciding
  if (measured.length === 0) return { verdict: 'undecided', note: 'no run can carry it' }
  if (!newest)
    return { verdict: 'inconclusive', note: `${runs(measured.length)} measured it, and none decides` }
  const verdicts = groupedBy(deciding, ({ claim }) => claim.verdict)
  if (verdicts.size > 1) {
    const each = [...verdicts].map(([verdict, some]) => `${verdict} in ${list(some.map(({ run }) => run))}`)
    return { verdict: 'inconclusive', note: `runs contradict each other: ${list(each)}` }
  }
  if (deciding.length < LEAST_SHARE * measured.length)
    return {
      verdict: 'inconclusive',
      note: `only ${deciding.length} of ${runs(measured.length)} that measured it ${deciding.length === 1 ? 'decides' : 'decide'}`,
    }
  return { verdict: newest.claim.verdict, note: spanOf(deciding) ?? newest.claim.boundary ?? '' }
}

const runs = (count: number) => counted(count, 'run')

/** From the least to the most of the rates between which any of them turns; null where one of them depends on something else. */
function spanOf(deciding: readonly Said[]): string | null {
  const turns = deciding.flatMap(({ claim }) => claim.turnsAtPerSec ?? [])
  if (turns.length < Math.max(2, deciding.length)) return null
  const [lo, hi] = [Math.min(...turns.map((one) => one.lo)), Math.max(...turns.map((one) => one.hi))]
  return `the rate: it turns between ${figure(lo)} and ${figure(hi)} requests/s on one replica, by ${runs(turns.length)}`
}

/** Why runs cannot carry it: each reason with the runs that give it. */
export function reasons({ each }: Pick<OverRuns, 'each'>): [reason: string, runs: string[]][] {
  const without = each.filter(({ verdict }) => verdict === 'undecided')
  const groups = groupedBy(without, ({ sentence }) => sentence)
  return [...groups].map(([reason, own]) => [reason, own.map(({ run }) => run)])
}

/** Runs by what they say, in the order of verdicts. */
export function byVerdict({ each }: Pick<OverRuns, 'each'>): [verdict: Verdict, runs: string[]][] {
  const groups = groupedBy(each, ({ verdict }) => verdict)
  return ORDER.flatMap((verdict) => {
    const own = groups.get(verdict)
    return own ? [[verdict, own.map(({ run }) => run)] as [Verdict, string[]]] : []
  })
}

const ORDER: readonly Verdict[] = ['supported', 'refuted', 'depends', 'inconclusive', 'undecided']
