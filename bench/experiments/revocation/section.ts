/** The section of a report about how long revoked credentials are accepted. */
import { totalOf } from '../../figures/seen.ts'
import { groupedBy } from '../../stats/groups.ts'
import { ABSENT, code, counted, figure, list, withoutZeros, withRange } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { bullets, type Column, folded, shown, type Table, tableOf } from '../../words/tables.ts'
import { refreshParts } from './refresh.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['revocation'][number]
type Way = Entry['ways'][number]
type Name = Way['way']

export const COLUMNS: Readonly<Record<Name, string>> = {
  logout: 'logout',
  'logout-everywhere': 'log out everywhere',
  disable: 'lock out a user',
}
const NAMES = Object.keys(COLUMNS) as Name[]

/** Nothing without the experiment. */
export function revocationSection(summary: Summary, chart: ChartLink): Section | null {
  const [first] = summary.revocation
  if (!first) return null
  return section(
    'revocation',
    'Revocation',
    `How long a credential is accepted after its revocation was acknowledged, on any of ${counted(first.replicas, 'replica')} and under load.`,
    violations(summary),
    shown(worstTable(summary)),
    chart(
      'charts/revocation.svg',
      'Time from an acknowledged revocation to the last acceptance, beside the declared bound',
    ),
    NOTE,
    shortened(summary),
    folded('Every way to revoke', shown(waysTable(summary), { below: WAYS_NOTE })),
    ...refreshParts(summary, chart),
  )
}

const NOTE =
  'Each revocation is of a user of its own. Every replica is asked before it, during it and after it, a few ' +
  'milliseconds after its last answer, until all have refused for a while; at the end of the window each is ' +
  'asked once more. The last acceptance is the start of the last use that was accepted, counted from the ' +
  'acknowledgement. If no later use was accepted, ≤ is the start of the first use that was refused, on the ' +
  'replica that was asked last. The worst of n is no bound of its own: at most 3/n of all revocations take ' +
  'longer, with 95 %.'

const WAYS_NOTE =
  'Medians over revocations with their 95 % interval, and the worst, in ms; 0 is no acceptance that began ' +
  'after the acknowledgement. “Take longer” is the largest share of revocations that may lie beyond the ' +
  'worst, with 95 % (Wilks 1941). A revocation that was “cut short” by the end of the window, or “refused” ' +
  'by a server that was too busy, has no figure. Revocations of one trial share its processes, so they are ' +
  'not as independent as their number says.'

function violations({ revocation }: Summary): Part {
  const uses = totalOf(revocation, 'uses')
  const broken = revocation.filter(({ late, wrongUsers, hangs }) => late + wrongUsers + hangs > 0)
  if (broken.length === 0)
    return `Of ${figure(uses)} uses none was accepted later than the declared bound, named another user or stayed without an answer.`
  const lines = broken.map(
    ({ scheme, late, wrongUsers, hangs, examples }) =>
      `${code(scheme)}: ${late} accepted later than the declared bound, ${wrongUsers} answered as another user ` +
      `and ${hangs} without an answer (${examples.join('; ')})`,
  )
  return `**Broken promises**, of ${figure(uses)} uses:\n\n${bullets(lines)}`
}

/** A row for each scheme: the declared bound, and the worst that was seen of each way to revoke. */
function worstTable({ revocation }: Summary): Table {
  const wayOf = ({ ways }: Entry, name: Name) => ways.find(({ way }) => way === name)
  return tableOf(revocation, [
    ['scheme', ({ scheme }) => scheme],
    ['declared bound of a logout', (entry) => boundText(wayOf(entry, 'logout'))],
    ...NAMES.map(
      (name): Column<Entry> => [
        `${COLUMNS[name]}: last acceptance, worst`,
        (entry) => worstText(wayOf(entry, name)),
      ],
    ),
    ['later than declared', ({ late }) => String(late)],
  ])
}

/** A row for each scheme and way. */
function waysTable({ revocation }: Summary): Table {
  const all = revocation.flatMap(({ scheme, ways }) => ways.map((way) => ({ scheme, ...way })))
  const column = (head: string, of: (way: Way) => string, otherwise = ABSENT): Column<Way> => [
    head,
    (way) => (way.unsupported ? otherwise : of(way)),
  ]
  return tableOf(all, [
    ['scheme', ({ scheme }) => scheme],
    ['how it was revoked', ({ way }) => COLUMNS[way]],
    column('declared bound', boundText, CANNOT),
    column('n', ({ n }) => String(n)),
    column('still accepted after', ({ accepted, n }) => `${accepted} of ${n}`),
    column('last acceptance, ms', ({ lastAcceptedMs }) => medianText(lastAcceptedMs)),
    column('worst', ({ lastAcceptedMs }) => figureOf(lastAcceptedMs?.worst)),
    column('all refuse from, ms', ({ refusedFromMs }) => medianText(refusedFromMs)),
    column('worst', ({ refusedFromMs }) => figureOf(refusedFromMs?.worst)),
    column('take longer', ({ beyondWorst }) =>
      beyondWorst === null ? ABSENT : `≤ ${figure(100 * beyondWorst)} %`,
    ),
    column('cut short', ({ cut }) => String(cut)),
    column('refused', ({ refused }) => String(refused)),
  ])
}

const figureOf = (value: number | undefined) => (value === undefined ? ABSENT : figure(value))

const medianText = (of: Way['lastAcceptedMs']) => (of ? withRange(of) : ABSENT)

const CANNOT = 'cannot by design'

/** `at once`, `4 s`, or that there is none. */
function boundText(way: Way | undefined): string {
  if (!way || way.unsupported) return ABSENT
  if (way.boundMs === null) return 'none'
  return way.boundMs === 0 ? 'at once' : timeText(way.boundMs)
}

function worstText(way: Way | undefined): string {
  if (!way) return ABSENT
  if (way.unsupported) return CANNOT
  const { accepted, n, lastAcceptedMs, refusedFromMs } = way
  if (!lastAcceptedMs || !refusedFromMs) return ABSENT
  const worst = accepted === 0 ? `none, ≤ ${timeText(refusedFromMs.worst)}` : timeText(lastAcceptedMs.worst)
  return `${worst} (n ${n})`
}

/** Milliseconds below a second, then seconds, minutes and hours. */
export function timeText(ms: number): string {
  if (ms < 1_000) return `${withoutZeros(ms)} ms`
  if (ms < 60_000) return `${withoutZeros(ms / 1_000)} s`
  return ms < 3_600_000 ? `${withoutZeros(ms / 60_000)} min` : `${withoutZeros(ms / 3_600_000)} h`
}

/** Which bounds were made short for the trials, and what they are otherwise. */
function shortened({ revocation }: Summary): Part {
  const changed = revocation.flatMap(({ scheme, ways }) => {
    const [way] = ways.filter(({ boundMs, shippedBoundMs }) => boundMs !== shippedBoundMs)
    return way?.boundMs != null && way.shippedBoundMs != null
      ? [{ scheme, text: `${timeText(way.boundMs)} instead of ${timeText(way.shippedBoundMs)}` }]
      : []
  })
  if (changed.length === 0) return null
  const groups = [...groupedBy(changed, ({ text }) => text)].map(
    ([text, own]) => `${text} with ${list(own.map(({ scheme }) => code(scheme)))}`,
  )
  return (
    'Lifetimes were made short for these trials, so that bounds that are lifetimes were really reached: ' +
    `${groups.join('; ')}. Both include the one second that servers allow for clocks that differ.`
  )
}
