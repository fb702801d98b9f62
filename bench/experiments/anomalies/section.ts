/** The section of a report about what concurrent requests do to each other. */
import { ABSENT, figure, withoutZeros } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { type Columns, shown, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['anomalies'][number]
type Races = NonNullable<Entry['races']> & { of: string }
type Replies = NonNullable<Entry['lostReplies']> & { of: string }

/** Nothing without the experiment. */
export function anomaliesSection({ anomalies }: Summary): Section | null {
  if (anomalies.length === 0) return null
  const races = anomalies.flatMap((entry) => (entry.races ? [{ ...entry.races, of: name(entry) }] : []))
  const replies = anomalies.flatMap((entry) =>
    entry.lostReplies ? [{ ...entry.lostReplies, of: name(entry) }] : [],
  )
  return section(
    'anomalies',
    'Anomalies',
    answersText(anomalies),
    shown(tableOf(anomalies, COLUMNS), { below: NOTE }),
    shown(tableOf(races, RACE_COLUMNS), { below: RACES_NOTE }),
    shown(tableOf(replies, REPLY_COLUMNS), { below: REPLIES_NOTE }),
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
  'and ends the login of all of them. Within a grace period the others are let go on, with the same successor; ' +
  'before 2026-11-29 they got an access token and no refresh token.'

const REPLIES_NOTE =
  'A refresh token is used, and once more right after: by its owner, whom the reply did not reach, or by somebody ' +
  'who copied it. The server cannot tell the two apart, so a grace that helps the one lets the other in.'

const name = ({ scheme, variant }: Entry) => (variant === null ? scheme : `${scheme} (${variant})`)

const COLUMNS: Columns<Entry> = {
  scheme: name,
  'lost updates': ({ lostUpdates }) => shareText(lostUpdates),
  'states of one login in the end': ({ copiesPerGroup: copies }) =>
    copies === null ? ABSENT : figure(copies),
  'logouts undone by a write in flight': ({ undoneLogouts }) => shareText(undoneLogouts),
  'refused elsewhere (401)': ({ refusedElsewhere }) => shareText(refusedElsewhere),
}

const RACE_COLUMNS: Columns<Races> = {
  scheme: ({ of }) => of,
  'races with several successors': ({ manySuccessors }) => shareText(manySuccessors),
  'most successors': ({ mostSuccessors }) => String(mostSuccessors),
  'let go on as well, a race': ({ letPerRace }) => figure(letPerRace),
  'all logged out': ({ loggedOut }) => shareText(loggedOut),
}

const REPLY_COLUMNS: Columns<Replies> = {
  scheme: ({ of }) => of,
  'logins that go on after a lost reply': ({ wentOn }) => shareText(wentOn),
  'copies let in': ({ copiesLetIn }) => shareText(copiesLetIn),
}

/** `3 of 50 (1.3 to 17)` */
function shareText(share: Entry['lostUpdates']): string {
  if (!share) return ABSENT
  return `${share.seen} of ${share.n} (${percent(share.lo)} to ${percent(share.hi)} %)`
}

const percent = (value: number) => withoutZeros(Number((100 * value).toPrecision(2)))

function answersText(anomalies: readonly Entry[]): string {
  const wrong = anomalies.filter(({ wrongUsers, hangs }) => wrongUsers + hangs > 0)
  const told = wrong.map(
    (entry) =>
      `**${name(entry)}: ${entry.wrongUsers} answers named another user, ${entry.hangs} never came.**`,
  )
  return told.join(' ') || 'No answer named another user, and none failed to come.'
}
