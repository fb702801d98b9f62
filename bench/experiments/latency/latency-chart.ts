/** p50 and p99 against the arrival rate, on two logarithmic scales: two schemes over one another, of more a small panel each. */

import type { LineSeriesOption } from 'echarts'
import { CONTROL } from '../../figures/records.ts'
import type { Estimate, Run, Slo } from '../../record/types.ts'
import { neverFalling } from '../../stats/regression.ts'
import { provenance } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { dots, endLabel, rule, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { inPanel, type Panel, smallMultiples, text } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, responseTime } from '../../words/format.ts'
import { arrivalsOf } from './capacity-chart.ts'
import type { Summary } from './schema.ts'
import { boundText, capacityText, commonRates, limitText, rungAt } from './tables.ts'

type Entry = Summary['latency'][number]

const area = { left: 62, right: 20, top: 145, bottom: 52, gapX: 16, gapY: 66, sharedScale: true } as const

/** Below this the sender's timers are no finer; such values are drawn on the line. */
const FLOOR_MS = 1

/** Null where the run has no ladder with an accepted rung. */
export function latencyChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.latency.filter(({ rungs }) => rungs.length > 0)
  if (!run.rules || entries.length === 0) return null
  const rungs = entries.flatMap((entry) => entry.rungs)
  const p99s = rungs.map(({ p99Us }) => p99Us)
  const rates = rungs.map(({ arrivalsPerSec }) => arrivalsPerSec)
  const slowest = Math.max(run.rules.slo.limitMs, ...p99s.map(({ value }) => value / 1e3))
  const scale = { from: Math.min(...rates) / 1.25, to: Math.max(...rates) * 1.25, top: nextDecade(slowest) }
  const { slo } = run.rules
  const subtitle = [
    provenance(run, p99s, 'all windows'),
    `open loop, ${arrivalsOf(run)} · ${boundText(slo)}: dashed · capacity: upright line · knee: dotted line`,
    `thick: p99 · thin: p50 · values below 1 ms are drawn at 1 ms · ${BEYOND}`,
  ]
  if (entries.length <= OVERLAID) {
    const option = inPanel(room, overlaid(entries, slo, scale))
    return drawing(titleOf(summary), subtitle, option)
  }
  const { option, height } = smallMultiples(entries, area, (entry) => panel(entry, slo, scale), [
    text('arrivals per second', { left: 'center', bottom: 10 }),
    text('ms', { left: 36, top: area.top - 22 }),
  ])
  return drawing(titleOf(summary), subtitle, option, height)
}

/** So many schemes can be told apart over one another. */
const OVERLAID = 2
const room = { left: 62, right: 170, top: 130, bottom: 56 }
const BEYOND = 'lines end at the capacity, dots lie beyond'

const nextDecade = (value: number) => 10 ** Math.ceil(Math.log10(value))

/** Ends of every panel's scales: panels must be comparable by eye. */
type Ends = Readonly<Record<'from' | 'to' | 'top', number>>

function panel(entry: Entry, slo: Slo, scale: Ends): Panel {
  const note = entry.capacityPerSec
    ? `capacity ${capacityText(entry, ({ value }) => figure(value))}/s`
    : limitText(entry)
  return {
    title: { text: entry.scheme, color: lookOf(entry.scheme).color, fontSize: 12.5, above: 36, note },
    x: { type: 'log', min: scale.from, max: scale.to, ticks: rateTicks(scale) },
    y: { type: 'log', min: FLOOR_MS, max: scale.top },
    series: seriesOf(entry, slo, scale),
  }
}

/** Powers of ten first, then what is far enough from them for its label to fit. */
function rateTicks({ from, to }: Ends): number[] {
  const powers = [1, 2, 3, 4, 5, 6].map((power) => 10 ** power)
  const candidates = [1, 2, 5].flatMap((factor) => powers.map((power) => factor * power))
  const chosen: number[] = []
  for (const rate of candidates.filter((one) => one >= from && one <= to / 1.1)) {
    if (chosen.every((one) => Math.abs(Math.log(one / rate)) >= Math.log(4))) chosen.push(rate)
  }
  return chosen
}

const limitLine = ({ limitMs }: Slo, { from, to }: Ends) =>
  rule(
    [from, to].map((rate) => [rate, limitMs]),
    { color: ink.text, type: 'dashed', width: 1 },
  )

const uprightAt = (rate: number, { top }: Ends) => [FLOOR_MS, top].map((ms) => [rate, ms])

function seriesOf(entry: Entry, slo: Slo, scale: Ends): Panel['series'] {
  const { kneePerSec, capacityPerSec } = entry
  return [
    limitLine(slo, scale),
    ...(kneePerSec
      ? [rule(uprightAt(kneePerSec, scale), { color: ink.muted, type: 'dotted', width: 1.5 })]
      : []),
    ...(capacityPerSec ? [rule(uprightAt(capacityPerSec.value, scale), { color: ink.text, width: 1 })] : []),
    ...linesOf(entry),
  ]
}

/** Two over one another: the shape of each says which of them bends first. */
function overlaid(entries: readonly Entry[], slo: Slo, scale: Ends): Panel {
  return {
    x: {
      ...{ type: 'log', name: 'arrivals per second', min: scale.from, max: scale.to },
      ticks: rateTicks(scale),
    },
    y: { type: 'log', name: 'ms', min: FLOOR_MS, max: scale.top },
    series: [
      limitLine(slo, scale),
      ...entries.flatMap((entry): Panel['series'] => {
        const { scheme, capacityPerSec, kneePerSec } = entry
        const { color } = lookOf(scheme)
        const said = capacityPerSec
          ? `${scheme}: ${capacityText(entry, ({ value }) => figure(value))}/s`
          : `${scheme}: ${limitText(entry)}`
        return [
          ...(capacityPerSec ? [rule(uprightAt(capacityPerSec.value, scale), { color, width: 1 })] : []),
          ...(kneePerSec ? [rule(uprightAt(kneePerSec, scale), { color, type: 'dotted', width: 1.5 })] : []),
          ...linesOf(entry, endLabel(color, said, { fontSize: 11, fontWeight: 'normal' })),
        ]
      }),
    ],
  }
}

const inMilliseconds = (us: Estimate): Estimate => ({
  ...us,
  ...{ value: us.value / 1e3, lo: us.lo / 1e3, hi: us.hi / 1e3 },
})

/**
 * Up to the capacity lines that never fall, since a queue never gets shorter by more arrivals; beyond it, where each window came out as
 * its queue did, dots alone.
 *
 * @param name of the scheme beside its p99
 */
function linesOf({ scheme, rungs, capacityPerSec }: Entry, name: LineSeriesOption = {}): Panel['series'] {
  const toMs = (us: number) => Math.max(FLOOR_MS, us / 1e3)
  const isBelow = ({ arrivalsPerSec }: Entry['rungs'][number]) =>
    arrivalsPerSec <= (capacityPerSec?.value ?? Number.POSITIVE_INFINITY)
  const [below, beyond] = [rungs.filter(isBelow), rungs.filter((rung) => !isBelow(rung))]
  const rising = (of: 'p50Us' | 'p99Us') => {
    const smooth = neverFalling(below.map((rung) => Math.log(toMs(rung[of].value))))
    return below.map(({ arrivalsPerSec }, i) => [arrivalsPerSec, Math.exp(smooth[i] ?? 0)])
  }
  const p99Of = (some: Entry['rungs']) =>
    some.map(({ arrivalsPerSec, p99Us }) => ({
      name: said(scheme, `p99 at ${figure(arrivalsPerSec)}/s`, inMilliseconds(p99Us), 'ms'),
      value: [arrivalsPerSec, toMs(p99Us.value)],
    }))
  const { color, symbol } = lookOf(scheme)
  const own = { symbol, itemStyle: { color } }
  return [
    schemeLine(scheme, rising('p50Us'), { symbol: 'none', lineStyle: { width: 1.2 } }),
    schemeLine(scheme, rising('p99Us'), { symbol: 'none', lineStyle: { width: 2.2 }, ...name }),
    dots(p99Of(below), { ...own, symbolSize: 6 }),
    dots(p99Of(beyond), { ...own, symbolSize: 5, itemStyle: { color, opacity: 0.5 } }),
    verticalWhiskers(
      below.map(({ arrivalsPerSec, p99Us }) => [arrivalsPerSec, p99Us]),
      toMs,
    ),
  ]
}

/** The chart's finding: how far p99 lies apart at the highest rate that all schemes took. */
function titleOf(summary: Summary): string {
  const rate = commonRates(summary).at(-1)
  const known = summary.latency.flatMap((entry) => {
    const rung = rate === undefined ? undefined : rungAt(entry, rate)
    return rung && entry.scheme !== CONTROL ? [{ scheme: entry.scheme, value: rung.p99Us.value }] : []
  })
  if (rate === undefined || known.length < 2) return 'Response time against the arrival rate'
  return `At ${figure(rate)} requests/s p99 is ${leastToMost(known, ({ value }) => `${responseTime(value)} ms`)}`
}
