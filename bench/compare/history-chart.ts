/** What schemes took beside the control in each run, in the order of time: what a new version changed, whatever the machine did. */
import type { RunWithRows } from '../figures/rows.ts'
import type { Run } from '../record/types.ts'
import { endLabel, schemeLine, verticalWhiskers } from '../words/charts/marks.ts'
import { lookOf } from '../words/charts/palette.ts'
import { type Panel, smallMultiples } from '../words/charts/panels.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
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
  everyday: 'with handler work, at the highest rate that was measured',
  saturation: 'in the closed loop, at saturation',
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
        const sample = where === 'saturation' ? samples.find(({ at }) => at === null) : highest(samples)
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

const highest = (samples: readonly Sample[]): Sample | undefined =>
  samples
    .filter(({ at }) => at !== null)
    .toSorted((a, b) => (a.at?.perSec ?? 0) - (b.at?.perSec ?? 0))
    .at(-1)

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
      'CPU of a request as a multiple of the control’s, which a slower machine slows as well · whiskers: 95 % of that run alone',
      'below: the day, and the version of Node',
    ],
    option,
    height,
  )
}

function panel(where: Where, seen: readonly Seen[]): Panel {
  const runs = [...new Map(seen.map(({ run }) => [run.id, run])).values()]
  const top = Math.max(...seen.map(({ times }) => times.hi))
  return {
    title: { text: `× the control, ${WORDS[where]}`, above: 24, fontSize: 12 },
    x: { type: 'category', data: runs.map(labelOf) },
    y: { type: 'value', min: 0, max: Math.ceil(top) },
    series: [...new Set(seen.map(({ scheme }) => scheme))].flatMap((scheme) => {
      const own = seen.filter((one) => one.scheme === scheme)
      const at = ({ run }: Seen) => runs.findIndex(({ id }) => id === run.id)
      const { color } = lookOf(scheme)
      return [
        schemeLine(
          scheme,
          own.map((one) => [at(one), one.times.value]),
          { ...endLabel(color, scheme, { fontSize: 11, fontWeight: 'normal' }) },
        ),
        verticalWhiskers(own.map((one) => [at(one), { ...one.times, unit: 'ratio', warnings: [] }] as const)),
      ]
    }),
  }
}

/** Short, since a dozen of them stand in a row. */
function labelOf({ startedAt, environment: { runtime } }: Run): string {
  return `${startedAt.slice(5, 10)}\n${/\d+/.exec(runtime.node)?.[0] ?? ''}`
}
