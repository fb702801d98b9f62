/** Memory that logins added against the number of logged-in users: replicas at the left, Redis at the right. */

import type { LineSeriesOption, XAXisComponentOption, YAXisComponentOption } from 'echarts'
import type { MetricName } from '../../figures/metrics.ts'
import { schemePlace } from '../../figures/records.ts'
import type { Estimate, Run } from '../../record/types.ts'
import { armsOf, provenance, tick, verticalWhiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing, size } from '../../words/charts/svg.ts'
import { figure, list, megabytes } from '../../words/format.ts'
import type { Summary } from './schema.ts'

type Arms = Summary['arms']

const sides = [
  { metric: 'replicaGrowthBytes', key: 'replicaBytes', name: 'in the replica', left: 50 },
  { metric: 'redisGrowthBytes', key: 'redisBytes', name: 'in Redis', left: 490 },
] as const satisfies readonly { metric: MetricName; key: string; name: string; left: number }[]

const WIDTH = 250
const TOP = 128
const NOTE_LINE = 15
/** For as many there is room below the panels; the chart grows with more. */
const NOTE_LINES = 4

/** Null where the run has no experiment `users` with more than one number of them. */
export function memoryChart(run: Run, summary: Summary): Drawing | null {
  const arms = armsOf(summary, 'users').filter(({ arm }) => !arm.twin)
  const levels = [...new Set(arms.map(({ arm }) => arm.users))].sort((a, b) => a - b)
  if (levels.length < 2) return null
  const growths = arms.flatMap(({ metrics }) => sides.map(({ metric }) => metrics[metric]))
  // One scale for both: the point is where the memory is.
  const top = megabytes(Math.max(1e6, ...growths.map((estimate) => estimate?.hi ?? 0)))
  const panels = sides.map((side, index) => panel(side, index, { arms, summary, levels, top }))
  return drawing(
    {
      title: finding(summary),
      subtitle: `${provenance(run, growths)}\nmemory after all logins minus memory before the first one`,
    },
    {
      grid: panels.map(({ grid }) => grid),
      xAxis: panels.map(({ xAxis }) => xAxis),
      yAxis: panels.map(({ yAxis }) => yAxis),
      series: panels.flatMap(({ series }) => series),
      graphic: panels.flatMap(({ texts }) => texts),
    },
    size.height + NOTE_LINE * Math.max(0, ...panels.map(({ noteLines }) => noteLines - NOTE_LINES)),
  )
}

interface Context {
  arms: Arms
  summary: Summary
  levels: readonly number[]
  /** Upper end of both scales in MB. */
  top: number
}

function panel(side: (typeof sides)[number], index: number, { arms, summary, levels, top }: Context) {
  const schemes = [...new Set(arms.map(({ arm }) => arm.scheme))].sort(
    (a, b) => schemePlace(a) - schemePlace(b),
  )
  const present = schemes.filter((scheme) => pointsOf(arms, scheme, side.metric).length > 0)
  const grows = present.filter((scheme) =>
    summary.memoryPerUser.some((entry) => entry.scheme === scheme && entry[side.key]?.detected),
  )
  const flat = present.filter((scheme) => !grows.includes(scheme))
  const note = flatNote(flat, enoughBlocks(summary))
  const axes = { gridIndex: index, axisLine: { lineStyle: { color: ink.muted } }, axisTick: { show: false } }
  const xAxis: XAXisComponentOption = {
    ...axes,
    type: 'value',
    name: 'logged-in users',
    nameLocation: 'middle',
    nameGap: 28,
    nameTextStyle: { color: ink.muted, fontSize: 12 },
    max: levels.at(-1) ?? 0,
    interval: (levels.at(-1) ?? 0) / 4,
    splitLine: { show: false },
    axisLabel: { color: ink.muted, fontSize: 11, formatter: tick },
  }
  const yAxis: YAXisComponentOption = {
    ...axes,
    type: 'value',
    min: (extent) => Math.min(0, extent.min),
    max: top,
    splitLine: { lineStyle: { color: ink.line } },
    axisLabel: { color: ink.muted, fontSize: 11, showMaxLabel: false, formatter: tick },
  }
  return {
    grid: { left: side.left, top: TOP, width: WIDTH, height: size.height - TOP - 106 },
    xAxis,
    yAxis,
    noteLines: note.length,
    texts: [
      text(
        `${side.name}, MB`,
        { left: side.left, top: TOP - 28 },
        { fontSize: 13, fontWeight: 'bold', fill: ink.text },
      ),
      text(
        note.join('\n'),
        { left: side.left, top: size.height - NOTE_LINE * NOTE_LINES },
        { fontSize: 12, lineHeight: NOTE_LINE, fill: ink.muted },
      ),
    ],
    series: present.flatMap((scheme) =>
      line(scheme, pointsOf(arms, scheme, side.metric), index, grows.includes(scheme)),
    ),
  }
}

type Points = { users: number; bytes: Estimate }[]

function pointsOf(arms: Arms, scheme: string, metric: MetricName): Points {
  return arms
    .flatMap(({ arm, metrics }) => {
      const bytes = metrics[metric]
      return arm.scheme === scheme && bytes ? [{ users: arm.users, bytes }] : []
    })
    .sort((a, b) => a.users - b.users)
}

/** Growing lines carry their name at the end; flat ones lie on each other and are named below the panel. */
function line(scheme: string, points: Points, index: number, grows: boolean) {
  const { color, symbol } = lookOf(scheme)
  const axes = { xAxisIndex: index, yAxisIndex: index }
  const last = points.at(-1)
  const name = `${scheme}\n${figure(megabytes(last?.bytes.value ?? 0))} MB`
  const label: LineSeriesOption = {
    endLabel: { show: true, color, fontSize: 12, fontWeight: 'bold', formatter: name, distance: 8 },
    labelLayout: { moveOverlap: 'shiftY' },
  }
  const measured: LineSeriesOption = {
    ...axes,
    type: 'line',
    silent: true,
    clip: false,
    symbol,
    symbolSize: grows ? 8 : 5,
    z: grows ? 3 : 2,
    lineStyle: { color, width: grows ? 2.5 : 1.2 },
    itemStyle: { color },
    data: points.map(({ users, bytes }) => [users, megabytes(bytes.value)]),
    ...(grows ? label : {}),
  }
  const intervals = verticalWhiskers(
    points.map(({ users, bytes }) => [users, bytes]),
    megabytes,
  )
  return grows ? [measured, { ...axes, ...intervals, clip: false }] : [measured]
}

function text(words: string, position: object, style: object) {
  return { type: 'text' as const, ...position, style: { text: words, ...style } }
}

/** In lines as wide as the panel. */
function flatNote(flat: readonly string[], enough: boolean): string[] {
  if (flat.length === 0) return []
  const lines = [enough ? 'no growth detected:' : 'too few blocks to judge:']
  for (const word of list(flat).split(' ')) {
    const last = lines.length - 1
    if (`${lines[last]} ${word}`.length <= 58) lines[last] += ` ${word}`
    else lines.push(word)
  }
  return lines
}

/** The chart's finding: the largest price of a logged-in user on either side. */
function finding(summary: Summary): string {
  const { memoryPerUser } = summary
  const most = sides.flatMap(({ key, name }) => {
    const growing = memoryPerUser.flatMap((entry) => {
      const side = entry[key]
      return side?.detected ? [{ scheme: entry.scheme, bytes: side.estimate.value }] : []
    })
    const [first] = growing.sort((a, b) => b.bytes - a.bytes)
    return first ? [`${tick(Math.round(first.bytes))} bytes ${name} (${first.scheme})`] : []
  })
  if (!enoughBlocks(summary)) {
    return 'Too few blocks to tell what a logged-in user takes'
  }
  if (most.length === 0) return 'No scheme’s memory was seen to grow with logged-in users'
  return `A logged-in user takes up to ${list(most)}`
}

/** One block has no interval, so nothing of it can be judged. */
function enoughBlocks({ memoryPerUser }: Summary): boolean {
  return memoryPerUser.some(({ replicaBytes }) => replicaBytes.estimate.n > 1)
}
