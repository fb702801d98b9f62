/** The section of a report about what users met under each fault. */
import { totalOf } from '../../figures/seen.ts'
import { ABSENT, code, counted, figure, list, percent } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { bullets, type Columns, folded, shown, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'
import { faultWords, schemeWords } from './words.ts'

type Entry = Summary['faults'][number]

/** Nothing without the experiment. */
export function faultsSection({ faults }: Summary, chart: ChartLink): Section | null {
  if (faults.length === 0) return null
  return section(
    'faults',
    'Faults',
    'Two replicas behind the proxy, few requests a second, each sent when it is due; then something is broken for real, and mended.',
    neverTable(faults),
    chart(
      'charts/faults.svg',
      'Share of good answers over time, before, during and after some of the faults',
    ),
    shown(tableOf(faults, COLUMNS), { below: NOTE }),
    surprises(faults),
    folded('What was expected of each fault', shown(expectationsTable(faults))),
  )
}

const NOTE =
  'An answer is good if it is right and comes within half a second of when the request was due. All others ' +
  'count as failed, from the injection to the end of the observation. “Back after” is the time from the end ' +
  'of the healing until 95 % of what was good before is good again for a second. A login counts as logged ' +
  'out if it was refused although nobody had ended it. A refused user logs in again, so an outage of memory ' +
  'passes. Ended logins that live were accepted later than the scheme’s declared bound. Hangs had no answer ' +
  'within 2 s.'

/** What must be 0 whatever breaks, and where it was not. */
function neverTable(faults: readonly Entry[]): string {
  const all = faults.map(({ measured }) => measured)
  const where = faults.flatMap((entry) => {
    const { hangs } = entry.measured
    return hangs > 0 ? [`${faultWords(entry)} with ${code(schemeWords(entry))} (${hangs})`] : []
  })
  return bullets([
    `answered as somebody else: **${totalOf(all, 'wrongUsers')}** of ${figure(totalOf(all, 'due'))} requests under faults`,
    `without an answer within 2 s: **${totalOf(all, 'hangs')}**${where.length > 0 ? `: ${list(where)}` : ''}`,
    `answered 500: **${totalOf(all, 'serverErrors')}**`,
  ])
}

const COLUMNS: Columns<Entry> = {
  fault: faultWords,
  scheme: schemeWords,
  'good before': ({ measured }) => percent(measured.beforeShare),
  meanwhile: ({ measured }) => percent(measured.duringShare),
  failed: ({ measured }) => `${measured.failed} of ${measured.due}`,
  'first failure': ({ measured: { firstFailureMs: ms } }) => (ms === null ? 'none' : `${figure(ms)} ms`),
  'back after': ({ measured }) => back(measured),
  'logged out': ({ measured }) => loggedOut(measured),
  'ended logins that live': ({ measured }) => `${measured.late} of ${measured.revoked}`,
  'logouts refused meanwhile': ({ measured }) => String(measured.unacknowledged),
  'wrong user': ({ measured }) => String(measured.wrongUsers),
  hangs: ({ measured }) => String(measured.hangs),
  'as expected'({ expectations }) {
    const kept = expectations.filter((one) => one.kept).length
    return kept === expectations.length ? 'yes' : `${kept} of ${expectations.length}`
  },
}

function back({ failed, recoveryMs, watchedMs }: Entry['measured']): string {
  if (failed === 0) return ABSENT
  return recoveryMs === null ? `not within ${figure(watchedMs / 1_000)} s` : `${figure(recoveryMs / 1_000)} s`
}

/** Those who came meanwhile are told apart: they were not there to be forgotten. */
function loggedOut({ before, loggedOut, loggedOutBefore }: Entry['measured']): string {
  const more = loggedOut - loggedOutBefore
  return `${loggedOutBefore} of ${before}${more === 0 ? '' : ` + ${more} who came later`}`
}

function surprises(faults: readonly Entry[]): string {
  const lines = faults.flatMap((entry) => {
    const broken = entry.expectations.flatMap(({ words, kept }) => (kept ? [] : [`“${words}”`]))
    if (broken.length === 0) return []
    return [`${faultWords(entry)}, ${code(schemeWords(entry))}: not so: ${list(broken)}`]
  })
  const all = counted(faults.flatMap(({ expectations }) => expectations).length, 'expectation')
  if (lines.length === 0) return `All ${all} that were fixed before this run came true.`
  return `**Not as expected**, of ${all} that were fixed before this run:\n\n${bullets(lines)}`
}

function expectationsTable(faults: readonly Entry[]) {
  const all = faults.flatMap((entry) => entry.expectations.map((one) => ({ ...one, entry })))
  return tableOf(
    all.filter(({ always }) => !always),
    {
      fault: ({ entry }) => faultWords(entry),
      scheme: ({ entry }) => schemeWords(entry),
      expected: ({ words }) => words,
      'came true': ({ kept }) => (kept ? 'yes' : '**no**'),
    },
  )
}
