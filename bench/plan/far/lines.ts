/** The lines of `far-scale`: measured, carried further, its interval, and the places where either ends. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import { CROSS, endLabel, schemeLine } from '../../words/charts/marks.ts'
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

/** @param to the right end of the scale; contention is drawn where replicas are */
export function linesOf({ entry: { scheme }, known }: Known, to: number, isOfReplicas: boolean) {
  const { color, symbol } = lookOf(scheme)
  const measured = known.filter(({ sizes }) => sizes.rests === 'measured')
  const beyond = known.slice(Math.max(0, measured.length - 1))
  const last = known.at(-1)
  const isCut = last !== undefined && last.sizes.rps < to
  const line = (part: Known['known'], more: LineSeriesOption) =>
    schemeLine(
      scheme,
      part.map(({ sizes, range }) => [sizes.rps, range.value]),
      { symbol: 'none', ...more },
    )
  const end = isCut ? `${scheme}:\nnot known further` : `${scheme} ${last ? count(last.range.value) : ''}`
  return [
    ribbon(known, color),
    line(measured, { lineStyle: { width: 3.5 }, z: 4 }),
    line(beyond, {
      lineStyle: { width: 1.75, type: 'dashed' },
      z: 3,
      ...endLabel(color, end, { fontSize: 11, distance: isCut ? 10 : 6 }),
    }),
    // The place where the evidence ends, and that where nothing is known any more.
    line(measured.slice(-1), { symbol, symbolSize: 10, z: 6 }),
    line(isCut ? [last] : [], { symbol: CROSS, symbolSize: 9, z: 6 }),
    schemeLine(scheme, isOfReplicas ? contended(known) : [], {
      symbol: 'none',
      lineStyle: { type: 'dotted' },
    }),
  ]
}

/** What the contention that was found would make of it, up to where no number of replicas is enough. */
function contended(known: Known['known']): [number, number][] {
  return known.flatMap(({ sizes }) => (sizes.contended === null ? [] : [[sizes.rps, sizes.contended]]))
}

/** The interval along a line. */
function ribbon(known: Known['known'], color: string): CustomSeriesOption {
  return {
    type: 'custom',
    silent: true,
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
