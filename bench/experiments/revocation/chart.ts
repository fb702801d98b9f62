/** Time from an acknowledged revocation to the last acceptance, on a scale from a millisecond to hours, beside the bound. */

import type { ScatterSeriesOption } from 'echarts'
import type { Run } from '../../record/types.ts'
import { nameAxis, rowLabels, valueAxis } from '../../words/charts/axes.ts'
import { ink } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { counted, list, machine } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { timeText } from './section.ts'

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
const WAYS: Readonly<Record<Way['way'], { name: string; color: string; symbol: string; dy: number }>> = {
  logout: { name: 'logout', color: '#4477aa', symbol: 'circle', dy: -8 },
  'logout-everywhere': { name: 'log out everywhere', color: '#ee7733', symbol: 'rect', dy: 0 },
  disable: { name: 'lock out a user', color: '#aa3377', symbol: 'diamond', dy: 8 },
}

/** Null without the experiment. */
export function revocationChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.revocation
  if (entries.length === 0) return null
  const smoke = run.profile === 'smoke' ? 'SMOKE RUN, never a published figure · ' : ''
  const ns = entries.flatMap(({ ways }) => ways.filter(({ n }) => n > 0).map(({ n }) => n))
  const n =
    ns.length === 0
      ? ''
      : `median (small) and worst (large) of ${Math.min(...ns)} to ${counted(Math.max(...ns), 'revocation')} · `
  const { min: _, ...axis } = valueAxis('from the acknowledgement to the last acceptance on any replica')
  return drawing(
    {
      title: finding(entries),
      subtitle:
        `${smoke}${n}${machine(run.environment)}\n` +
        'filled: last acceptance · hollow: nothing was accepted, all refused from here on · bar: declared bound (none drawn: at once), pale: as shipped',
    },
    {
      legend: {
        data: Object.values(WAYS).map(({ name }) => name),
        left: 180,
        top: 80,
        itemGap: 20,
        textStyle: { color: ink.text, fontSize: 12 },
      },
      grid: { left: 176, right: 196, top: TOP, bottom: BOTTOM },
      xAxis: {
        ...axis,
        type: 'log',
        min: SHORTEST_MS,
        max: LONGEST_MS,
        axisLabel: {
          color: ink.muted,
          fontSize: 11,
          customValues: TICKS_MS,
          formatter: timeText,
        },
      } as object,
      yAxis: nameAxis(entries.map(({ scheme }) => scheme)),
      series: [
        bars(entries, 'shippedBoundMs', ink.line),
        bars(entries, 'boundMs', ink.text),
        ...Object.keys(WAYS).map((way) => dots(entries, way as Way['way'])),
        rowLabels(entries.map(label)),
      ],
    },
    TOP + BOTTOM + ROW_HEIGHT * entries.length,
  )
}

/** On a logarithmic axis nothing has a place left of its beginning. */
const placed = (ms: number) => Math.min(LONGEST_MS, Math.max(SHORTEST_MS, ms))

function bars(
  entries: readonly Entry[],
  bound: 'boundMs' | 'shippedBoundMs',
  color: string,
): ScatterSeriesOption {
  return {
    type: 'scatter',
    silent: true,
    z: 3,
    symbol: 'rect',
    symbolSize: [3, ROW_HEIGHT - 6],
    itemStyle: { color, opacity: 1 },
    data: entries.flatMap(({ ways }, row) => {
      const known = new Set(ways.filter(({ unsupported }) => !unsupported).map((way) => way[bound]))
      return [...known].flatMap((ms) => (ms ? [[placed(ms), row]] : []))
    }),
  }
}

function dots(entries: readonly Entry[], name: Way['way']): ScatterSeriesOption {
  const { color, symbol, dy, name: label } = WAYS[name]
  const hollow = { color: ink.background, borderColor: color, borderWidth: 1.5, opacity: 1 }
  return {
    type: 'scatter',
    name: label,
    silent: true,
    z: 6,
    symbol,
    symbolSize: 8,
    symbolOffset: [0, dy],
    itemStyle: { color, opacity: 1 },
    data: entries.flatMap(({ ways }, row) => {
      const way = ways.find((one) => one.way === name)
      const times = way && shownTimes(way)
      if (!way || !times) return []
      const style = way.accepted === 0 ? { itemStyle: hollow } : {}
      return [
        // Where most were refused at once, the median has no place on the axis.
        ...(times.value > 0 ? [{ value: [placed(times.value), row], symbolSize: 4, ...style }] : []),
        { value: [placed(times.worst), row], ...style },
      ]
    }),
  }
}

/** The last acceptance, or where there was none the first refusal: it cannot have been later. */
function shownTimes({ accepted, lastAcceptedMs, refusedFromMs }: Way) {
  return accepted > 0 ? lastAcceptedMs : refusedFromMs
}

function label({ ways }: Entry): string {
  const worst = ways.flatMap((way) => {
    const times = shownTimes(way)
    return times ? [{ ms: times.worst, isAccepted: way.accepted > 0 }] : []
  })
  const last = worst.toSorted((a, b) => b.ms - a.ms)[0]
  return last ? `${last.isAccepted ? '' : '≤ '}${timeText(last.ms)}` : ''
}

/** The chart's finding: how many end at once, and how many are accepted to their bound. */
function finding(entries: readonly Entry[]): string {
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
  const parts = [...(atOnce.length > 0 ? [ends] : []), ...(lasting.length > 0 ? [lasts] : [])]
  const text = parts.join('; ')
  return text === '' ? 'No revocation was watched to its end' : text.charAt(0).toUpperCase() + text.slice(1)
}
