/** The section of a report about what users met under each fault. */
import { ABSENT, counted, figure, list } from '../../words/format.ts'
import { type ChartLink, type Section, section } from '../../words/section.ts'
import { bullets, folded, markdownTable, type Table } from '../../words/tables.ts'
import type { Summary } from './schema.ts'
import { faultWords, schemeWords } from './words.ts'

type Entry = Summary['faults'][number]

/** Nothing without the experiment. */
export function faultsSection(summary: Summary, chart: ChartLink): Section | null {
  const { faults } = summary
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
    markdownTable(table(faults)),
    NOTE,
    surprises(faults),
    folded('What was expected of each fault', markdownTable(expectationsTable(faults))),
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
  const total = (key: 'wrongUsers' | 'hangs' | 'serverErrors' | 'due') =>
    faults.reduce((sum, { measured }) => sum + measured[key], 0)
  const hanging = faults.filter(({ measured }) => measured.hangs > 0)
  const where = hanging.map(
    (entry) => `${faultWords(entry)} with \`${schemeWords(entry)}\` (${entry.measured.hangs})`,
  )
  return bullets([
    `answered as somebody else: **${total('wrongUsers')}** of ${figure(total('due'))} requests under faults`,
    `without an answer within 2 s: **${total('hangs')}**${where.length > 0 ? `: ${list(where)}` : ''}`,
    `answered 500: **${total('serverErrors')}**`,
  ])
}

function table(faults: readonly Entry[]): Table {
  return {
    head: [
      'fault',
      'scheme',
      'good before',
      'meanwhile',
      'failed',
      'first failure',
      'back after',
      'logged out',
      'ended logins that live',
      'logouts refused meanwhile',
      'wrong user',
      'hangs',
      'as expected',
    ],
    rows: faults.map((entry) => [faultWords(entry), schemeWords(entry), ...cells(entry)]),
  }
}

function cells({ measured, expectations }: Entry): string[] {
  const { due, failed, firstFailureMs, recoveryMs, before, loggedOutBefore, revoked, late } = measured
  const kept = expectations.filter((one) => one.kept).length
  return [
    percent(measured.beforeShare),
    percent(measured.duringShare),
    `${failed} of ${due}`,
    firstFailureMs === null ? 'none' : `${figure(firstFailureMs)} ms`,
    back(failed, recoveryMs, measured.watchedMs),
    `${loggedOutBefore} of ${before}${later(measured)}`,
    `${late} of ${revoked}`,
    String(measured.unacknowledged),
    String(measured.wrongUsers),
    String(measured.hangs),
    kept === expectations.length ? 'yes' : `${kept} of ${expectations.length}`,
  ]
}

/** Those who came meanwhile are told apart: they were not there to be forgotten. */
function later({ loggedOut, loggedOutBefore }: Entry['measured']): string {
  const more = loggedOut - loggedOutBefore
  return more === 0 ? '' : ` + ${more} who came later`
}

function back(failed: number, recoveryMs: number | null, watchedMs: number): string {
  if (failed === 0) return ABSENT
  return recoveryMs === null ? `not within ${figure(watchedMs / 1_000)} s` : `${figure(recoveryMs / 1_000)} s`
}

const percent = (share: number) => `${Math.round(100 * share)} %`

function surprises(faults: readonly Entry[]): string {
  const lines = faults.flatMap((entry) => {
    const broken = entry.expectations.filter(({ kept }) => !kept)
    const words = broken.map(({ words }) => `“${words}”`)
    return broken.length === 0
      ? []
      : [`${faultWords(entry)}, \`${schemeWords(entry)}\`: not so: ${list(words)}`]
  })
  const all = faults.reduce((sum, { expectations }) => sum + expectations.length, 0)
  if (lines.length === 0)
    return `All ${counted(all, 'expectation')} that were fixed before this run came true.`
  return (
    `**Not as expected**, of ${counted(all, 'expectation')} that were fixed before this ` +
    `run:\n\n${bullets(lines)}`
  )
}

function expectationsTable(faults: readonly Entry[]): Table {
  return {
    head: ['fault', 'scheme', 'expected', 'came true'],
    rows: faults.flatMap((entry) =>
      entry.expectations
        .filter(({ always }) => !always)
        .map(({ words, kept }) => [faultWords(entry), schemeWords(entry), words, kept ? 'yes' : '**no**']),
    ),
  }
}
