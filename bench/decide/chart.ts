/** Cores that auth takes over the load of a service: a line for each of two schemes, with what runs leave open, and the reader's load. */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts'
import type { Interval } from '../stats/median-interval.ts'
import { tick } from '../words/charts/axes.ts'
import { band, dots, endLabel, schemeLine, upright } from '../words/charts/marks.ts'
import { ink, lookOf } from '../words/charts/palette.ts'
import { inPanel } from '../words/charts/panels.ts'
import { type Drawing, drawing, size } from '../words/charts/svg.ts'
import { figure, short } from '../words/format.ts'
import type { Basis } from './basis.ts'
import { type Decision, decide, sideAt } from './decision.ts'
import type { ServiceLoad } from './load.ts'
import { coresFigure, endsText } from './words.ts'

const POINTS = 60

/** Pixels that a phone has. */
const PHONE_WIDTH = 420

/**
 * Null where the two were not measured beside each other.
 *
 * @param isNarrow for a phone: names stand at the dots instead of behind the lines
 */
export function decisionChart(basis: Basis, load: ServiceLoad, isNarrow = false): Drawing | null {
  const made = decide(basis, load)
  if ('missing' in made) return null
  const most = 2 * load.perSec
  const rates = Array.from({ length: POINTS }, (_, i) => (most * (i + 1)) / POINTS)
  const sides = made.sides.map(({ scheme, cores }) => ({
    scheme,
    here: cores,
    points: rates.flatMap((perSec): [number, Interval][] => {
      const side = sideAt(basis, { ...load, perSec }, scheme)
      return side ? [[perSec, side.cores]] : []
    }),
  }))
  const highestHere = Math.max(...sides.map(({ here }) => here.value))
  const highest = Math.max(...sides.flatMap(({ points }) => points.map(([, { hi }]) => hi)))
  const step = 10 ** Math.floor(Math.log10(highest)) / 2
  const top = Math.ceil((1.05 * highest) / step) * step
  const width = isNarrow ? PHONE_WIDTH : size.width
  const lines = subtitleOf(made, load, basis)
  const told = isNarrow ? lines.flat() : lines.map((line) => line.join(' · '))
  const room = {
    left: isNarrow ? 44 : 64,
    right: isNarrow ? 20 : 190,
    top: 54 + 17 * told.length,
    bottom: 50,
  }
  const option = inPanel(room, {
    x: { type: 'value', name: 'requests per second of all users together', min: 0, max: most, format: short },
    y: { min: 0, max: top, format: tick },
    series: [
      ...sides.flatMap((side) =>
        seriesOf(side, { perSec: load.perSec, isUpper: side.here.value === highestHere, isNarrow }),
      ),
      mark(load.perSec),
      ...crossingMark(made, most),
    ],
    notes: [
      {
        text: `your load: ${figure(load.perSec)}/s`,
        left: (width - room.left - room.right) / 2 + 6,
        top: 4,
      },
    ],
  })
  return drawing(titleOf(made, isNarrow), told, option, 222 + room.top, width)
}

/** What the picture shows beyond the sentence above it. */
function titleOf({ swap, decidesFrom, sides }: Decision, isNarrow: boolean): string {
  if (isNarrow) return 'Cores that auth takes, by load'
  if (swap) {
    const below = sides[swap.below].scheme
    return `Cores that auth takes: ${below} takes less below ${figure(swap.perSec.value)} requests/s, and more above`
  }
  return decidesFrom
    ? `Cores that auth takes: the two are a whole core apart from ${figure(decidesFrom.value)} requests/s on`
    : 'Cores that auth takes, the more requests the more'
}

function subtitleOf(
  { sides: [{ taxUs }], swap, place }: Decision,
  { handlerUs }: ServiceLoad,
  { machine }: Basis,
): string[][] {
  return [
    [
      `shaded: ${endsText(taxUs)}`,
      ...(swap ? ['dotted: where the two change places'] : []),
      'replica, Redis and proxy together',
    ],
    [`${figure(handlerUs)} µs of your own code`, `at most ${figure(place.perSec)}/s on a replica`, machine],
  ]
}

interface Line {
  scheme: string
  here: Interval
  points: [number, Interval][]
}

function seriesOf(
  { scheme, here, points }: Line,
  { perSec, isUpper, isNarrow }: { perSec: number; isUpper: boolean; isNarrow: boolean },
): (LineSeriesOption | CustomSeriesOption | ScatterSeriesOption)[] {
  const { color } = lookOf(scheme)
  const line = schemeLine(
    scheme,
    points.map(([at, { value }]) => [at, value]),
    { symbol: 'none', ...(!isNarrow && endLabel(color, scheme)) },
  )
  const dot = dots([[perSec, here.value]], {
    itemStyle: { color },
    symbolSize: 9,
    label: {
      show: true,
      // Out of the way of its own line.
      position: isUpper ? 'top' : 'bottom',
      offset: [(isUpper ? -1 : 1) * (isNarrow ? 66 : 22), 0],
      distance: 7,
      formatter: isNarrow ? `${scheme} ${coresFigure(here.value)}` : coresFigure(here.value),
      color,
      fontWeight: 'bold',
      backgroundColor: ink.background,
    },
  })
  return [band(points, color), line, dot]
}

function mark(perSec: number): LineSeriesOption {
  return { type: 'line', silent: true, data: [], ...upright(perSec, { color: ink.text, width: 1.25 }) }
}

function crossingMark({ swap }: Decision, most: number): LineSeriesOption[] {
  if (!swap || swap.perSec.value > most) return []
  return [{ type: 'line', silent: true, data: [], ...upright(swap.perSec.value, { type: 'dotted' }) }]
}
