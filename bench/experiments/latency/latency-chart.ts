/** p50 and p99 against the arrival rate: one small panel a scheme, all on the same two logarithmic scales. */

import type { LineSeriesOption, XAXisComponentOption, YAXisComponentOption } from 'echarts'
import { CONTROL } from '../../figures/records.ts'
import type { Run, Slo } from '../../record/types.ts'
import { provenance, tick, verticalWhiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { panelBox, panelsHeight } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, responseTime } from '../../words/format.ts'
import { arrivalsOf } from './capacity-chart.ts'
import type { Summary } from './schema.ts'
import { boundText, capacityText, commonRates, limitText, rungAt } from './tables.ts'

type Entry = Summary['latency'][number]

const area = { left: 62, right: 20, top: 145, bottom: 52, gapX: 16, gapY: 66 }

/** Below this the sender's timers are no finer; such values are drawn on the line. */
const FLOOR_MS = 1

/** Null where the run has no ladder with an accepted rung. */
export function latencyChart(run: Run, summary: Summary): Drawing | null {
  const entries = summary.latency.filter(({ rungs }) => rungs.length > 0)
  if (!run.rules || entries.length === 0) return null
  const rungs = entries.flatMap((entry) => entry.rungs)
  const rates = rungs.map(({ arrivalsPerSec }) => arrivalsPerSec)
  const slowest = Math.max(run.rules.slo.limitMs, ...rungs.map(({ p99Us }) => p99Us.value / 1e3))
  const scale = { from: Math.min(...rates) / 1.25, to: Math.max(...rates) * 1.25, top: nextDecade(slowest) }
  const { slo } = run.rules
  const panels = entries.map((entry, index) => panel(entry, { index, of: entries.length, slo, scale }))
  const subtitle = [
    provenance(
      run,
      rungs.map(({ p99Us }) => p99Us),
    ).replace('median of ', 'all windows of '),
    `open loop, ${arrivalsOf(run)} · ${boundText(slo)}: dashed · capacity: upright line · knee: dotted line`,
    'thick: p99 · thin: p50 · what is below 1 ms is drawn at 1 ms',
  ]
  return drawing(
    { title: finding(summary), subtitle: subtitle.join('\n') },
    {
      grid: panels.map(({ grid }) => grid),
      xAxis: panels.map(({ xAxis }) => xAxis),
      yAxis: panels.map(({ yAxis }) => yAxis),
      series: panels.flatMap(({ series }) => series),
      graphic: [
        ...panels.flatMap(({ texts }) => texts),
        caption('arrivals per second', { left: 'center', bottom: 10 }),
        caption('ms', { left: 36, top: area.top - 22 }),
      ],
    },
    panelsHeight(entries.length, area),
  )
}

const nextDecade = (value: number) => 10 ** Math.ceil(Math.log10(value))

interface Place {
  index: number
  of: number
  slo: Slo
  /** Ends of every panel's scales: panels must be comparable by eye. */
  scale: { from: number; to: number; top: number }
}

function panel(entry: Entry, place: Place) {
  const { index, of, scale } = place
  const { box, firstInRow } = panelBox(index, of, area)
  const { color } = lookOf(entry.scheme)
  const axes = { gridIndex: index, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.muted } } }
  const label = { color: ink.muted, fontSize: 11, formatter: tick }
  const xAxis: XAXisComponentOption = {
    ...axes,
    type: 'log',
    min: scale.from,
    max: scale.to,
    splitLine: { show: false },
    axisLabel: { ...label, customValues: rateTicks(scale) },
  }
  const yAxis: YAXisComponentOption = {
    ...axes,
    type: 'log',
    min: FLOOR_MS,
    max: scale.top,
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { ...label, show: firstInRow },
  }
  const name = { text: entry.scheme, fill: color, fontSize: 12.5, fontWeight: 'bold' as const }
  const capacity = entry.capacityPerSec
    ? `capacity ${capacityText(entry, ({ value }) => figure(value))}/s`
    : limitText(entry)
  const texts = [
    { type: 'text' as const, left: box.left, top: box.top - 36, style: name },
    caption(capacity, { left: box.left, top: box.top - 18 }),
  ]
  return { grid: box, xAxis, yAxis, texts, series: seriesOf(entry, place) }
}

/** Powers of ten first, then what is far enough from them for its label to fit. */
function rateTicks({ from, to }: Place['scale']): number[] {
  const powers = [1, 2, 3, 4, 5, 6].map((power) => 10 ** power)
  const candidates = [...powers, ...powers.map((ten) => 2 * ten), ...powers.map((ten) => 5 * ten)]
  const chosen: number[] = []
  for (const rate of candidates.filter((one) => one >= from && one <= to / 1.1)) {
    if (chosen.every((one) => Math.abs(Math.log(one / rate)) >= Math.log(4))) chosen.push(rate)
  }
  return chosen
}

function seriesOf(entry: Entry, { index, slo, scale }: Place): (LineSeriesOption | object)[] {
  const { color, symbol } = lookOf(entry.scheme)
  const axes = { xAxisIndex: index, yAxisIndex: index, silent: true }
  const toMs = (us: number) => Math.max(FLOOR_MS, us / 1e3)
  const rule = (data: number[][], type: 'solid' | 'dashed' | 'dotted', line: string, width: number) => ({
    ...axes,
    type: 'line' as const,
    symbol: 'none',
    lineStyle: { color: line, type, width },
    data,
  })
  const upright = (rate: number) => [
    [rate, FLOOR_MS],
    [rate, scale.top],
  ]
  const limit = [
    [scale.from, slo.limitMs],
    [scale.to, slo.limitMs],
  ]
  return [
    rule(limit, 'dashed', ink.text, 1),
    ...(entry.kneePerSec === null ? [] : [rule(upright(entry.kneePerSec), 'dotted', ink.muted, 1.5)]),
    ...(entry.capacityPerSec ? [rule(upright(entry.capacityPerSec.value), 'solid', ink.text, 1)] : []),
    rule(
      entry.rungs.map(({ arrivalsPerSec, p50Us }) => [arrivalsPerSec, toMs(p50Us.value)]),
      'solid',
      color,
      1.2,
    ),
    {
      ...rule(
        entry.rungs.map(({ arrivalsPerSec, p99Us }) => [arrivalsPerSec, toMs(p99Us.value)]),
        'solid',
        color,
        2.2,
      ),
      symbol,
      symbolSize: 6,
      itemStyle: { color },
    },
    {
      ...axes,
      ...verticalWhiskers(
        entry.rungs.map(({ arrivalsPerSec, p99Us }) => [arrivalsPerSec, p99Us]),
        toMs,
      ),
    },
  ]
}

function caption(text: string, position: object) {
  return { type: 'text' as const, ...position, style: { text, fill: ink.muted, fontSize: 12 } }
}

/** The chart's finding: how far p99 lies apart at the highest rate that all schemes took. */
function finding(summary: Summary): string {
  const rate = commonRates(summary).at(-1)
  const known = summary.latency
    .flatMap((entry) => {
      const rung = rate === undefined ? undefined : rungAt(entry, rate)
      return rung && entry.scheme !== CONTROL ? [{ scheme: entry.scheme, us: rung.p99Us.value }] : []
    })
    .sort((a, b) => a.us - b.us)
  const [fast, slow] = [known[0], known.at(-1)]
  if (rate === undefined || !fast || !slow || fast === slow) return 'Response time against the arrival rate'
  const one = ({ scheme, us }: typeof fast) => `${responseTime(us)} ms (${scheme})`
  return `At ${figure(rate)} requests/s p99 is ${one(fast)} to ${one(slow)}`
}
