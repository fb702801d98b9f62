/** What schemes took beside the control in each run, in the order of time: what a new version changed, whatever the machine did. */
import type { LineSeriesOption } from 'echarts'
import type { RunWithRows } from '../figures/rows.ts'
import type { Estimate, Run } from '../record/types.ts'
import { endLabel, said, schemeLine, upright, verticalWhiskers } from '../words/charts/marks.ts'
import { lookOf } from '../words/charts/palette.ts'
import { type Panel, smallMultiples } from '../words/charts/panels.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
import { versionDifferences } from './differences.ts'
import { metrics, type Sample } from './samples.ts'

/** What a run says of a scheme. */
export interface Seen {
  run: Run
  scheme: string
  /** CPU of a request, as a multiple of the control's without the handler work of both; by 95 %. */
  times: { value: number; lo: number; hi: number; n: number }
}

type Where = 'everyday' | 'saturation'

const WORDS: Readonly<Record<Where, string>> = {
  everyday: 'with handler work',
  saturation: 'at saturation',
}

/** Of two runs at least, or there is no history. */
const LEAST = 2

const NORMAL = 1.96

/** By time; a run that lacks the place has no point. */
export function history(runs: readonly RunWithRows[], schemes: readonly string[], where: Where): Seen[] {
  const cpu = metrics.find(({ name }) => name === 'cpu')
  return runs
    .toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt))
    .flatMap((one) =>
      schemes.flatMap((scheme): Seen[] => {
        const samples = cpu?.of(one, scheme) ?? []
        const sample = where === 'saturation' ? samples.find(({ at }) => at === null) : surest(samples)
        if (!sample?.log) return []
        const { value, error } = sample.log
        const reach = NORMAL * (error ?? 0)
        const [middle, lo, hi] = [value, value - reach, value + reach].map(Math.exp) as [
          number,
          number,
          number,
        ]
        return [{ run: one.run, scheme, times: { value: middle, lo, hi, n: sample.shown.n } }]
      }),
    )
}

/** At the rate at which most turns were taken. */
const surest = (samples: readonly Sample[]): Sample | undefined =>
  samples.filter(({ at }) => at !== null).toSorted((a, b) => b.shown.n - a.shown.n)[0]

const area = { left: 56, right: 130, top: 112, bottom: 64, gapX: 150 } as const

/** Null with fewer than two runs at either place. */
export function historyChart(runs: readonly RunWithRows[], schemes: readonly string[]): Drawing | null {
  const places = (['everyday', 'saturation'] as const).flatMap((where) => {
    const seen = history(runs, schemes, where)
    return new Set(seen.map(({ run }) => run.id)).size < LEAST ? [] : [{ where, seen }]
  })
  if (places.length === 0) return null
  const { option, height } = smallMultiples(places, area, ({ where, seen }) => panel(where, seen))
  return drawing(
    'What each run said, in the order of time',
    [
      'CPU of a request as a multiple of the control’s, which a slower machine slows as well; with handler work where most turns were taken',
      `whiskers: 95 % of that run alone · ${changesText(places.flatMap(({ seen }) => seen))}`,
    ],
    option,
    height,
  )
}

const runsOf = (seen: readonly Seen[]) => [...new Map(seen.map(({ run }) => [run.id, run])).values()]

/** What each run had for the first time, with its place among them. */
function changesIn(runs: readonly Run[]): { place: number; text: string }[] {
  return runs.flatMap((run, place) => {
    const before = runs[place - 1]
    const changed = before ? versionDifferences(before, run) : []
    return changed.length === 0
      ? []
      : [{ place, text: changed.map(({ what, base, other }) => `${what} ${base} → ${other}`).join(', ') }]
  })
}

function changesText(seen: readonly Seen[]): string {
  const runs = runsOf(seen).toSorted((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt))
  const changes = changesIn(runs).map(({ place, text }) => `${runs[place]?.startedAt.slice(0, 10)} ${text}`)
  return changes.length === 0
    ? 'no version of Node or of a package changed'
    : `dotted: first run with other versions (${changes.join('; ')})`
}

function panel(where: Where, seen: readonly Seen[]): Panel {
  const runs = runsOf(seen)
  const changes = changesIn(runs)
  const changedAt = (at: number) =>
    changes
      .filter(({ place }) => place === at)
      .map(({ text }) => `, first with ${text}`)
      .join('')
  const top = Math.max(...seen.map(({ times }) => times.hi))
  return {
    title: { text: `× the control, ${WORDS[where]}`, above: 24, fontSize: 12 },
    x: { type: 'category', data: runs.map(({ startedAt }) => startedAt.slice(5, 10)), format: String },
    y: { type: 'value', min: 0, max: Math.ceil(top) },
    series: [
      ...changes.map(
        ({ place }): LineSeriesOption => ({
          ...{ type: 'line', silent: true, data: [] },
          ...upright(place, { type: 'dotted' }),
        }),
      ),
      ...[...new Set(seen.map(({ scheme }) => scheme))].flatMap((scheme) => {
        const own = seen.filter((one) => one.scheme === scheme)
        const at = ({ run }: Seen) => runs.findIndex(({ id }) => id === run.id)
        const { color } = lookOf(scheme)
        return [
          schemeLine(
            scheme,
            own.map((one) => ({
              name: said(scheme, one.run.id, estimateOf(one), '× the control', changedAt(at(one))),
              value: [at(one), one.times.value],
            })),
            { ...endLabel(color, scheme, { fontSize: 11, fontWeight: 'normal' }) },
          ),
          verticalWhiskers(own.map((one) => [at(one), estimateOf(one)] as const)),
        ]
      }),
    ],
  }
}

const estimateOf = ({ times }: Seen): Estimate => ({ ...times, unit: 'ratio', warnings: [] })
