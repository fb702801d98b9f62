/** The section of a report about the distance to Redis. */
import { ABSENT, figure, responseText, withInterval } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { markdownTable, type Table } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['distance'][number]
type Level = Entry['levels'][number]

/** Nothing without the experiment. */
export function distanceSection(summary: Summary, chart: ChartLink): Section | null {
  const table = distanceTable(summary)
  if (table.rows.length === 0) return null
  return section(
    'distance-to-redis',
    'Distance to Redis',
    roundTripsText(summary),
    chart('charts/distance.svg', 'p50 against the round trip that was added between replica and Redis'),
    markdownTable(table),
    NOTE,
  )
}

const NOTE =
  'A TCP relay between the replica and Redis holds everything back for half of the round trip each way. At 0 ' +
  'ms it only relays, so its own cost is not put down to distance. Logins and warm-up are without the delay. ' +
  'CPU is that of replica, Redis and proxy at the highest of the rates. In the closed loop each connection ' +
  'waits for its reply. Its throughput falls with the distance because the connections do not become more, ' +
  'not because the replica has more to do. Without Redis there is no relay. With auto-pipelining ioredis ' +
  'gathers commands while a batch is under way, and sends them when that batch is back. So a command waits ' +
  'for the rest of the batch before its own, up to a whole round trip. “One by one” is the same scheme ' +
  'without auto-pipelining.'

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six']

/** Nearer than this to a whole number of round trips, with all of its interval, is that number. */
const NEAR = 0.15

/** `two` or `1.5`; null for schemes without Redis. */
export function roundTripsIn({ roundTripsPerRead }: Entry): string | null {
  if (!roundTripsPerRead) return null
  const { value, lo, hi } = roundTripsPerRead
  const whole = Math.round(value)
  const isWhole = [value, lo, hi].every((one) => Math.abs(one - whole) <= NEAR)
  return (isWhole && WORDS[whole]) || value.toFixed(1)
}

/** The scheme, and what was changed about it. */
export function lineLabel({ scheme, oneByOne }: Entry): string {
  return oneByOne ? `${scheme}, one by one` : scheme
}

function roundTripsText({ distance }: Summary): Part {
  const told = distance.flatMap((entry) => {
    const words = roundTripsIn(entry)
    const trips = words === 'one' ? 'round trip' : 'round trips'
    const slope = withInterval(entry.roundTripsPerRead)
    return words
      ? [
          `- \`${entry.scheme}\`${entry.oneByOne ? ', its commands one by one' : ''}: ${words} ${trips}, slope ${slope}`,
        ]
      : []
  })
  return told.length === 0 ? null : `${TRIPS_LEAD}\n\n${told.join('\n')}`
}

const TRIPS_LEAD =
  'How many round trips to Redis a read waits for, one after the other: the slope of p50 over the added ' +
  'round trip, at the lowest rate.'

/** Scheme by scheme, each by rising distance. */
function distanceTable({ distance }: Summary): Table {
  const measured = distance.flatMap((entry) =>
    entry.levels.filter(({ rungs }) => rungs.length > 0).map((level) => ({ name: lineLabel(entry), level })),
  )
  const rates = [
    ...new Set(measured.flatMap(({ level }) => level.rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))),
  ].sort((a, b) => a - b)
  const rungAt = ({ rungs }: Level, rate: number) =>
    rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === rate)
  const cpuAt = ({ servingCpuUs }: Level, rate: number | undefined) =>
    servingCpuUs.find(({ arrivalsPerSec }) => arrivalsPerSec === rate)?.estimate
  return {
    head: [
      'scheme',
      'added round trip, ms',
      ...rates.flatMap((rate) => [`${figure(rate)}/s: p50, ms`, 'p99, ms']),
      'CPU µs/request',
      'closed loop, requests/s',
    ],
    rows: measured.map(({ name, level }) => [
      name,
      level.roundTripMs === null ? ABSENT : String(level.roundTripMs),
      ...rates.flatMap((rate) => {
        const rung = rungAt(level, rate)
        return [responseText(rung?.p50Us), responseText(rung?.p99Us)]
      }),
      withInterval(cpuAt(level, rates.at(-1))),
      withInterval(level.closedLoopPerSec),
    ]),
  }
}
