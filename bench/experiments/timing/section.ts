/** The section of a report about guessing a session piece by piece, by the time that a lookup takes. */
import { ABSENT, figure, styles, withInterval } from '../../words/format.ts'
import { type Section, section } from '../../words/section.ts'
import { type Column, shown, type Table, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Timing = NonNullable<Summary['timing']>
type Way = Timing['ways'][number]

/** Nothing without the experiment. */
export function timingSection({ timing }: Summary): Section | null {
  if (timing === null) return null
  return section(
    'timing-of-lookups-by-a-secret',
    'Timing of lookups by a secret',
    leaks(timing),
    shown(timingTable(timing), { below: NOTE }),
  )
}

const WAYS = { direct: 'at Redis', http: 'over HTTP' } as const
const LOOKUPS = { plain: 'GET by the raw id', leaky: 'the same after a leaky comparison' } as const

/** A row for each way and lookup, a column for each class. */
export function timingTable({ ways }: Timing): Table {
  const classes = (ways[0]?.differences ?? []).map(
    ({ shared, twin }, i): Column<Way> => [
      `${twin ? 'none again' : `${shared} of 32`}: ns more`,
      ({ differences }) => differenceText(differences[i]),
    ],
  )
  return tableOf(ways, [
    ['lookup', ({ way, lookup }) => `${LOOKUPS[lookup]}, ${WAYS[way]}`],
    ['takes, µs', ({ medianNs }) => figure(medianNs / 1_000)],
    ...classes,
    ['nothing above, ns', (one) => (hasLeak(one) ? ABSENT : styles.whole.value(one.boundNs))],
  ])
}

function differenceText(one: Way['differences'][number] | undefined): string {
  const text = withInterval(one?.byNs, styles.added)
  return one?.detected ? `**${text}**` : text
}

const hasLeak = ({ differences }: Way) => differences.some(({ detected, twin }) => detected && !twin)

function leaks({ ways, keys, samples, hashNs }: Timing): string {
  const plain = ways.filter(({ lookup }) => lookup === 'plain')
  const words = plain
    .filter((one) => !hasLeak(one))
    .map(({ way, boundNs }) => `above ${styles.whole.value(boundNs)} ns ${WAYS[way]}`)
  const leak = plain.filter(hasLeak).map(({ way }) => `**A leak was seen ${WAYS[way]}.**`)
  const none = words.length > 0 ? [`No leak was seen ${words.join(', and none ')}.`] : []
  return [
    `Guesses at one of ${styles.whole.value(keys)} sessions that exist, ${styles.whole.value(samples)} lookups of each class.`,
    ...leak,
    ...none,
    `Hashing the secret by SHA-256 and comparing it in constant time takes ${withInterval(hashNs, styles.whole)} ns of CPU.`,
  ].join(' ')
}

const NOTE =
  'How much longer a lookup takes when the first 8, 16, 24 or 31 of the 32 characters of an id are right, ' +
  'against none. Each figure is a trimmed mean over batches that mix all classes at random, with a bootstrap ' +
  'interval that holds for all classes of a row together; **bold** was detected. All ids are made by the ' +
  'same function, and none of them exists. “None again” is a second class that shares nothing, and must not ' +
  'differ. The leaky comparison goes on for some hundred nanoseconds with each right character: it must be ' +
  'seen, or the instrument is blind. A row says only that nothing was seen above some nanoseconds, on this ' +
  'machine and with so many lookups. It is no proof that there is nothing.'
