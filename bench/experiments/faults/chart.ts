/** Share of good answers over time under some of the faults: a panel a fault, a line a scheme, all on the same scales. */

import type { LineSeriesOption, XAXisComponentOption, YAXisComponentOption } from 'echarts'
import { schemePlace } from '../../figures/records.ts'
import type { FaultId, Run } from '../../record/types.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { panelBox, panelsHeight } from '../../words/charts/panels.ts'
import { type Drawing, drawing, size } from '../../words/charts/svg.ts'
import { machine } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { faultWords, schemeWords } from './words.ts'

type Entry = Summary['faults'][number]

/** Those whose courses differ most; the table has them all. */
const SHOWN: readonly { fault: FaultId; otherRedispatch?: true }[] = [
  { fault: 'redis-killed-log' },
  { fault: 'redis-read-only' },
  { fault: 'redis-flushed' },
  { fault: 'failover-guarded' },
  { fault: 'replica-killed' },
  { fault: 'replica-killed', otherRedispatch: true },
]

const area = { left: 60, right: 24, top: 166, bottom: 56, gapX: 26, gapY: 66 }
const SHADE = '#f0e4d8'

/** Without those that few faults were tried with, since they do as one of the others: seventeen lines nobody tells apart. */
function drawn(faults: readonly Entry[]): Entry[] {
  const tried = new Map<string, Set<string>>()
  for (const { scheme, fault } of faults) tried.set(scheme, (tried.get(scheme) ?? new Set()).add(fault))
  const most = Math.max(...[...tried.values()].map(({ size }) => size))
  return faults.filter(({ scheme }) => 2 * (tried.get(scheme)?.size ?? 0) >= most)
}

/** Null without the experiment. */
export function faultsChart(run: Run, summary: Summary): Drawing | null {
  const drawable = drawn(summary.faults)
  const panels = SHOWN.flatMap(({ fault, otherRedispatch = false }) => {
    const entries = drawable.filter(
      (one) => one.fault === fault && (one.settings.proxyRedispatch !== undefined) === otherRedispatch,
    )
    return entries.length === 0 ? [] : [entries]
  })
  if (panels.length === 0) return null
  const all = panels.flat()
  const span = spanOf(all)
  const inOrder = all.toSorted((a, b) => schemePlace(a.scheme) - schemePlace(b.scheme))
  const names = [...new Set(inOrder.map(schemeWords))]
  const boxes = panels.map((entries, index) => panel(entries, index, panels.length, span))
  const smoke = run.profile === 'smoke' ? 'SMOKE RUN, never a published figure · ' : ''
  return drawing(
    {
      title: finding(summary.faults),
      subtitle:
        `${smoke}one trial a line, open loop, ${all[0]?.perSec ?? 0} requests/s due, two replicas · ${machine(run.environment)}\n` +
        'good: right and within half a second of when it was due · shaded: from the injection to the end of the healing',
    },
    {
      legend: {
        data: names,
        left: 60,
        top: 84,
        width: size.width - 180,
        itemGap: 14,
        itemWidth: 18,
        icon: 'rect',
        itemHeight: 3,
        textStyle: { color: ink.text, fontSize: 12 },
      },
      grid: boxes.map(({ grid }) => grid),
      xAxis: boxes.map(({ xAxis }) => xAxis),
      yAxis: boxes.map(({ yAxis }) => yAxis),
      series: boxes.flatMap(({ series }) => series),
      graphic: [
        ...boxes.map(({ title }) => title),
        {
          type: 'text',
          left: 'center',
          bottom: 12,
          style: { text: 'seconds from the injection', fill: ink.muted, fontSize: 12 },
        },
      ],
    },
    panelsHeight(panels.length, area),
  )
}

function spanOf(entries: readonly Entry[]) {
  const times = entries.flatMap(({ timeline }) => timeline.map(({ fromMs }) => fromMs / 1_000))
  return { from: Math.round(Math.min(0, ...times)), to: Math.round(Math.max(1, ...times)) }
}

function panel(entries: readonly Entry[], index: number, of: number, span: { from: number; to: number }) {
  const { box, firstInRow } = panelBox(index, of, area)
  const axis = { gridIndex: index, axisTick: { show: false }, axisLine: { lineStyle: { color: ink.muted } } }
  const label = { color: ink.muted, fontSize: 11 }
  const xAxis: XAXisComponentOption = {
    ...axis,
    type: 'value',
    min: span.from,
    max: span.to,
    interval: 1,
    splitLine: { show: false },
    axisLabel: label,
  }
  const yAxis: YAXisComponentOption = {
    ...axis,
    type: 'value',
    min: 0,
    max: 100,
    interval: 50,
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { ...label, show: firstInRow, formatter: '{value} %' },
  }
  const healedSec = Math.max(...entries.map(({ healedMs }) => healedMs)) / 1_000
  return {
    grid: box,
    xAxis,
    yAxis,
    series: entries.map((entry, place) => lineOf(entry, index, place === 0 ? healedSec : null)),
    title: {
      type: 'text' as const,
      left: box.left,
      top: box.top - 20,
      style: {
        text: faultWords(entries[0] as Entry),
        fill: ink.text,
        fontSize: 12,
        fontWeight: 'bold' as const,
      },
    },
  }
}

/** @param shadeToSec null: another line of the panel brings the shade */
function lineOf(entry: Entry, index: number, shadeToSec: number | null): LineSeriesOption {
  const { color } = lookOf(entry.scheme)
  const binSec = ((entry.timeline[1]?.fromMs ?? 0) - (entry.timeline[0]?.fromMs ?? 0)) / 1_000
  return {
    type: 'line',
    name: schemeWords(entry),
    xAxisIndex: index,
    yAxisIndex: index,
    silent: true,
    symbol: 'none',
    lineStyle: { color, width: 2, type: entry.settings.denylistDown === 'open' ? 'dashed' : 'solid' },
    itemStyle: { color },
    // A bin stands in its middle.
    data: entry.timeline.map(({ fromMs, goodShare }) => [
      fromMs / 1_000 + binSec / 2,
      goodShare === null ? null : 100 * goodShare,
    ]),
    ...(shadeToSec === null
      ? {}
      : {
          markArea: {
            silent: true,
            itemStyle: { color: SHADE, opacity: 1 },
            data: [[{ xAxis: 0 }, { xAxis: shadeToSec }]],
          },
        }),
  }
}

/** The chart's finding: how many schemes a killed Redis takes along. */
function finding(faults: readonly Entry[]): string {
  const killed = faults.filter(({ fault }) => fault === 'redis-killed-log')
  if (killed.length === 0) return 'Share of good answers under faults'
  const down = killed.filter(({ measured }) => measured.duringShare < 0.2)
  const safe = killed.every(({ measured }) => measured.loggedOut === 0)
  const who =
    down.length === killed.length ? 'all that ask it' : `${down.length} of ${killed.length} that use it`
  return `A Redis that is killed takes ${who} along${safe ? ', and logs nobody out when it kept a log' : ''}`
}
