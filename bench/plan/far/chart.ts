/** Replicas and Redis primaries against loads far beyond the measured ones: a line a scheme, and where its evidence ends. */

import type { LineSeriesOption } from 'echarts'
import type { MeasuredSummary } from '../../experiments/reports.ts'
import type { Run } from '../../record/types.ts'
import { provenance } from '../../words/charts/axes.ts'
import { ink } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { list, percent, short } from '../../words/format.ts'
import type { Range } from '../range.ts'
import { count } from '../text.ts'
import { type FarSizes, sizesAt } from './far.ts'
import { linesOf } from './lines.ts'
import type { FarScale } from './schema.ts'
import { atSite, notShown, shown, type Told } from './summary.ts'

interface Panel {
  name: string
  left: number
  of: (sizes: FarSizes) => Range | null
}

const panels: readonly Panel[] = [
  { name: 'replicas of one core', left: 50, of: ({ replicas }) => replicas },
  // Nothing to draw for schemes without Redis: a logarithm of zero.
  {
    name: 'Redis primaries',
    left: 496,
    of: ({ redisPrimaries }) => (redisPrimaries?.value ? redisPrimaries : null),
  },
]

const BOX = { width: 244, top: 166, bottom: 56 } as const
const POINTS_A_DECADE = 32
/** The left end of the scale: a thousand users, were they to ask once in 20 s. */
const FROM = 50

/** Null where no scheme can be carried anywhere. */
export function farScaleChart(
  run: Run,
  { farScale, latency }: Pick<MeasuredSummary, 'latency'> & { farScale: FarScale | null },
): Drawing | null {
  const schemes = farScale ? shown(farScale) : []
  if (!farScale || schemes.length === 0) return null
  const capacities = latency.map(({ capacityPerSec }) => capacityPerSec)
  const to = farScale.siteUsers / farScale.assumptions.secPerRequest
  const lines = schemes.map((entry) => ({ entry, points: gridFor(entry, to).map(sizesOf(entry, farScale)) }))
  const top = 2 * Math.max(...lines.flatMap(({ points }) => points.map(({ replicas }) => replicas.hi)))
  const drawn = panels.map((panel, index) => draw(panel, index, lines, { farScale, to, top }))
  return drawing(
    {
      title: finding(farScale, schemes),
      subtitle: `${legend(farScale, schemes)}\n${provenance(run, capacities)}`,
    },
    {
      grid: drawn.map(({ grid }) => grid),
      xAxis: drawn.flatMap(({ xAxis }) => xAxis),
      yAxis: drawn.map(({ yAxis }) => yAxis),
      series: drawn.flatMap(({ series }) => series),
      graphic: drawn.flatMap(({ texts }) => texts),
    },
  )
}

interface Line {
  entry: Told
  points: FarSizes[]
}

interface Scale {
  farScale: FarScale
  to: number
  top: number
}

const sizesOf =
  ({ law }: Told, { assumptions }: FarScale) =>
  (rps: number) =>
    sizesAt(law, rps, assumptions)

/** Evenly on the scale, with the loads at which a line changes. */
function gridFor({ law }: Told, to: number): number[] {
  const steps = Math.ceil(Math.log10(to / FROM) * POINTS_A_DECADE)
  const even = Array.from({ length: steps + 1 }, (_, step) => FROM * (to / FROM) ** (step / steps))
  const ends = [law.measuredToPerSec, law.redis?.knownToPerSec ?? FROM].filter((rps) => rps < to)
  return [...even, ...ends].sort((a, b) => a - b)
}

function draw(panel: Panel, index: number, lines: readonly Line[], { farScale, to, top }: Scale) {
  const { secPerRequest } = farScale.assumptions
  const axis = { gridIndex: index, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.muted } } }
  const label = { color: ink.muted, fontSize: 11, formatter: short }
  const decades = [...Array(9)].map((_, power) => 10 ** power)
  const along = (name: string, factor: number, position: 'bottom' | 'top') => ({
    ...axis,
    type: 'log' as const,
    position,
    name,
    nameLocation: 'middle' as const,
    nameGap: position === 'top' ? 24 : 30,
    nameTextStyle: { color: ink.muted, fontSize: 12 },
    min: FROM * factor,
    max: to * factor,
    splitLine: { show: false },
    axisLabel: {
      ...label,
      customValues: decades.filter((value) => value >= FROM * factor && value <= to * factor),
    },
  })
  const own = lines.flatMap(({ entry, points }) => {
    const known = points.flatMap((sizes) => {
      const range = panel.of(sizes)
      return range ? [{ sizes, range }] : []
    })
    return known.length > 0 ? [{ entry, known }] : []
  })
  return {
    grid: { left: panel.left, ...BOX },
    xAxis: [
      along('requests/s', 1, 'bottom'),
      along(`logged-in users, a request in ${secPerRequest} s each`, secPerRequest, 'top'),
    ],
    yAxis: {
      ...axis,
      type: 'log' as const,
      min: 0.7,
      max: top,
      splitLine: { lineStyle: { color: ink.line } },
      axisLabel: { ...label, customValues: decades.filter((value) => value <= top) },
    },
    series: [
      ...own.flatMap((line) => linesOf(line, { index, to, isOfReplicas: index === 0 })),
      assumed(lines, index, to),
    ],
    texts: [heading(panel), ...absent(panel, lines, own)],
  }
}

const heading = ({ name, left }: Panel) => ({
  type: 'text' as const,
  left,
  top: BOX.top - 62,
  style: { text: name, fill: ink.text, fontSize: 13, fontWeight: 'bold' as const },
})

/** Shades the loads at which no scheme has evidence any more. */
function assumed(lines: readonly Line[], index: number, to: number): LineSeriesOption {
  const from = Math.max(...lines.map(({ entry }) => entry.law.lawToPerSec))
  return {
    type: 'line',
    xAxisIndex: 2 * index,
    yAxisIndex: index,
    silent: true,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: ink.line, opacity: 0.4 },
      label: { position: 'insideTop', color: ink.muted, fontSize: 11, formatter: 'on assumptions' },
      data: from < to ? [[{ xAxis: from }, { xAxis: to }]] : [],
    },
  }
}

/** Names the schemes that need nothing of a panel's tier. */
function absent({ left }: Panel, all: readonly Line[], own: readonly { entry: Told }[]) {
  const names = all
    .filter(({ entry }) => !own.some((one) => one.entry === entry))
    .map(({ entry }) => entry.scheme)
  return names.length === 0
    ? []
    : [
        {
          type: 'text' as const,
          z: 10,
          left: left + 12,
          top: BOX.top + 10,
          // Over the lines of the grid, which would cross the names out.
          style: {
            text: ['none at all:', ...names].join('\n'),
            fill: ink.muted,
            fontSize: 12,
            lineHeight: 16,
            backgroundColor: ink.background,
          },
        },
      ]
}

/** The chart's finding: what the site of the report would take. */
function finding(farScale: FarScale, schemes: readonly Told[]): string {
  const found = schemes.flatMap((entry) => {
    const sizes = atSite(entry, farScale)
    return sizes ? [{ scheme: entry.scheme, ...sizes }] : []
  })
  const byReplicas = found.toSorted((a, b) => a.replicas.value - b.replicas.value)
  const [least, most] = [byReplicas[0], byReplicas.at(-1)]
  const name = `${short(farScale.siteUsers)} users`
  if (!least || !most) return `What ${name} would take`
  const of = ({ replicas, scheme }: typeof least) => `${count(replicas.value)} (${scheme})`
  const range = least === most ? of(least) : `${of(least)} to ${of(most)}`
  const redis = found.toSorted((a, b) => primaries(b) - primaries(a))[0]
  const also =
    redis && primaries(redis) > 0 ? `, and ${redis.scheme} ${count(primaries(redis))} Redis primaries` : ''
  const free = schemes.some(isContended) ? ' without contention' : ''
  return `${name} would take ${range} replicas${free}${also}`
}

const isContended = ({ law }: Told) => law.contention.found === 'some'
const primaries = ({ redisPrimaries }: FarSizes) => redisPrimaries?.value ?? 0

function legend(farScale: FarScale, schemes: readonly Told[]): string {
  const { headroom, p99Ms } = farScale.assumptions
  const missing = notShown(farScale)
  const contended = schemes.some(isContended)
  return [
    'extrapolated, not measured: thick up to the symbol is measured, dashed is the demand law and assumptions · band: interval',
    `p99 ≤ ${p99Ms} ms, ${percent(headroom)} of every core free${contended ? ' · dotted: with the contention that was found' : ''}${missing.length > 0 ? ` · too little is known of ${list(missing)}` : ''}`,
  ].join('\n')
}
