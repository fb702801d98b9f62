/** What the runs of each machine say about the claims, together and one by one. */
import { byVerdict, type OverRuns, overRuns, reasons } from '../claims/over-runs.ts'
import type { ClaimFinding } from '../claims/schema.ts'
import { quotation } from '../claims/section.ts'
import type { Run } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { ABSENT, code, counted, list } from '../words/format.ts'
import { bullets, folded, markdownTable } from '../words/tables.ts'
import { isSameMachine } from './alike.ts'
import { machineOf } from './differences.ts'

export interface JudgedRun {
  run: Run
  claims: readonly ClaimFinding[]
}

/** The runs of one machine, newest first. */
export interface Machine {
  /** `AMD EPYC, 2 cores` */
  machine: string
  /** Those that measured what any claim needs. */
  runs: { label: string; run: Run }[]
  /** Those that measured nothing that a claim needs. */
  without: string[]
  verdicts: OverRuns[]
}

/** The machine with the newest run first. */
export function byMachine(runs: readonly JudgedRun[]): Machine[] {
  const newestFirst = runs.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
  const machines: JudgedRun[][] = []
  for (const one of newestFirst) {
    const own = machines.find(([first]) => first && isSameMachine(first.run, one.run))
    if (own) own.push(one)
    else machines.push([one])
  }
  return machines.map((own) => {
    const labels = labelsOf(own.map(({ run }) => run.id))
    const named = own.map((one) => ({ ...one, label: labels.get(one.run.id) ?? one.run.id }))
    const measured = named.filter(({ claims }) => claims.some(({ verdict }) => verdict !== 'undecided'))
    return {
      machine: own[0] ? machineOf(own[0].run) : '',
      runs: measured.map(({ label, run }) => ({ label, run })),
      without: named.filter((one) => !measured.includes(one)).map(({ run }) => run.id),
      verdicts: overRuns(measured.map(({ label, claims }) => ({ run: label, claims }))),
    }
  })
}

const DATE = /^\d{4}-\d\d-\d\d/

/** Ids of one machine without what they have in common between date and number: `2026-11-26-2`. */
function labelsOf(ids: readonly string[]): Map<string, string> {
  const parts = ids.map((id) => ({ id, date: DATE.exec(id)?.[0], rest: id.replace(DATE, '') }))
  const common = parts
    .map(({ rest }) => rest)
    .reduce((a, b) => (a.length <= b.length ? a : b), parts[0]?.rest ?? '')
  return new Map(
    parts.map(({ id, date, rest }) => [
      id,
      date && rest.startsWith(common) ? `${date}${rest.slice(common.length)}` : id,
    ]),
  )
}

/** Where a run lies, from the page that names it. */
type Place = (run: Run) => string

/** Claims down, runs across, and what they say together between the two. */
export function claimsByRun(machines: readonly Machine[], place: Place): string[] {
  return machines.flatMap(({ machine, runs, without, verdicts }) => {
    if (runs.length === 0) return []
    const head = [
      'claim',
      'over all runs',
      ...runs.map(({ label, run }) => `[${label}](${place(run)})`),
      'because',
    ]
    const rows = verdicts.map(({ claim, verdict, note, each }) => {
      const said = runs.map(({ label }) => each.find(({ run }) => run === label)?.verdict ?? 'undecided')
      const cells = said.map((one) => (one === 'undecided' ? ABSENT : one))
      return [code(claim.id), `**${verdict}**`, ...cells, note]
    })
    const nothing =
      without.length === 0 ? '' : ` Nothing that a claim needs was measured by ${list(without.map(code))}.`
    return [
      `What ${counted(runs.length, 'run')} of ${machine} ${runs.length === 1 ? 'says' : 'say'} about each claim.${nothing}`,
      markdownTable({ head, rows }, 'text'),
      ...withoutReasons(verdicts),
    ]
  })
}

/** Why there is no verdict where – stands. */
function withoutReasons(verdicts: readonly OverRuns[]): string[] {
  const lines = verdicts.flatMap((found) =>
    reasons(found).map(([reason, own]) => `${code(found.claim.id)}, ${list(own)}: ${reason}.`),
  )
  const text = folded('Runs that cannot carry a claim, and why', bullets(lines))
  return lines.length > 0 && text ? [text] : []
}

/** A row a claim that any run measured: its verdict over the runs, which of them say so, and what it depends on. */
export function claimsTable({ runs, verdicts }: Machine, place: Place): string {
  const links = new Map(runs.map(({ label, run }) => [label, `[${label}](${place(run)})`]))
  const rows = verdicts
    .filter(({ verdict }) => verdict !== 'undecided')
    .map((found) => {
      const each = byVerdict(found).flatMap(([verdict, own]) =>
        verdict === 'undecided' ? [] : [`${verdict}: ${list(own.map((label) => links.get(label) ?? label))}`],
      )
      return [quotation(found.claim), `**${found.verdict}**`, each.join('; '), found.note]
    })
  return markdownTable(
    { head: ['claim', 'over all runs', 'each run', 'it depends on, or why'], rows },
    'text',
  )
}

/** Those whose words are worth a line of a front page. */
const QUOTED = ['refuted', 'supported'] as const

/**
 * How the verdicts fell, in a few lines.
 *
 * @param of how many claims there are, measured or not
 * @param place where each has its own
 */
export function shortClaims({ machine, runs, verdicts }: Machine, of: number, place: string): string {
  const groups = groupedBy(verdicts, ({ verdict }) => verdict)
  const count = (verdict: OverRuns['verdict']) => groups.get(verdict)?.length ?? 0
  const told = (
    [
      [count('refuted'), 'refuted'],
      [count('supported'), 'supported'],
      [count('depends'), 'that depend on a named condition'],
      [count('inconclusive'), 'that runs do not decide'],
      [of - verdicts.length + count('undecided'), 'not measured'],
    ] as const
  ).filter(([n]) => n > 0)
  const quoted = QUOTED.flatMap((verdict) => {
    const [first] = groups.get(verdict) ?? []
    return first ? [`${quotation(first.claim)} is **${verdict}**`] : []
  })
  const examples = quoted.length > 0 ? `; ${list(quoted)}` : ''
  return (
    `Of ${of} claims of a widely read article and its comments, each with a test that was fixed beforehand: ` +
    `${list(told.map(([n, words]) => `${n} ${words}`))}, over ${counted(runs.length, 'run')} of ${machine}${examples}. ` +
    `[Each of them, with what every run says](${place}).`
  )
}
