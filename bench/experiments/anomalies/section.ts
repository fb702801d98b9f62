/** The section of a report about what concurrent requests do to each other. */
import { ABSENT, figure, withoutZeros } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { markdownTable, type Table } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['anomalies'][number]
type Share = Entry['lostUpdates']

/** Nothing without the experiment. */
export function anomaliesSection(summary: Summary): Section | null {
  if (summary.anomalies.length === 0) return null
  const races = racesTable(summary)
  return section(
    'anomalies',
    'Anomalies',
    answersText(summary),
    markdownTable(anomaliesTable(summary)),
    NOTE,
    ...(races.rows.length > 0 ? [markdownTable(races), RACES_NOTE] : []),
  )
}

const NOTE =
  'Seen of n, with the exact 95 % interval in per cent (Clopper-Pearson). *Lost updates*: ten clients of one ' +
  'login each read the preferences, add one of their own and put all back, at once. A preference is lost if ' +
  'the client that wrote last does not find it (the ten depend on each other, so this interval is too ' +
  'narrow). The API replaces the whole, so a session keeps about one of them, whatever its store. With ' +
  'tokens each client has a copy, and nobody finds what the others wrote. *Undone logouts*: the head of a ' +
  'write is sent, a logout is acknowledged, the rest of the write comes, and the old credential is accepted ' +
  'again. *Elsewhere*: uses at each replica by turns, without sticky routing.'

const RACES_NOTE =
  'Eight clients send the same refresh token at once. Strict reuse detection takes a second use for a theft ' +
  'and ends the login of all of them. Within a grace period it hands out an access token and no further ' +
  'refresh token.'

/** A row for each arm. */
function anomaliesTable({ anomalies }: Summary): Table {
  return {
    head: [
      'scheme',
      'lost updates',
      'states of one login in the end',
      'logouts undone by a write in flight',
      'refused elsewhere (401)',
    ],
    rows: anomalies.map((entry) => [
      name(entry),
      shareText(entry.lostUpdates),
      entry.copiesPerGroup === null ? ABSENT : figure(entry.copiesPerGroup),
      shareText(entry.undoneLogouts),
      shareText(entry.refusedElsewhere),
    ]),
  }
}

function racesTable({ anomalies }: Summary): Table {
  return {
    head: [
      'scheme',
      'races with several successors',
      'most successors',
      'only an access token, a race',
      'all logged out',
    ],
    rows: anomalies.flatMap((entry) =>
      entry.races
        ? [
            [
              name(entry),
              shareText(entry.races.manySuccessors),
              String(entry.races.mostSuccessors),
              figure(entry.races.letPerRace),
              shareText(entry.races.loggedOut),
            ],
          ]
        : [],
    ),
  }
}

const name = ({ scheme, variant }: Entry) => (variant === null ? scheme : `${scheme} (${variant})`)

/** `3 of 50 (1.3 to 17)` */
function shareText(share: Share): string {
  if (!share) return ABSENT
  return `${share.seen} of ${share.n} (${percent(share.lo)} to ${percent(share.hi)} %)`
}

const percent = (value: number) => withoutZeros(Number((100 * value).toPrecision(2)))

function answersText({ anomalies }: Summary): string {
  const wrong = anomalies.filter(({ wrongUsers, hangs }) => wrongUsers + hangs > 0)
  if (wrong.length === 0) return 'No answer named another user, and none failed to come.'
  return wrong
    .map(
      (entry) =>
        `**${name(entry)}: ${entry.wrongUsers} answers named another user, ${entry.hangs} never came.**`,
    )
    .join(' ')
}
