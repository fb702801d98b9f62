/** The section of a report about the distance to Redis. */
import { rising } from '../../stats/groups.ts'
import { ABSENT, code, figure, responseText, withInterval } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { bullets, type Column, shown, type Table, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['distance'][number]
type Level = Entry['levels'][number]

/** Nothing without the experiment. */
export function distanceSection(summary: Summary, chart: ChartLink): Section | null {
  const table = shown(distanceTable(summary), { below: NOTE })
  if (table === null) return null
  return section(
    'distance-to-redis',
    'Distance to Redis',
    roundTripsText(summary),
    chart('charts/distance.svg', 'p50 against the round trip that was added between replica and Redis'),
    table,
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

export const tripsText = (trips: string) => `${trips} round trip${trips === 'one' ? '' : 's'}`

/** The scheme, and what was changed about it. */
export function lineLabel({ scheme, oneByOne }: Entry): string {
  return oneByOne ? `${scheme}, one by one` : scheme
}

function roundTripsText({ distance }: Summary): Part {
  const told = distance.flatMap((entry) => {
    const trips = roundTripsIn(entry)
    const how = entry.oneByOne ? ', its commands one by one' : ''
    const slope = withInterval(entry.roundTripsPerRead)
    return trips ? [`${code(entry.scheme)}${how}: ${tripsText(trips)}, slope ${slope}`] : []
  })
  return told.length === 0 ? null : `${TRIPS_LEAD}\n\n${bullets(told)}`
}

const TRIPS_LEAD =
  'How many round trips to Redis a read waits for, one after the other: the slope of p50 over the added ' +
  'round trip, at the lowest rate.'

/** Scheme by scheme, each by rising distance. */
function distanceTable({ distance }: Summary): Table {
  const measured = distance.flatMap((entry) =>
    entry.levels
      .filter(({ rungs }) => rungs.length > 0)
      .map((level) => ({ name: lineLabel(entry), ...level })),
  )
  const rates = rising(measured.flatMap(({ rungs }) => rungs.map(({ arrivalsPerSec }) => arrivalsPerSec)))
  const cpuAtHighest = ({ servingCpuUs }: Level) =>
    servingCpuUs.find(({ arrivalsPerSec }) => arrivalsPerSec === rates.at(-1))?.estimate
  return tableOf(measured, [
    ['scheme', ({ name }) => name],
    ['added round trip, ms', ({ roundTripMs }) => (roundTripMs === null ? ABSENT : String(roundTripMs))],
    ...rates.flatMap((rate): Column<Level>[] => [
      [`${figure(rate)}/s: p50, ms`, (level) => responseText(rungAt(level, rate)?.p50Us)],
      ['p99, ms', (level) => responseText(rungAt(level, rate)?.p99Us)],
    ]),
    ['CPU µs/request', (level) => withInterval(cpuAtHighest(level))],
    ['closed loop, requests/s', ({ closedLoopPerSec }) => withInterval(closedLoopPerSec)],
  ])
}

export function rungAt({ rungs }: Level, rate: number) {
  return rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === rate)
}
