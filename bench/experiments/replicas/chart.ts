/** Throughput in multiples of one replica's against the number of replicas: one small panel a scheme. */

import type { LineSeriesOption, XAXisComponentOption, YAXisComponentOption } from 'echarts'
import { instrumentLimit } from '../../figures/comparisons.ts'
import { schemePlace } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { provenance, tick, verticalWhiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { panelBox, panelsHeight } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, percent } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { isPoint } from './summary.ts'

type Arms = Summary['arms']
type Law = Summary['scalability'][number]['law']

const area = { left: 62, right: 20, top: 142, bottom: 52, gapX: 16, gapY: 84 }

/** Null where the run has no experiment `replicas` with more than one number of them. */
export function replicasChart(run: Run, summary: Summary): Drawing | null {
  const arms = summary.arms.filter(({ arm }) => isPoint(arm))
  const counts = [...new Set(arms.map(({ arm }) => arm.replicas))].sort((a, b) => a - b)
  if (counts.length < 2) return null
  const schemes = [...new Set(arms.map(({ arm }) => arm.scheme))].sort(
    (a, b) => schemePlace(a) - schemePlace(b),
  )
  const estimates = arms.map(({ metrics }) => metrics.throughputPerSec)
  const ends = summary.scaling.map(({ speedup }) => speedup.hi)
  const top = 1.08 * Math.max(counts.at(-1) ?? 1, ...ends)
  const panels = schemes.map((scheme, index) =>
    panel(
      scheme,
      arms.filter(({ arm }) => arm.scheme === scheme),
      {
        index,
        of: schemes.length,
        counts,
        top,
        scaling: summary.scaling,
        law: summary.scalability.find((one) => one.scheme === scheme)?.law ?? null,
      },
    ),
  )
  return drawing(
    { title: finding(summary, arms), subtitle: [provenance(run, estimates), ...legend(arms)].join('\n') },
    {
      grid: panels.map(({ grid }) => grid),
      xAxis: panels.map(({ xAxis }) => xAxis),
      yAxis: panels.map(({ yAxis }) => yAxis),
      series: panels.flatMap(({ series }) => series),
      graphic: [
        ...panels.flatMap(({ texts }) => texts),
        caption('replicas', { left: 'center', bottom: 10 }),
        caption(unit(summary), { left: 16, top: 84 }),
      ],
    },
    panelsHeight(schemes.length, area),
  )
}

const unit = ({ scaling }: Summary) =>
  scaling.some(({ pace }) => pace) ? 'times one replica, at equal pace of the CPUs' : 'times one replica'

interface Place {
  index: number
  of: number
  counts: readonly number[]
  scaling: Summary['scaling']
  law: Law
  /** Upper end of every panel's scale: panels must be comparable by eye. */
  top: number
}

function panel(scheme: string, arms: Arms, place: Place) {
  const { index, counts, top } = place
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
    caption(largest(arms, scheme, place), { left: box.left, top: box.top - 20 }),
    ...ceilingText(place, box),
  ]
  return { grid: box, xAxis, yAxis, texts, series: seriesOf(arms, look, place) }
}

/** What the largest fleet serves, and what it is of N times one where that can be told. */
function largest(arms: Arms, scheme: string, { counts, scaling }: Place): string {
  const most = counts.at(-1)
  const served = arms.find(({ arm }) => arm.replicas === most)?.metrics.throughputPerSec
  const found = scaling.find((entry) => entry.scheme === scheme && entry.replicas === most)
  if (!served) return ''
  const share = found?.efficiency ? `, ${percent(found.efficiency.value)} of ${most} × one` : ''
  return `${most} serve ${figure(served.value)}/s${share}`
}

/** Names the line at which the one Redis is full, where it lies inside the panel. */
function ceilingText({ law, top, counts }: Place, box: Box) {
  const ceiling = law?.redisFromReplicas?.value
  if (ceiling === undefined || ceiling >= (counts.at(-1) ?? 1)) return []
  const y = box.top + box.height * (1 - ceiling / top)
  return [caption('one Redis is full', { left: box.left + 8, top: y - 18 })]
}

type Box = ReturnType<typeof panelBox>['box']

/** What the demand law says: N times one, up to where one Redis is full. */
function lawLine({ counts, law }: Place): [number, number][] {
  const most = counts.at(-1) ?? 1
  const knee = Math.min(most, law?.redisFromReplicas?.value ?? Number.POSITIVE_INFINITY)
  return [
    [0, 0],
    [knee, knee],
    [most, knee],
  ]
}

/** The level at which Redis is full, from the axis to where the line of the law meets it. */
function ceilingLine({ law, counts }: Place): [number, number][] {
  const ceiling = law?.redisFromReplicas?.value
  if (ceiling === undefined || ceiling >= (counts.at(-1) ?? 1)) return []
  return [
    [0, ceiling],
    [ceiling, ceiling],
  ]
}

function seriesOf(arms: Arms, { color, symbol }: ReturnType<typeof lookOf>, place: Place) {
  const { index, counts, scaling } = place
  const at = (n: number) => arms.find(({ arm }) => arm.replicas === n)
  const speedup = (n: number) =>
    scaling.find(({ scheme, replicas }) => scheme === arms[0]?.arm.scheme && replicas === n)?.speedup
  const axes = { xAxisIndex: index, yAxisIndex: index, silent: true }
  const dotted = (data: [number, number][]): LineSeriesOption => ({
    ...axes,
    type: 'line',
    symbol: 'none',
    lineStyle: { color: ink.muted, type: 'dotted', width: 1.5 },
    // Where replicas share cores nobody can expect N times one.
    data: arms.some(sharesCores) ? [] : data,
  })
  const measured: LineSeriesOption = {
    ...axes,
    type: 'line',
    symbol,
    symbolSize: 8,
    lineStyle: { color, width: 2, type: arms.some(cannotTell) ? 'dashed' : 'solid' },
    z: 3,
    itemStyle: { color },
    data: counts.map((n) => {
      const entry = at(n)
      const value = [n, n === 1 && entry?.metrics.throughputPerSec ? 1 : (speedup(n)?.value ?? null)]
      const hollow = { color: ink.background, borderColor: color, borderWidth: 2 }
      return entry && cannotTell(entry) ? { value, itemStyle: hollow } : { value }
    }),
  }
  return [
    dotted(lawLine(place)),
    dotted(ceilingLine(place)),
    measured,
    { ...axes, ...verticalWhiskers(counts.map((n) => [n, speedup(n)])) },
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
  const dotted = 'dotted: the demand law, N times one replica up to where one Redis is full'
  const shared = arms.some(sharesCores)
  const limited = arms.some(({ warnings }) => instrumentLimit(warnings) !== null)
  if (shared)
    return [
      'hollow, dashed: these replicas share cores, so the line says nothing about how the scheme scales',
    ]
  return [limited ? `${dotted} · hollow, dashed: generator or proxy was full` : dotted]
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
    const range = best === worst ? share(best) : `${share(worst)} to ${share(best)}`
    return `${largest} replicas reach ${range} of ${largest} times one`
  }
  const shared = arms.some(sharesCores)
  return shared
    ? 'Too few cores to tell how schemes scale: replicas share them'
    : 'How schemes scale was not seen: the replicas were not the limit'
}
