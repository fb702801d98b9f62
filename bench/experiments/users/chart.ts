/** Memory that logins added against the number of logged-in users: replicas at the left, Redis at the right. */
import { converted, type MetricName } from '../../figures/metrics.ts'
import type { Estimate, Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { armsOf, provenance, schemesOf, tick } from '../../words/charts/axes.ts'
import { endLabel, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { type Panel, smallMultiples } from '../../words/charts/panels.ts'
import { type Drawing, drawing, size } from '../../words/charts/svg.ts'
import { figure, list, megabytes } from '../../words/format.ts'
import { wrap } from '../../words/wrap.ts'
import type { Summary } from './schema.ts'

type Arms = Summary['arms']

const sides = [
  { metric: 'replicaGrowthBytes', key: 'replicaBytes', name: 'in the replica' },
  { metric: 'redisGrowthBytes', key: 'redisBytes', name: 'in Redis' },
] as const satisfies readonly { metric: MetricName; key: string; name: string }[]

const area = { left: 50, right: 160, top: 128, bottom: 106, gapX: 190 }
const NOTE_LINE = 15
/** Letters that fit below a panel. */
const NOTE_WIDTH = 58
/** For as many there is room below the panels; the chart grows with more. */
const NOTE_LINES = 4

/** Null where the run has no experiment `users` with more than one number of them. */
export function memoryChart(run: Run, summary: Summary): Drawing | null {
  const arms = armsOf(summary, 'users').filter(({ arm }) => !arm.twin)
  const levels = rising(arms.map(({ arm }) => arm.users))
  if (levels.length < 2) return null
  const growths = arms.flatMap(({ metrics }) => sides.map(({ metric }) => metrics[metric]))
  // One scale for both: the point is where the memory is.
  const top = megabytes(Math.max(1e6, ...growths.map((estimate) => estimate?.hi ?? 0)))
  const panels = sides.map((side) => panel(side, { arms, summary, levels, top }))
  const { option } = smallMultiples(panels, area, (one) => one)
  const noteLines = Math.max(...panels.map(({ notes = [] }) => notes[0]?.text.split('\n').length ?? 0))
  const height = size.height + NOTE_LINE * Math.max(0, noteLines - NOTE_LINES)
  const lines = [provenance(run, growths), 'memory after all logins minus memory before the first one']
  return drawing(titleOf(summary), lines, option, height)
}

interface Context {
  arms: Arms
  summary: Summary
  levels: readonly number[]
  /** Upper end of both scales in MB. */
  top: number
}

function panel(side: (typeof sides)[number], { arms, summary, levels, top }: Context): Panel {
  const schemes = schemesOf(arms.map(({ arm }) => arm))
  const lines = schemes
    .map((scheme) => ({
      scheme,
      where: side.name,
      points: pointsOf(arms, scheme, side.metric),
      grows: summary.memoryPerUser.some((entry) => entry.scheme === scheme && entry[side.key]?.detected),
    }))
    .filter(({ points }) => points.length > 0)
  const flat = lines.filter(({ grows }) => !grows).map(({ scheme }) => scheme)
  const note = flatNote(flat, enoughBlocks(summary))
  const most = levels.at(-1) ?? 0
  const below = size.height - NOTE_LINE * NOTE_LINES - area.top
  return {
    title: { text: `${side.name}, MB`, above: 28 },
    x: { type: 'value', name: 'logged-in users', nameGap: 28, max: most, interval: most / 4 },
    y: { type: 'value', min: ({ min }) => Math.min(0, min), max: top, label: { showMaxLabel: false } },
    notes: [{ text: note, left: 0, top: below, style: { lineHeight: NOTE_LINE } }],
    series: lines.flatMap(seriesOf),
  }
}

type Points = (readonly [users: number, bytes: Estimate])[]

function pointsOf(arms: Arms, scheme: string, metric: MetricName): Points {
  const points = arms.flatMap(({ arm, metrics: { [metric]: bytes } }) =>
    arm.scheme === scheme && bytes ? [[arm.users, bytes] as const] : [],
  )
  return points.sort(([a], [b]) => a - b)
}

interface Line {
  scheme: string
  /** Replica or Redis. */
  where: string
  points: Points
  grows: boolean
}

/** Growing lines carry their name at the end; flat ones lie on each other and are named below the panel. */
function seriesOf({ scheme, where, points, grows }: Line) {
  const data = points.map(([users, bytes]) => ({
    name: said(scheme, `${figure(users)} users, ${where}`, converted(bytes, 'MB', megabytes), 'MB'),
    value: [users, megabytes(bytes.value)],
  }))
  if (!grows)
    return [schemeLine(scheme, data, { clip: false, symbolSize: 5, z: 2, lineStyle: { width: 1.2 } })]
  const name = `${scheme}\n${figure(data.at(-1)?.value[1] ?? 0)} MB`
  const label = endLabel(lookOf(scheme).color, name, { distance: 8 })
  return [
    schemeLine(scheme, data, { clip: false, z: 3, lineStyle: { width: 2.5 }, ...label }),
    { ...verticalWhiskers(points, megabytes), clip: false },
  ]
}

/** In lines as wide as the panel. */
function flatNote(flat: readonly string[], enough: boolean): string {
  const lead = enough ? 'no growth detected' : 'too few blocks to judge'
  return flat.length === 0 ? '' : wrap(`${lead}: ${list(flat)}`, '', 0, NOTE_WIDTH)
}

/** The chart's finding: the largest price of a logged-in user on either side. */
function titleOf(summary: Summary): string {
  const { memoryPerUser } = summary
  const most = sides.flatMap(({ key, name }) => {
    const growing = memoryPerUser.flatMap(({ scheme, [key]: side }) =>
      side?.detected ? [{ scheme, bytes: side.estimate.value }] : [],
    )
    const [first] = growing.sort((a, b) => b.bytes - a.bytes)
    return first ? [`${tick(Math.round(first.bytes))} bytes ${name} (${first.scheme})`] : []
  })
  if (!enoughBlocks(summary)) return 'Too few blocks to tell what a logged-in user takes'
  if (most.length === 0) return 'No scheme’s memory was seen to grow with logged-in users'
  return `A logged-in user takes up to ${list(most)}`
}

/** One block has no interval, so nothing of it can be judged. */
function enoughBlocks({ memoryPerUser }: Summary): boolean {
  return memoryPerUser.some(({ replicaBytes }) => replicaBytes.estimate.n > 1)
}
