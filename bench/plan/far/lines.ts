/** The lines of `far-scale`: measured, carried further, its interval, and the places where either ends. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import { lookOf } from '../../words/charts/palette.ts'
import type { Range } from '../range.ts'
import { count } from '../text.ts'
import type { FarSizes } from './far.ts'
import type { Told } from './summary.ts'

/** A scheme in a panel: what is known of it there, by rising load. */
export interface Known {
  entry: Told
  known: { sizes: FarSizes; range: Range }[]
}

/** @param place the panel and the right end of its scale; contention is drawn where replicas are */
export function linesOf(
  { entry, known }: Known,
  place: { index: number; to: number; isOfReplicas: boolean },
) {
  const { scheme } = entry
  const { color, symbol } = lookOf(scheme)
  const axes = { xAxisIndex: 2 * place.index, yAxisIndex: place.index, silent: true }
  const measured = known.filter(({ sizes }) => sizes.rests === 'measured')
  const beyond = known.slice(Math.max(0, measured.length - 1))
  const last = known.at(-1)
  const isCut = last !== undefined && last.sizes.rps < place.to
  const line = (part: Known['known'], more: LineSeriesOption): LineSeriesOption => ({
    ...axes,
    type: 'line',
    symbol: 'none',
    itemStyle: { color },
    data: part.map(({ sizes, range }) => [sizes.rps, range.value]),
    ...more,
  })
  return [
    { ...axes, ...ribbon(known, color) },
    line(measured, { lineStyle: { color, width: 3.5 }, z: 4 }),
    line(beyond, {
      lineStyle: { color, width: 1.75, type: 'dashed' },
      z: 3,
      endLabel: {
        show: true,
        color,
        fontSize: 11,
        fontWeight: 'bold',
        distance: isCut ? 10 : 6,
        formatter: isCut
          ? `${scheme}:\nnot known further`
          : `${scheme} ${last ? count(last.range.value) : ''}`,
      },
      labelLayout: { moveOverlap: 'shiftY' },
    }),
    // The place where the evidence ends, and that where nothing is known any more.
    line(measured.slice(-1), { symbol, symbolSize: 10, z: 6 }),
    line(isCut ? [last] : [], { symbol: CROSS, symbolSize: 9, z: 6 }),
    line([], {
      data: place.isOfReplicas ? contended(known) : [],
      lineStyle: { color, width: 2, type: 'dotted' },
    }),
  ]
}

export const CROSS = 'path://M0,2L2,0L5,3L8,0L10,2L7,5L10,8L8,10L5,7L2,10L0,8L3,5Z'

/** What the contention that was found would make of it, up to where no number of replicas is enough. */
function contended(known: Known['known']): [number, number][] {
  return known.flatMap(({ sizes }) => (sizes.contended === null ? [] : [[sizes.rps, sizes.contended]]))
}

/** The interval along a line. */
function ribbon(known: Known['known'], color: string): CustomSeriesOption {
  return {
    type: 'custom',
    clip: true,
    z: 1,
    data: [known.flatMap(({ sizes, range }) => [sizes.rps, range.lo, range.hi])],
    renderItem(_, api) {
      const at = (rps: number, amount: number) => api.coord([rps, amount])
      const outline = [
        ...known.map(({ sizes, range }) => at(sizes.rps, range.lo)),
        ...known.toReversed().map(({ sizes, range }) => at(sizes.rps, range.hi)),
      ]
      return { type: 'polygon', shape: { points: outline }, style: { fill: color, opacity: 0.16 } }
    },
  }
}
