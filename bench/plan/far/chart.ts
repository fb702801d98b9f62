/** Replicas and Redis primaries against loads far beyond the measured ones: a line a scheme, and where its evidence ends. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import type { MeasuredSummary } from '../../experiments/reports.ts'
import type { Run } from '../../record/types.ts'
import { provenance } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { CROSS, endLabel, schemeLine, shade } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Panel, smallMultiples } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { list, percent, short } from '../../words/format.ts'
import type { Range } from '../range.ts'
import { count } from '../text.ts'
import { type FarSizes, sizesAt } from './far.ts'
import type { FarScale } from './schema.ts'
import { atSite, notShown, shown, type Told } from './summary.ts'

interface Tier {
  name: string
  of: (sizes: FarSizes) => Range | null
}

const replicas: Tier = { name: 'replicas of one core', of: ({ replicas }) => replicas }
// Nothing to draw for schemes without Redis: a logarithm of zero.
const primaries: Tier = {
  name: 'Redis primaries',
  of: ({ redisPrimaries }) => (redisPrimaries?.value ? redisPrimaries : null),
}

const area = { left: 50, right: 160, top: 166, bottom: 56, gapX: 202 }
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
  const lines = schemes.map((entry) => ({
    entry,
    points: gridFor(entry, to).map((rps) => sizesAt(entry.law, rps, farScale.assumptions)),
  }))
  const top = 2 * Math.max(...lines.flatMap(({ points }) => points.map(({ replicas }) => replicas.hi)))
  const { option } = smallMultiples([replicas, primaries], area, (tier) =>
    panel(tier, lines, { farScale, to, top }),
  )
  const told = [...legend(farScale, schemes), provenance(run, capacities)]
  return drawing(titleOf(farScale, schemes), told, option)
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

/** Evenly on the scale, with the loads at which a line changes. */
function gridFor({ law }: Told, to: number): number[] {
  const steps = Math.ceil(Math.log10(to / FROM) * POINTS_A_DECADE)
  const even = Array.from({ length: steps + 1 }, (_, step) => FROM * (to / FROM) ** (step / steps))
  const ends = [law.measuredToPerSec, law.redis?.knownToPerSec ?? FROM].filter((rps) => rps < to)
  return [...even, ...ends].sort((a, b) => a - b)
}

const DECADES = [...Array(9)].map((_, power) => 10 ** power)

function panel(tier: Tier, lines: readonly Line[], { farScale, to, top }: Scale): Panel {
  const { secPerRequest } = farScale.assumptions
  const along = (name: string, factor: number) => {
    const [min, max] = [FROM * factor, to * factor]
    const ticks = DECADES.filter((value) => value >= min && value <= max)
    return { type: 'log', name, min, max, ticks, format: short } as const
  }
  const own = lines.flatMap(({ entry, points }) => {
    const known = points.flatMap((sizes) => {
      const range = tier.of(sizes)
      return range ? [{ sizes, range }] : []
    })
    return known.length > 0 ? [{ entry, known }] : []
  })
  const users = along(`logged-in users, a request in ${secPerRequest} s each`, secPerRequest)
  return {
    title: { text: tier.name, above: 62 },
    x: [
      { ...along('requests/s', 1), position: 'bottom' },
      { ...users, position: 'top', nameGap: 24 },
    ],
    y: { type: 'log', min: 0.7, max: top, ticks: DECADES.filter((value) => value <= top), format: short },
    series: [...own.flatMap((line) => linesOf(line, to, tier === replicas)), assumed(lines, to)],
    notes: absent(lines, own),
  }
}

/** A scheme in a panel: what is known of it there, by rising load. */
interface Known {
  entry: Told
  known: { sizes: FarSizes; range: Range }[]
}

/** @param to the right end of the scale; contention is drawn where replicas are */
function linesOf({ entry: { scheme }, known }: Known, to: number, isOfReplicas: boolean) {
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

/** Shades the loads at which no scheme has evidence any more. */
function assumed(lines: readonly Line[], to: number) {
  const from = Math.max(...lines.map(({ entry }) => entry.law.lawToPerSec))
  const label = { position: 'insideTop', color: ink.muted, fontSize: 11, formatter: 'on assumptions' }
  const area = from < to ? shade(from, to, { color: ink.line, opacity: 0.4 }, label) : {}
  return { type: 'line' as const, data: [], ...area }
}

/** Names the schemes that need nothing of a panel's tier. */
function absent(all: readonly Line[], own: readonly Known[]) {
  const lacking = all.filter(({ entry }) => !own.some((one) => one.entry === entry))
  const text = ['none at all:', ...lacking.map(({ entry }) => entry.scheme)].join('\n')
  // Over the lines of the grid, which would cross the names out.
  const style = { lineHeight: 16, backgroundColor: ink.background }
  return lacking.length === 0 ? [] : [{ text, left: 12, top: 10, z: 10, style }]
}

/** The chart's finding: what the site of the report would take. */
function titleOf(farScale: FarScale, schemes: readonly Told[]): string {
  const found = schemes.flatMap((entry) => {
    const sizes = atSite(entry, farScale)
    if (!sizes) return []
    return [{ scheme: entry.scheme, value: sizes.replicas.value, redis: sizes.redisPrimaries?.value ?? 0 }]
  })
  const name = `${short(farScale.siteUsers)} users`
  const range = leastToMost(found, ({ value }) => count(value))
  const most = found.toSorted((a, b) => b.redis - a.redis)[0]
  if (range === null || !most) return `What ${name} would take`
  const also = most.redis > 0 ? `, and ${most.scheme} ${count(most.redis)} Redis primaries` : ''
  const free = schemes.some(isContended) ? ' without contention' : ''
  return `${name} would take ${range} replicas${free}${also}`
}

const isContended = ({ law }: Told) => law.contention.found === 'some'

function legend(farScale: FarScale, schemes: readonly Told[]): string[] {
  const { headroom, p99Ms } = farScale.assumptions
  const missing = notShown(farScale)
  const contended = schemes.some(isContended)
  return [
    'extrapolated, not measured: thick up to the symbol is measured, dashed is the demand law and assumptions · band: interval',
    `p99 ≤ ${p99Ms} ms, ${percent(headroom)} of every core free${contended ? ' · dotted: with the contention that was found' : ''}${missing.length > 0 ? ` · too little is known of ${list(missing)}` : ''}`,
  ]
}
