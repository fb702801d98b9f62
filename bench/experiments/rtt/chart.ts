/** p50 against the round trip that was added between replica and Redis: a line a scheme, its round trips beside it. */
import { converted } from '../../figures/metrics.ts'
import type { Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { niceTop, provenance } from '../../words/charts/axes.ts'
import { endLabel, hollow, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { inPanel } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, list } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { lineLabel, roundTripsIn, rungAt, tripsText } from './section.ts'

type Entry = Summary['distance'][number]

/** Below this the sender's timers are no finer; such values are drawn on the line. */
const FLOOR_MS = 1

/** Null where fewer than two distances were measured. */
export function distanceChart(run: Run, summary: Summary): Drawing | null {
  const { distance } = summary
  const all = distance.flatMap(({ levels }) => levels)
  const added = rising(all.flatMap(({ roundTripMs }) => roundTripMs ?? []))
  const rates = all.flatMap(({ rungs }) => rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))
  if (added.length < 2 || rates.length === 0) return null
  const rate = Math.min(...rates)
  const p50s = all.flatMap((level) => rungAt(level, rate)?.p50Us ?? [])
  const top = Math.max(...p50s.map(({ hi }) => hi / 1_000))
  const subtitle = [
    provenance(run, p50s, 'all windows'),
    `open loop, ${figure(rate)} arrivals a second · at 0 the relay is there and adds no delay · below 1 ms is drawn at 1 ms`,
    'hollow, one by one: without auto-pipelining, which lets a command wait for the batch before its own',
  ]
  const room = { left: 64, right: 310, top: 134, bottom: 62 }
  const option = inPanel(room, {
    x: {
      type: 'category',
      data: added.map(String),
      name: 'ms of round trip added between replica and Redis',
      nameGap: 32,
      format: String,
      label: { color: ink.text, fontSize: 12 },
    },
    y: { type: 'log', name: 'p50, ms', nameAlign: 'right', min: FLOOR_MS, max: niceTop(top) },
    series: distance.flatMap((entry) => seriesOf(entry, added, rate)),
  })
  return drawing(titleOf(distance), subtitle, option)
}

const toMs = (us: number) => Math.max(FLOOR_MS, us / 1_000)

/** A scheme without Redis is measured once, and its line is as long as the others', dotted. */
function seriesOf(entry: Entry, added: readonly number[], rate: number) {
  const { color, symbol } = lookOf(entry.scheme)
  const [only] = entry.levels
  const isNear = only?.roundTripMs === null
  const points = added.flatMap((ms, place) => {
    const level = isNear ? only : entry.levels.find(({ roundTripMs }) => roundTripMs === ms)
    const row = level && rungAt(level, rate)
    return row ? [[place, row.p50Us] as const] : []
  })
  const data = points.map(([place, p50]) => ({
    name: said(entry.scheme, `p50 with ${added[place]} ms to Redis added`, converted(p50, 'ms', toMs), 'ms'),
    value: [place, toMs(p50.value)],
  }))
  const line = schemeLine(entry.scheme, data, {
    clip: false,
    symbol: isNear ? 'none' : symbol,
    // Both ends alone: a line between them would be drawn through distances that were not measured.
    lineStyle: { ...(isNear ? NEAR : FAR), opacity: entry.oneByOne ? 0 : 1 },
    itemStyle: entry.oneByOne ? hollow(color) : { color },
    ...endLabel(color, labelOf(entry)),
  })
  return isNear ? [line] : [line, { ...verticalWhiskers(points, toMs), clip: false }]
}

const NEAR = { width: 1.5, type: 'dotted' } as const
const FAR = { width: 2.5 } as const

function labelOf(entry: Entry): string {
  const trips = roundTripsIn(entry)
  return `${lineLabel(entry)}: ${trips === null ? 'no Redis' : tripsText(trips)}`
}

/** The chart's finding: how many round trips each scheme waits for. */
function titleOf(distance: Summary['distance']): string {
  const groups = new Map<string, string[]>()
  for (const entry of distance) {
    const trips = roundTripsIn(entry)
    if (trips && !entry.oneByOne) groups.set(trips, [...(groups.get(trips) ?? []), entry.scheme])
  }
  if (groups.size === 0) return 'Response time against the distance to Redis'
  const told = [...groups].map(([trips, schemes]) => `${trips} (${list(schemes)})`)
  return `Round trips to Redis that a read waits for: ${told.join(', ')}`
}
