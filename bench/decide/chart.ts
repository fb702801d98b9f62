/** Cores that auth takes over the load of a service: a line for each of two schemes, with what runs leave open, and the reader's load. */
import type { CustomSeriesOption, LineSeriesOption, ScatterSeriesOption } from 'echarts'
import type { Interval } from '../stats/median-interval.ts'
import { tick } from '../words/charts/axes.ts'
import { band, dots, endLabel, rule, schemeLine, upright } from '../words/charts/marks.ts'
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
  const far = isNarrow ? null : reachOf(made, load)
  const most = far ?? 2 * load.perSec
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
        seriesOf(side, {
          perSec: load.perSec,
          label: far ? 'none' : isNarrow ? 'named' : 'figure',
          isUpper: side.here.value === highestHere,
        }),
      ),
      mark(load.perSec),
      ...crossingMark(made, most),
      ...(far && made.decidesFrom ? [gap(basis, load, made.decidesFrom.value)] : []),
    ],
    notes: notesOf(made, load, (perSec) => ((width - room.left - room.right) * perSec) / most, far !== null),
  })
  return drawing(titleOf(made, isNarrow), told, option, 222 + room.top, width)
}

/** Farther to the right than so many times the reader's load, his own end of the lines could not be read. */
const FARTHEST = 10

/** Requests per second up to which the lines go so that they show where the difference is a whole core; null where that is near, far or nowhere. */
function reachOf({ decidesFrom, swap }: Decision, { perSec }: ServiceLoad): number | null {
  if (!decidesFrom || swap) return null
  const least = 1.1 * decidesFrom.value
  if (least < 2 * perSec || least > FARTHEST * perSec) return null
  return roundUp(least)
}

/** The least round number that is not below: 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8 or 10 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const steps = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]
  return power * (steps.find((step) => step * power >= value) ?? 10)
}

/** The whole core between the two lines, where they are so far apart. */
function gap(basis: Basis, load: ServiceLoad, at: number): LineSeriesOption {
  const ends = load.schemes.flatMap(
    (scheme) => sideAt(basis, { ...load, perSec: at }, scheme)?.cores.value ?? [],
  )
  return {
    ...rule(
      ends.map((end) => [at, end]),
      { color: ink.text, width: 1.5 },
    ),
    ...{ symbol: 'rect', symbolSize: [10, 1.5], itemStyle: { color: ink.text }, z: 5 },
  }
}

function notesOf(
  { sides, decidesFrom }: Decision,
  { perSec }: ServiceLoad,
  across: (perSec: number) => number,
  isFar: boolean,
) {
  const own = { text: `your load: ${figure(perSec)}/s`, left: across(perSec) + 6, top: 4 }
  if (!isFar || !decidesFrom) return [own]
  const figures = sides
    .toSorted((a, b) => b.cores.value - a.cores.value)
    .map(({ scheme, cores }, i) => ({
      text: `${scheme} ${coresFigure(cores.value)}`,
      ...{ left: own.left, top: own.top + 16 * (i + 1) },
      style: { fill: lookOf(scheme).color, fontWeight: 'bold' },
    }))
  const whole = `a core apart from ${figure(decidesFrom.value)}/s on`
  return [
    own,
    ...figures,
    { text: whole, left: across(decidesFrom.value) - 8, top: 4, style: { align: 'right' } },
  ]
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
  { perSec, label, isUpper }: { perSec: number; label: 'none' | 'named' | 'figure'; isUpper: boolean },
): (LineSeriesOption | CustomSeriesOption | ScatterSeriesOption)[] {
  const { color } = lookOf(scheme)
  const line = schemeLine(
    scheme,
    points.map(([at, { value }]) => [at, value]),
    { symbol: 'none', ...(label !== 'named' && endLabel(color, scheme)) },
  )
  const dot = dots([[perSec, here.value]], {
    itemStyle: { color },
    symbolSize: 9,
    label: {
      show: label !== 'none',
      // Out of the way of its own line.
      position: isUpper ? 'top' : 'bottom',
      offset: [(isUpper ? -1 : 1) * (label === 'named' ? 66 : 22), 0],
      distance: 7,
      formatter: label === 'named' ? `${scheme} ${coresFigure(here.value)}` : coresFigure(here.value),
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
