/** All published runs side by side: what they ran on, and their main figures as charts. */
import { schemeNames } from '../../servers/scheme.ts'
import { THE_TWO } from '../experiments/roles.ts'
import type { RunWithRows } from '../figures/rows.ts'
import type { Point, Run } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { sum } from '../stats/sums.ts'
import type { Drawing } from '../words/charts/svg.ts'
import { figure } from '../words/format.ts'
import { markdownTable, type Table } from '../words/tables.ts'
import { acrossChart, type Series } from './across-chart.ts'
import type { LeftOut } from './alike.ts'
import { placeKey } from './between.ts'
import { machineOf } from './differences.ts'
import { overRunsMarkdown } from './over-runs-text.ts'
import { type Metric, metrics } from './samples.ts'

/** The metrics worth a chart across runs: most other figures of a run are in proportion to these. */
const SHOWN = ['authTax', 'capacity'] as const

/** Newest first. */
export function newestFirst<T extends RunWithRows>(runs: readonly T[]): T[] {
  return runs.toSorted((a, b) => Date.parse(b.run.startedAt) - Date.parse(a.run.startedAt))
}

export function runsTable(runs: readonly RunWithRows[]): Table {
  return {
    head: ['run', 'machine', 'runtime', 'profile', 'experiments', 'trials', 'as'],
    rows: newestFirst(runs).map(({ run, rows }) => {
      const { runtime, redis } = run.environment
      const experiments = [...new Set(run.plan.map(({ arm }) => arm.experiment))]
      return [
        run.id,
        machineOf(run),
        `Node ${runtime.node.replace(/^v/, '')}, Redis ${redis?.version ?? 'none'}`,
        run.profile,
        experiments.join(', '),
        String(rows.length),
        `[page](published/${run.id}/report.html), [text](published/${run.id}/report.md)`,
      ]
    }),
  }
}

interface Across {
  name: string
  drawing: Drawing
  series: Series[]
}

/** By metric, where most runs took turns and at saturation; only schemes that have a figure in a run. */
export function acrossCharts(runs: readonly RunWithRows[]): Across[] {
  return metrics
    .filter(({ name }) => (SHOWN as readonly string[]).includes(name))
    .flatMap((metric) =>
      [commonPlace(metric, runs), null].flatMap((at) => (at === undefined ? [] : acrossAt(metric, runs, at))),
    )
}

function acrossAt(metric: Metric, runs: readonly RunWithRows[], at: Point | null): Across[] {
  const series = newestFirst(runs).map((one) => ({
    name: one.run.id,
    points: pointsOf(metric, one, placeKey(at)),
  }))
  const where = at ? ` at ${figure(at.perSec ?? 0)}/s` : metric.beside === 'control' ? ' at saturation' : ''
  const drawing = acrossChart(series, { what: `${metric.title}${where}`, unit: metric.unit })
  return drawing ? [{ name: at ? `${metric.name}-everyday` : metric.name, drawing, series }] : []
}

/** Where most turns of all runs were taken; undefined where fewer than two runs have any place in common. */
function commonPlace(metric: Metric, runs: readonly RunWithRows[]): Point | undefined {
  const seen = runs.flatMap((run) =>
    metric.of(run, THE_TWO[0]).flatMap(({ at, shown: { n } }) => (at ? [{ at, n }] : [])),
  )
  const places = [...groupedBy(seen, ({ at }) => placeKey(at)).values()].filter(({ length }) => length > 1)
  const turns = (own: typeof seen) => sum(own.map(({ n }) => n))
  return places.toSorted((a, b) => turns(b) - turns(a))[0]?.[0]?.at
}

function pointsOf(metric: Metric, run: RunWithRows, place: string): Series['points'] {
  return schemeNames.flatMap((scheme) => {
    const sample = metric.of(run, scheme).find(({ at }) => placeKey(at) === place)
    return sample ? [{ scheme, ...sample.shown }] : []
  })
}

export function chartPath({ name }: { name: string }): string {
  return `charts/${name}.svg`
}

/** @param file of the report that has the claims: a page, or text */
export const claimsPlace =
  (file: string) =>
  ({ id }: Pick<Run, 'id'>) =>
    `published/${id}/${file}#claims`

/** What `results/README.md` says of them, between its marks. */
export function catalogueMarkdown(runs: readonly RunWithRows[], unread: readonly LeftOut[] = []): string {
  return [
    markdownTable(runsTable(runs), 'text'),
    ...overRunsMarkdown(runs, unread),
    ...acrossCharts(runs).map(({ name, drawing }) => `![${drawing.title}](${chartPath({ name })})`),
  ].join('\n\n')
}
