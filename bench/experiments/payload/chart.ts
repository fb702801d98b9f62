/** CPU and bytes of a request against the size of the remembered state: a line a scheme, to where it refuses. */
import type { Estimate, Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { armsOf, niceTop, provenance } from '../../words/charts/axes.ts'
import { CROSS, endLabel, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { type Panel, smallMultiples } from '../../words/charts/panels.ts'
import { legend } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { exact, figure } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { brokenAt, type Limit } from './section.ts'
import { stateBytesOf } from './summary.ts'

type SummaryArm = Summary['arms'][number]

const sides = [
  { name: 'CPU µs a request, all tiers', of: cpu, y: 'value' },
  { name: 'bytes a request, sent and received', of: bytes, y: 'log' },
] as const

const area = { left: 62, right: 28, top: 166, bottom: 62, gapX: 90 }

function cpu({ metrics }: SummaryArm): Estimate | undefined {
  return metrics['cpuUsPerRequest.total']
}

/** The sum of two medians; both hardly vary. */
function bytes({ metrics }: SummaryArm): Estimate | undefined {
  const { bytesSentPerRequest: sent, bytesReceivedPerRequest: received } = metrics
  if (!sent || !received) return undefined
  const sum = (end: 'value' | 'lo' | 'hi') => sent[end] + received[end]
  return { ...sent, value: sum('value'), lo: sum('lo'), hi: sum('hi') }
}

/** Null where fewer than two sizes were measured. */
export function payloadChart(run: Run, summary: Summary): Drawing | null {
  const lines = summary.payload.map(({ scheme }) => lineOf(scheme, summary))
  const all = lines.flatMap(({ points }) => points)
  const sizes = rising(all.map((point) => point.bytes))
  const [smallest, largest] = [sizes[0], sizes.at(-1)]
  if (smallest === undefined || largest === undefined || smallest === largest) return null
  const x: Panel['x'] = {
    type: 'log',
    name: 'bytes of state a user',
    min: smallest,
    max: largest * 1.15,
    ticks: [100, 300, 1_000, 3_000, 10_000, 30_000],
  }
  const estimates = all.filter(({ entry }) => !entry.arm.largestState).map(({ entry }) => cpu(entry))
  const note = '✕: the largest state that the scheme takes; the others met no limit · logarithmic but for CPU'
  const { option } = smallMultiples(sides, area, (side) => panel(side, lines, x))
  const names = { data: lines.map(({ scheme }) => scheme), left: 58, top: 84, width: 820 }
  return drawing(titleOf(summary), [provenance(run, estimates), note], {
    ...option,
    legend: legend({ ...names, itemWidth: 26, itemGap: 18 }),
  })
}

interface Line {
  scheme: string
  /** By rising size. */
  points: { bytes: number; entry: SummaryArm }[]
  limit: Limit | undefined
}

function lineOf(scheme: string, summary: Summary): Line {
  const limit = brokenAt(summary).get(scheme)
  const points = armsOf(summary, 'payload').flatMap((entry) => {
    const size = stateBytesOf(entry, summary)
    // Where nothing was refused, the largest is no end that was found, only the most that was tried.
    const shown = limit !== undefined || !entry.arm.largestState
    const own = entry.arm.scheme === scheme && !entry.arm.twin
    return own && shown && size !== undefined ? [{ bytes: size, entry }] : []
  })
  return { scheme, points: points.sort((a, b) => a.bytes - b.bytes), limit }
}

type Side = (typeof sides)[number]

function panel(side: Side, lines: readonly Line[], x: Panel['x']): Panel {
  const values = lines.flatMap(({ points }) => points.flatMap(({ entry }) => side.of(entry)?.value ?? []))
  return {
    title: { text: side.name, above: 28 },
    x,
    y: {
      type: side.y,
      min: side.y === 'log' ? 10 ** Math.floor(Math.log10(Math.min(...values))) : 0,
      max: niceTop(Math.max(...values)),
    },
    series: lines.flatMap((line) => seriesOf(line, side)),
  }
}

function seriesOf({ scheme, points, limit }: Line, side: Side) {
  const data = points.flatMap(({ bytes: size, entry }) => {
    const found = side.of(entry)
    if (!found) return []
    const name = said(scheme, `${exact(size)} bytes of state`, found, side.name)
    return [{ name, value: [size, found.value], ...(entry.arm.largestState && END) }]
  })
  const sized = points.filter(({ entry }) => !entry.arm.largestState)
  const label = limit && endLabel(lookOf(scheme).color, exact(limit.acceptedBytes), { ...PLAIN, distance: 6 })
  return [
    schemeLine(scheme, data, { name: scheme, symbolSize: 7, ...label }),
    verticalWhiskers(sized.map(({ bytes: size, entry }) => [size, side.of(entry)])),
  ]
}

const END = { symbol: CROSS, symbolSize: 11 }
const PLAIN = { fontSize: 11, fontWeight: 'normal' } as const

/** The chart's finding: where the first scheme refuses, and what state costs where it travels least. */
function titleOf(summary: Summary): string {
  const [first, ...others] = [...brokenAt(summary)]
  if (first) {
    const [scheme, { acceptedBytes }] = first
    const rest = others.map(([other, limit]) => `, ${other} ${exact(limit.acceptedBytes)}`)
    return `${scheme} refuses more than ${exact(acceptedBytes)} bytes of state a user${rest.join('')}`
  }
  const dearest = summary.payload
    .flatMap(({ scheme, perKb }) => (perKb.servingCpuUs ? [{ scheme, us: perKb.servingCpuUs.value }] : []))
    .sort((a, b) => b.us - a.us)[0]
  return dearest
    ? `Each KB of state adds up to ${figure(dearest.us)} µs to a request (${dearest.scheme})`
    : 'CPU and bytes of a request against the size of the state'
}
