/** Throughput against the number of replicas: one small panel a scheme, all on one scale. */
import type { LineSeriesOption, XAXisComponentOption, YAXisComponentOption } from 'echarts'
import type { Run, Summary } from '../../types.ts'
import { instrumentLimit } from '../comparisons.ts'
import { percent } from '../format.ts'
import { schemePlace } from '../records.ts'
import { armsOf, provenance, tick, verticalWhiskers } from './axes.ts'
import { ink, lookOf } from './palette.ts'
import { panelBox } from './panels.ts'
import { renderSvg } from './svg.ts'

type Arms = Summary['arms']

const area = { left: 62, right: 20, top: 142, bottom: 52, gapX: 16, gapY: 84 }

/** Null where the run has no experiment `replicas` with more than one number of them. */
export function replicasChart(run: Run, summary: Summary): string | null {
  const arms = armsOf(summary, 'replicas')
  const counts = [...new Set(arms.map(({ arm }) => arm.replicas))].sort((a, b) => a - b)
  if (counts.length < 2) return null
  const schemes = [...new Set(arms.map(({ arm }) => arm.scheme))].sort(
    (a, b) => schemePlace(a) - schemePlace(b),
  )
  const estimates = arms.map(({ metrics }) => metrics.throughputPerSec)
  const top = 1.08 * Math.max(...estimates.map((estimate) => estimate?.hi ?? 0))
  const panels = schemes.map((scheme, index) =>
    panel(
      scheme,
      arms.filter(({ arm }) => arm.scheme === scheme),
      { index, of: schemes.length, counts, top, scaling: summary.scaling },
    ),
  )
  return renderSvg(
    { title: finding(summary, arms), subtitle: [provenance(run, estimates), ...legend(arms)].join('\n') },
    {
      grid: panels.map(({ grid }) => grid),
      xAxis: panels.map(({ xAxis }) => xAxis),
      yAxis: panels.map(({ yAxis }) => yAxis),
      series: panels.flatMap(({ series }) => series),
      graphic: [
        ...panels.flatMap(({ texts }) => texts),
        caption('replicas', { left: 'center', bottom: 10 }),
        caption('requests per second', { left: 16, top: 84 }),
      ],
    },
  )
}

interface Place {
  index: number
  of: number
  counts: readonly number[]
  scaling: Summary['scaling']
  /** Upper end of every panel's scale: panels must be comparable by eye. */
  top: number
}

function panel(scheme: string, arms: Arms, place: Place) {
  const { index, counts, top, scaling } = place
  const { box, firstInRow } = panelBox(index, place.of, area)
  const look = lookOf(scheme)
  const axes = { gridIndex: index, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.muted } } }
  const xAxis: XAXisComponentOption = {
    ...axes,
    // Linear, so that N times one is a straight line.
    type: 'value',
    min: 0,
    max: 1.12 * (counts.at(-1) ?? 1),
    splitLine: { show: false },
    axisLabel: { color: ink.muted, fontSize: 11, customValues: [...counts], formatter: tick },
  }
  const yAxis: YAXisComponentOption = {
    ...axes,
    type: 'value',
    min: 0,
    max: top,
    splitNumber: 4,
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: {
      show: firstInRow,
      showMaxLabel: false,
      color: ink.muted,
      fontSize: 11,
      formatter: tick,
    },
  }
  const name = { text: scheme, fill: look.color, fontSize: 12.5, fontWeight: 'bold' as const }
  const texts = [
    { type: 'text' as const, left: box.left, top: box.top - 38, style: name },
    caption(efficiencyOf(scheme, scaling), { left: box.left, top: box.top - 20 }),
  ]
  return { grid: box, xAxis, yAxis, texts, series: seriesOf(arms, look, place) }
}

/** What the scheme's largest N with an efficiency reaches; empty where none can be told. */
function efficiencyOf(scheme: string, scaling: Summary['scaling']): string {
  const told = scaling.filter((entry) => entry.scheme === scheme && entry.efficiency)
  const last = told.toSorted((a, b) => a.replicas - b.replicas).at(-1)
  return last?.efficiency
    ? `${last.replicas} reach ${percent(last.efficiency.value)} of ${last.replicas} × one`
    : ''
}

function seriesOf(arms: Arms, { color, symbol }: ReturnType<typeof lookOf>, { index, counts }: Place) {
  const at = (n: number) => arms.find(({ arm }) => arm.replicas === n)
  const one = at(1)?.metrics.throughputPerSec?.value
  const axes = { xAxisIndex: index, yAxisIndex: index, silent: true }
  const ideal: LineSeriesOption = {
    ...axes,
    type: 'line',
    symbol: 'none',
    lineStyle: { color: ink.muted, type: 'dotted', width: 1.5 },
    // Where replicas share cores nobody can expect N times one; beyond the scale the line is clipped.
    data: one === undefined || arms.some(sharesCores) ? [] : counts.map((n) => [n, n * one]),
  }
  const measured: LineSeriesOption = {
    ...axes,
    type: 'line',
    symbol,
    symbolSize: 8,
    lineStyle: { color, width: 2, type: arms.some(cannotTell) ? 'dashed' : 'solid' },
    itemStyle: { color },
    data: counts.map((n) => {
      const entry = at(n)
      const value = [n, entry?.metrics.throughputPerSec?.value ?? null]
      const hollow = { color: ink.background, borderColor: color, borderWidth: 2 }
      return entry && cannotTell(entry) ? { value, itemStyle: hollow } : { value }
    }),
  }
  return [
    ideal,
    measured,
    {
      ...axes,
      ...verticalWhiskers(arms.map(({ arm, metrics }) => [arm.replicas, metrics.throughputPerSec])),
    },
  ]
}

const sharesCores = ({ warnings }: Arms[number]) => warnings.includes('replicas-share-cores')

/** Points that say nothing about scaling. */
function cannotTell({ warnings }: Arms[number]): boolean {
  return warnings.includes('replicas-share-cores') || instrumentLimit(warnings) !== null
}

function caption(text: string, position: object) {
  return { type: 'text' as const, ...position, style: { text, fill: ink.muted, fontSize: 12 } }
}

function legend(arms: Arms): string[] {
  const dotted = 'dotted: N times what one replica serves'
  const shared = arms.some(sharesCores)
  const limited = arms.some(({ warnings }) => instrumentLimit(warnings) !== null)
  if (shared)
    return [
      'hollow, dashed: these replicas share cores, so the line says nothing about how the scheme scales',
    ]
  return [limited ? `${dotted} · hollow, dashed: the load generator or the proxy was the limit` : dotted]
}

/** The chart's finding: efficiency at the largest N that has one, or why there is none. */
function finding(summary: Summary, arms: Arms): string {
  const told = summary.scaling.flatMap(({ scheme, replicas, efficiency }) =>
    efficiency ? [{ scheme, replicas, value: efficiency.value }] : [],
  )
  const largest = Math.max(...told.map(({ replicas }) => replicas))
  const there = told.filter(({ replicas }) => replicas === largest).sort((a, b) => b.value - a.value)
  const [best, worst] = [there[0], there.at(-1)]
  if (best && worst) {
    const share = ({ scheme, value }: typeof best) => `${percent(value)} (${scheme})`
    const range = best === worst ? share(best) : `${share(best)} to ${share(worst)}`
    return `${largest} replicas reach ${range} of ${largest} times one`
  }
  const shared = arms.some(sharesCores)
  return shared
    ? 'Too few cores to tell how schemes scale: replicas share them'
    : 'How schemes scale was not seen: the replicas were not the limit'
}
