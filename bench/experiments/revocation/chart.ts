/** Time from an acknowledged revocation to the last acceptance, on a scale from a millisecond to hours, beside the bound. */
import type { Run } from '../../record/types.ts'
import { source, valueAxis } from '../../words/charts/axes.ts'
import { dots, hollow } from '../../words/charts/marks.ts'
import { ink } from '../../words/charts/palette.ts'
import { inRows, legend } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { capital, counted, list } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { COLUMNS, timeText } from './section.ts'

type Entry = Summary['revocation'][number]
type Way = Entry['ways'][number]

const SHORTEST_MS = 1
/** Room for a mark at an hour and a second. */
const LONGEST_MS = 5_400_000
const TICKS_MS = [1, 10, 100, 1_000, 10_000, 60_000, 600_000, 3_600_000]
const ROW_HEIGHT = 30
const TOP = 112
const BOTTOM = 48

/** Each way has a place of its own within a row. */
const WAYS = [
  { way: 'logout', color: '#4477aa', symbol: 'circle', dy: -8 },
  { way: 'logout-everywhere', color: '#ee7733', symbol: 'rect', dy: 0 },
  { way: 'disable', color: '#aa3377', symbol: 'diamond', dy: 8 },
] as const

/** Null without the experiment. */
export function revocationChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.revocation
  if (entries.length === 0) return null
  const ns = entries.flatMap(({ ways }) => ways.map(({ n }) => n)).filter((n) => n > 0)
  const range = `${Math.min(...ns)} to ${counted(Math.max(...ns), 'revocation')}`
  const n = ns.length === 0 ? '' : `median (small) and worst (large) of ${range}`
  const note =
    'filled: last acceptance · hollow: nothing was accepted, all refused from here on · bar: declared bound as shipped (none drawn: at once), pale: the shorter one that was tried'
  const rows = inRows({
    room: { left: 176, right: 196, top: TOP, bottom: BOTTOM },
    x: valueAxis('from the acknowledgement to the last acceptance on any replica', {
      type: 'log',
      min: SHORTEST_MS,
      max: LONGEST_MS,
      ticks: TICKS_MS,
      format: timeText,
    }),
    names: entries.map(({ scheme }) => scheme),
    series: [
      bounds(entries, 'boundMs', ink.line),
      bounds(entries, 'shippedBoundMs', ink.text),
      ...WAYS.map((way) => acceptances(entries, way)),
    ],
    labels: entries.map(label),
  })
  const names = WAYS.map(({ way }) => COLUMNS[way])
  return drawing(
    titleOf(entries),
    [source(run, n), note],
    { ...rows, legend: legend({ data: names, left: 180, top: 80, itemGap: 20 }) },
    TOP + BOTTOM + ROW_HEIGHT * entries.length,
  )
}

/** On a logarithmic axis nothing has a place left of its beginning. */
const placed = (ms: number) => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))

function bounds(entries: readonly Entry[], bound: 'boundMs' | 'shippedBoundMs', color: string) {
  const data = entries.flatMap(({ ways }, row) => {
    const known = new Set(ways.filter(({ unsupported }) => !unsupported).map((way) => way[bound]))
    return [...known].flatMap((ms) => (ms ? [[placed(ms), row]] : []))
  })
  const itemStyle = { color, opacity: 1 }
  return dots(data, { z: 3, symbol: 'rect', symbolSize: [3, ROW_HEIGHT - 6], itemStyle })
}

function acceptances(entries: readonly Entry[], { way, color, symbol, dy }: (typeof WAYS)[number]) {
  const data = entries.flatMap(({ ways }, row) => {
    const found = ways.find((one) => one.way === way)
    const times = found && shownTimes(found)
    if (!found || !times) return []
    const style = found.accepted === 0 && { itemStyle: { ...hollow(color, 1.5), opacity: 1 } }
    return [
      // Where most were refused at once, the median has no place on the axis.
      ...(times.value > 0 ? [{ value: [placed(times.value), row], symbolSize: 4, ...style }] : []),
      { value: [placed(times.worst), row], ...style },
    ]
  })
  const name = COLUMNS[way]
  return dots(data, { name, symbol, symbolSize: 8, symbolOffset: [0, dy], itemStyle: { color, opacity: 1 } })
}

/** The last acceptance, or where there was none the first refusal: it cannot have been later. */
function shownTimes({ accepted, lastAcceptedMs, refusedFromMs }: Way) {
  return accepted > 0 ? lastAcceptedMs : refusedFromMs
}

/** What was seen; where a shorter bound was tried than ships, what ships first. */
function label({ ways }: Entry): string {
  const shipped = ways.find(({ boundMs, shippedBoundMs }) => shippedBoundMs && shippedBoundMs !== boundMs)
  const seen = worstText(ways)
  return shipped?.shippedBoundMs ? `${timeText(shipped.shippedBoundMs)} as shipped; tried: ${seen}` : seen
}

function worstText(ways: readonly Way[]): string {
  const worst = ways.flatMap((way) => {
    const times = shownTimes(way)
    return times ? [{ ms: times.worst, text: `${way.accepted > 0 ? '' : '≤ '}${timeText(times.worst)}` }] : []
  })
  return worst.toSorted((a, b) => b.ms - a.ms)[0]?.text ?? ''
}

/** The chart's finding: how many end at once, and how many are accepted to their bound. */
function titleOf(entries: readonly Entry[]): string {
  const logouts = entries.flatMap(({ scheme, ways, late }) =>
    ways.filter(({ way, n }) => way === 'logout' && n > 0).map((way) => ({ ...way, scheme, late })),
  )
  const broken = logouts.filter(({ late }) => late > 0)
  if (broken.length > 0)
    return `A credential is accepted longer than declared with ${list(broken.map(({ scheme }) => scheme))}`
  const atOnce = logouts.filter(({ accepted }) => accepted === 0)
  const lasting = logouts.filter(({ accepted }) => accepted > 0)
  const worst = Math.max(...atOnce.map((way) => shownTimes(way)?.worst ?? 0))
  const ends = `logouts act within ${timeText(worst)} with ${counted(atOnce.length, 'scheme')}`
  const lasts = `${counted(lasting.length, 'scheme')} ${lasting.length === 1 ? 'is' : 'are'} accepted until a lifetime is over`
  const text = [...(atOnce.length > 0 ? [ends] : []), ...(lasting.length > 0 ? [lasts] : [])].join('; ')
  return text === '' ? 'No revocation was watched to its end' : capital(text)
}
