/** p50 against the round trip that was added between replica and Redis: a line a scheme, its round trips beside it. */

import type { LineSeriesOption } from 'echarts'
import type { Run } from '../../record/types.ts'
import { niceTop, provenance, tick, verticalWhiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, list } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { lineLabel, roundTripsIn } from './section.ts'

type Entry = Summary['distance'][number]
type Row = Entry['levels'][number]['rungs'][number]

/** Below this the sender's timers are no finer; such values are drawn on the line. */
const FLOOR_MS = 1

/** Null where fewer than two distances were measured. */
export function distanceChart(run: Run, summary: Summary): Drawing | null {
  const { distance } = summary
  const added = [
    ...new Set(distance.flatMap(({ levels }) => levels.flatMap(({ roundTripMs }) => roundTripMs ?? []))),
  ].sort((a, b) => a - b)
  const rate = lowestRate(distance)
  if (added.length < 2 || rate === null) return null
  const rows = distance.flatMap(({ levels }) => levels.flatMap((level) => rowAt(level, rate) ?? []))
  const top = Math.max(...rows.map(({ p50Us }) => p50Us.hi / 1_000))
  const subtitle = [
    provenance(
      run,
      rows.map(({ p50Us }) => p50Us),
    ).replace('median of ', 'all windows of '),
    `open loop, ${figure(rate)} arrivals a second · at 0 the relay is there and adds no delay · below 1 ms is drawn at 1 ms`,
    'hollow, one by one: without auto-pipelining, which lets a command wait for the batch before its own',
  ]
  return drawing(
    { title: finding(distance), subtitle: subtitle.join('\n') },
    {
      grid: { left: 64, right: 310, top: 134, bottom: 62 },
      xAxis: {
        type: 'category',
        data: added.map((ms) => String(ms)),
        name: 'ms of round trip added between replica and Redis',
        nameLocation: 'middle',
        nameGap: 32,
        nameTextStyle: { color: ink.muted, fontSize: 12 },
        axisTick: { show: false },
        axisLine: { lineStyle: { color: ink.muted } },
        axisLabel: { color: ink.text, fontSize: 12 },
      },
      yAxis: {
        type: 'log',
        name: 'p50, ms',
        nameTextStyle: { color: ink.muted, fontSize: 12, align: 'right' },
        min: FLOOR_MS,
        max: niceTop(top),
        splitLine: { lineStyle: { color: ink.line } },
        axisLabel: { color: ink.muted, fontSize: 11, formatter: tick },
      },
      series: distance.flatMap((entry) => seriesOf(entry, added, rate)),
    },
  )
}

const toMs = (us: number) => Math.max(FLOOR_MS, us / 1_000)

function lowestRate(distance: Summary['distance']): number | null {
  const rates = distance.flatMap(({ levels }) =>
    levels.flatMap(({ rungs }) => rungs.map(({ arrivalsPerSec }) => arrivalsPerSec)),
  )
  return rates.length === 0 ? null : Math.min(...rates)
}

function rowAt({ rungs }: Entry['levels'][number], rate: number): Row | undefined {
  return rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === rate)
}

/** A scheme without Redis is measured once, and its line is as long as the others', dotted. */
function seriesOf(entry: Entry, added: readonly number[], rate: number): object[] {
  const { color, symbol } = lookOf(entry.scheme)
  const [only] = entry.levels
  const isNear = only?.roundTripMs === null
  const points = added.flatMap((ms, place) => {
    const level = isNear ? only : entry.levels.find(({ roundTripMs }) => roundTripMs === ms)
    const row = level && rowAt(level, rate)
    return row ? [{ place, row }] : []
  })
  const line: LineSeriesOption = {
    type: 'line',
    silent: true,
    clip: false,
    symbol: isNear ? 'none' : symbol,
    symbolSize: 8,
    // Both ends alone: a line between them would be drawn through distances that were not measured.
    lineStyle: {
      color,
      width: isNear ? 1.5 : 2.5,
      type: isNear ? 'dotted' : 'solid',
      opacity: entry.oneByOne ? 0 : 1,
    },
    itemStyle: entry.oneByOne ? { color: ink.background, borderColor: color, borderWidth: 2 } : { color },
    data: points.map(({ place, row }) => [place, toMs(row.p50Us.value)]),
    endLabel: {
      show: true,
      color,
      fontSize: 12,
      fontWeight: 'bold',
      formatter: labelOf(entry),
      distance: 10,
    },
    labelLayout: { moveOverlap: 'shiftY' },
  }
  const intervals = verticalWhiskers(
    points.map(({ place, row }) => [place, row.p50Us]),
    toMs,
  )
  return isNear ? [line] : [line, { ...intervals, clip: false }]
}

function labelOf(entry: Entry): string {
  const trips = roundTripsIn(entry)
  return `${lineLabel(entry)}: ${trips === null ? 'no Redis' : `${trips} round trip${trips === 'one' ? '' : 's'}`}`
}

/** The chart's finding: how many round trips each scheme waits for. */
function finding(distance: Summary['distance']): string {
  const groups = new Map<string, string[]>()
  for (const entry of distance) {
    const trips = roundTripsIn(entry)
    if (trips && !entry.oneByOne) groups.set(trips, [...(groups.get(trips) ?? []), entry.scheme])
  }
  if (groups.size === 0) return 'Response time against the distance to Redis'
  const told = [...groups].map(([trips, schemes]) => `${trips} (${list(schemes)})`)
  return `Round trips to Redis that a read waits for: ${told.join(', ')}`
}
