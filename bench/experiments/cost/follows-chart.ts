/** The same taxes against the arrival rate and against the busy share: on one of the two they fall on one line. */
import type { LineSeriesOption } from 'echarts'
import type { Follows } from '../../figures/curve-schema.ts'
import { type Followed, followedBy } from '../../figures/follows.ts'
import type { Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { source, tick } from '../../words/charts/axes.ts'
import { endLabel, hollow, OF_SCHEME, schemeLine } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { smallMultiples } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, percent } from '../../words/format.ts'
import { THE_TWO } from '../roles.ts'
import { handlerText } from './curves-section.ts'
import { either, FOLLOWED, rankOf } from './follows.ts'
import type { Summary } from './schema.ts'

type By = 'rate' | 'busy'

const AXES: Readonly<Record<By, { name: string; format: (value: number) => string; ticks: number[] }>> = {
  rate: {
    name: 'arrivals a second on one replica',
    format: tick,
    ticks: [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000],
  },
  busy: {
    name: 'busy share of a replica without auth',
    format: (share) => percent(share),
    ticks: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  },
}
/** Beside the outermost points. */
const ROOM = 1.25

/** Null where what the tax follows was not asked of the run. */
export function followsChart(run: Run, { costCurves: { curves, follows } }: Summary): Drawing | null {
  const schemes = followedBy(curves).filter(({ scheme }) => THE_TWO.some((one) => one === scheme))
  const all = schemes.flatMap(({ points }) => points)
  if (!follows || all.length === 0) return null
  const handlers = rising(all.map(({ handlerUs }) => handlerUs))
  const top = 100 * Math.ceil(Math.max(...all.map(({ taxUs }) => taxUs)) / 100)
  const area = { left: 56, right: 130, top: 146, bottom: 56, gapX: 140 }
  const { option, height } = smallMultiples(['rate', 'busy'] as const, area, (by) => {
    const { name, format, ticks } = AXES[by]
    const along = all.map((point) => point[by])
    const [min, max] = [Math.min(...along) / ROOM, Math.max(...along) * ROOM]
    const shown = ticks.filter((one) => one >= min && one <= max)
    return {
      title: {
        text: `µs added, against ${FOLLOWED[by]}`,
        above: 42,
        fontSize: 12.5,
        note: missText(follows, by),
      },
      x: { type: 'log', name, min, max, ticks: shown, format },
      y: { min: 0, max: top },
      series: schemes.flatMap(({ scheme, points }) => {
        const last = points.toSorted((a, b) => a[by] - b[by]).at(-1)?.handlerUs
        return handlers.flatMap((handlerUs, place) => {
          const own = points.filter((point) => point.handlerUs === handlerUs)
          const fill = place / Math.max(1, handlers.length - 1)
          return lineOf(scheme, own, { by, fill, isNamed: handlerUs === last })
        })
      }),
    }
  })
  const marks = [
    `hollow: ${handlerText(handlers[0] ?? 0)}`,
    handlers.length > 2 && 'the fuller, the more of it',
    `filled: ${handlerText(handlers.at(-1) ?? 0)}`,
  ]
  const subtitle = [
    source(run, 'trimmed means of turns'),
    `the same points twice · ${marks.filter(Boolean).join(' · ')}`,
    'where hollow and filled marks of a scheme lie on one line, that axis is what its tax follows',
  ]
  return drawing(titleOf(follows), subtitle, option, height)
}

/** @param fill of its marks, from 0, the least handler work, to 1, the most */
function lineOf(
  scheme: string,
  points: readonly Followed[],
  { by, fill, isNamed }: { by: By; fill: number; isNamed: boolean },
): LineSeriesOption[] {
  if (points.length === 0) return []
  const { color } = lookOf(scheme)
  const itemStyle =
    fill === 0 ? hollow(color) : { color: paler(color, fill), borderColor: color, borderWidth: 2 }
  const data = points
    .toSorted((a, b) => a[by] - b[by])
    .map((point) => ({
      name: `${scheme}${OF_SCHEME}${tick(point.rate)}/s, ${percent(point.busy)} busy: ${figure(point.taxUs)} µs added`,
      value: [point[by], point.taxUs],
    }))
  const name = endLabel(color, scheme, { fontSize: 11, fontWeight: 'normal' })
  const lineStyle = { width: 1.5, type: fill < 1 ? ('dashed' as const) : ('solid' as const) }
  return [schemeLine(scheme, data, { itemStyle, lineStyle, clip: false, ...(isNamed && name) })]
}

/** Six hexadecimal digits on white. @param share of the colour that is left */
function paler(color: string, share: number): string {
  const parts = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
  const mixed = parts.map((part) => Math.round(255 - share * (255 - part)))
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

function missText({ candidates }: Follows, by: By): string {
  const found = candidates.find((one) => one.by === by)
  return found ? `all schemes: a line misses a point by ${percent(found.missShare)}` : ''
}

/** The chart's finding. */
function titleOf(follows: Follows): string {
  const rank = rankOf(follows)
  if (!rank || rank.worse.length === 0) return 'What auth adds: what it follows could not be told'
  return `What auth adds to a request follows ${either(rank.like)}, not ${either(rank.worse)}`
}
