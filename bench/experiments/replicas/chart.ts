/** Throughput in multiples of one replica's against the number of replicas: one small panel a scheme. */
import { instrumentLimit } from '../../figures/comparisons.ts'
import type { Run } from '../../record/types.ts'
import { rising } from '../../stats/groups.ts'
import { provenance, schemesOf } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { hollow, rule, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Panel, smallMultiples, text } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, percent } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { isPoint } from './summary.ts'

type Arms = Summary['arms']

const area = { left: 62, right: 20, top: 142, bottom: 52, gapX: 16, gapY: 84, sharedScale: true } as const

/** Null where the run has no experiment `replicas` with more than one number of them. */
export function replicasChart(run: Run, summary: Summary): Drawing | null {
  const arms = summary.arms.filter(({ arm }) => isPoint(arm))
  const counts = rising(arms.map(({ arm }) => arm.replicas))
  if (counts.length < 2) return null
  const estimates = arms.map(({ metrics }) => metrics.throughputPerSec)
  const most = counts.at(-1) ?? 1
  const top = 1.08 * Math.max(most, ...summary.scaling.map(({ speedup }) => speedup.hi))
  const panelOf = (scheme: string, height: number) => {
    const { law = null } = summary.scalability.find((one) => one.scheme === scheme) ?? {}
    const own = arms.filter(({ arm }) => arm.scheme === scheme)
    const redisFull = law?.redisFromReplicas?.value ?? Number.POSITIVE_INFINITY
    const scaling = summary.scaling.filter((one) => one.scheme === scheme)
    return panel(scheme, { arms: own, counts, most, top, height, scaling, redisFull })
  }
  const { option, height } = smallMultiples(schemesOf(arms.map(({ arm }) => arm)), area, panelOf, [
    text('replicas', { left: 'center', bottom: 10 }),
    text(unit(summary), { left: 16, top: 84 }),
  ])
  return drawing(titleOf(summary, arms), [provenance(run, estimates), legend(arms)], option, height)
}

const unit = ({ scaling }: Summary) =>
  scaling.some(({ pace }) => pace) ? 'times one replica, at equal pace of the CPUs' : 'times one replica'

interface Context {
  arms: Arms
  counts: readonly number[]
  /** The last of the counts. */
  most: number
  /** Upper end of every panel's scale: panels must be comparable by eye. */
  top: number
  /** Pixels. */
  height: number
  scaling: Summary['scaling']
  /** Number of replicas at which the one Redis is full by the demand law. */
  redisFull: number
}

function panel(scheme: string, context: Context): Panel {
  const { counts, most, top, height, redisFull } = context
  return {
    title: { text: scheme, color: lookOf(scheme).color, fontSize: 12.5, above: 38, note: largest(context) },
    // Linear, so that N times one is a straight line.
    x: { type: 'value', min: 0, max: 1.12 * most, ticks: counts },
    y: { type: 'value', min: 0, max: top, splitNumber: 4, label: { showMaxLabel: false } },
    series: seriesOf(scheme, context),
    notes: redisFull < most ? [{ ...FULL, top: height * (1 - redisFull / top) - 18 }] : [],
  }
}

const FULL = { text: 'one Redis is full', left: 8 }

/** Of the largest fleet, as short as a panel is narrow: throughput, in the scale model as a multiple of one replica's, and its share of N times one where that can be told. */
function largest({ arms, most, scaling }: Context): string {
  const served = arms.find(({ arm }) => arm.replicas === most)?.metrics.throughputPerSec
  const found = scaling.find(({ replicas }) => replicas === most)
  if (!served) return ''
  const share = found?.efficiency ? ` (${percent(found.efficiency.value)})` : ''
  // Requests of processes that had a part of a core are nobody's.
  const isModel = arms.some(({ arm }) => arm.quotas)
  if (isModel) return found ? `${most} serve ${figure(found.speedup.value)} × one${share}` : ''
  return `${most} serve ${figure(served.value)}/s${share}`
}

function seriesOf(scheme: string, { arms, counts, most, scaling, redisFull }: Context) {
  const speedup = (n: number) => scaling.find(({ replicas }) => replicas === n)?.speedup
  // Where replicas share cores nobody can expect N times one.
  const dotted = (data: number[][]) =>
    rule(arms.some(sharesCores) ? [] : data, { color: ink.muted, type: 'dotted', width: 1.5 })
  const law = [0, Math.min(most, redisFull), most].map((n) => [n, Math.min(n, redisFull)])
  const fromTheAxis = [0, redisFull].map((n) => [n, redisFull])
  const points = counts.map((n) => {
    const entry = arms.find(({ arm }) => arm.replicas === n)
    const times = speedup(n)
    const point = {
      name: times ? said(scheme, `${n} replicas`, times, 'times one') : '',
      value: [n, n === 1 && entry?.metrics.throughputPerSec ? 1 : (times?.value ?? null)],
    }
    return entry && cannotTell(entry) ? { ...point, itemStyle: hollow(lookOf(scheme).color) } : point
  })
  return [
    dotted(law),
    dotted(redisFull < most ? fromTheAxis : []),
    schemeLine(scheme, points, { z: 3, lineStyle: { type: arms.some(cannotTell) ? 'dashed' : 'solid' } }),
    verticalWhiskers(counts.map((n) => [n, speedup(n)])),
  ]
}

const sharesCores = ({ warnings }: Arms[number]) => warnings.includes('replicas-share-cores')

/** Points that say nothing about scaling. */
function cannotTell({ warnings }: Arms[number]): boolean {
  return warnings.includes('replicas-share-cores') || instrumentLimit(warnings) !== null
}

function legend(arms: Arms): string {
  const dotted = '%: of N times one · dotted: the demand law, until Redis is full'
  if (arms.some(sharesCores))
    return 'hollow, dashed: these replicas share cores, so the line says nothing about how the scheme scales'
  const limited = arms.some(({ warnings }) => instrumentLimit(warnings) !== null)
  return limited ? `${dotted} · hollow, dashed: generator or proxy was full` : dotted
}

/** The chart's finding: efficiency at the largest N that has one, or why there is none. */
function titleOf(summary: Summary, arms: Arms): string {
  const told = summary.scaling.flatMap(({ scheme, replicas, efficiency }) =>
    efficiency ? [{ scheme, replicas, value: efficiency.value }] : [],
  )
  const largest = Math.max(...told.map(({ replicas }) => replicas))
  const atLargest = told.filter(({ replicas }) => replicas === largest)
  const range = leastToMost(atLargest, ({ value }) => percent(value))
  if (range !== null) return `${largest} replicas reach ${range} of ${largest} times one`
  return arms.some(sharesCores)
    ? 'Too few cores to tell how schemes scale: replicas share them'
    : 'How schemes scale was not seen: the replicas were not the bottleneck'
}
