/** Wakes the list of published runs: chosen by machine, runtime and date, side by side and against each other. */
import { acrossCharts, newestFirst } from '../../compare/catalogue.ts'
import { history, historyChart } from '../../compare/history-chart.ts'
import type { RunWithRows } from '../../figures/rows.ts'
import { figuresOf } from '../../report/flat-figures.ts'
import { type CatalogueData, decisionOver } from '../page-data.ts'
import { choose, chosen, chosenList, onChoice } from './address.ts'
import { boxes } from './boxes.ts'
import { chartCard } from './charts.ts'
import { comparisonSections } from './compare.ts'
import { chosenPair, showBaseline, showDecision } from './decision.ts'
import { bodyOf, byId, details, el, say, select } from './dom.ts'
import { correctAddress } from './plan-request.ts'
import { showPlanner } from './planner.ts'
import { showTabs } from './tabs.ts'
import { attempt, woken } from './wake.ts'

const facets = [
  {
    choice: 'machines',
    title: 'Machines',
    of: ({ run }: RunWithRows) => `${run.environment.cpuModel}, ${run.environment.cores} cores`,
  },
  {
    choice: 'runtimes',
    title: 'Runtimes',
    of: ({ run }: RunWithRows) => `Node ${run.environment.runtime.node.replace(/^v/, '').split('.')[0]}`,
  },
  { choice: 'dates', title: 'Dates', of: ({ run }: RunWithRows) => run.startedAt.slice(0, 10) },
  { choice: 'runs', title: 'Runs', of: ({ run }: RunWithRows) => run.id },
] as const

/** All runs beside one are a page of their own: they are shown to who asks for them. */
const ALL = 'all others'

correctAddress()
const wakeTabs = showTabs()
await woken(async (data: CatalogueData) => {
  const decision = decisionOver(data)
  await attempt(() => showDecision(decision))
  const parts = {
    baseline: () => showBaseline(decision),
    'plan-capacity': () => showPlanner(data.planning),
    runs: () => showRuns(newestFirst(data.runs)),
  }
  wakeTabs((tab) => {
    for (const [id, show] of Object.entries(parts)) if (tab.querySelector(`#${id}`)) void attempt(show)
  })
})

/** Found by what they ran on, side by side, and against each other. */
function showRuns(runs: readonly RunWithRows[]): void {
  const choices = facets.flatMap(({ choice, title, of }) => {
    const all = [...new Set(runs.map(of))]
    // One value is no choice.
    return all.length > 1 ? [boxes(title, choice, all)] : []
  })
  byId('filters').append(details('Choose runs', false, ...choices))
  const draw = () => {
    const some = runs.filter((run) => facets.every(({ choice, of }) => isKept(choice, of(run))))
    showRows(some)
    bodyOf('across').replaceChildren(...across(some))
    bodyOf('compare-runs').replaceChildren(...against(some, runs))
    return some.length
  }
  draw()
  onChoice([...facets.map(({ choice }) => choice), 'against', 'with', 'pair'], () =>
    say(`${draw()} of ${runs.length} runs shown`),
  )
}

function isKept(choice: (typeof facets)[number]['choice'], value: string): boolean {
  return chosenList(choice)?.includes(value) ?? true
}

function showRows(some: readonly RunWithRows[]): void {
  const ids = some.map(({ run }) => run.id)
  for (const row of document.querySelectorAll<HTMLTableRowElement>('#runs tbody tr')) {
    row.hidden = !ids.includes(row.cells[0]?.textContent ?? '')
  }
}

function across(some: readonly RunWithRows[]): HTMLElement[] {
  const pair = chosenPair()
  const past = historyChart(some, pair)
  const seen = () =>
    (['everyday', 'saturation'] as const).flatMap((where) =>
      history(some, pair, where).map(({ run, scheme, times: { value, lo, hi, n } }) => ({
        labels: { run: run.id, scheme, where, node: run.environment.runtime.node },
        ...{ metric: 'timesControl', value, lo, hi, n, unit: 'ratio', detected: null },
      })),
    )
  return [
    ...(past ? [el('figure', { class: 'chart', id: 'history' }, ...chartCard('history', past, seen))] : []),
    ...acrossCharts(some).map(({ name, drawing, series }) =>
      el('figure', { class: 'chart' }, ...chartCard(`runs-${name}`, drawing, () => figuresOf(series))),
    ),
  ]
}

/** The newest beside the one before it, unless the reader chooses others. */
function against(some: readonly RunWithRows[], all: readonly RunWithRows[]): HTMLElement[] {
  if (some.length < 2) return [el('p', {}, 'Choose two runs at least.')]
  const named = (id: string | null) => some.find(({ run }) => run.id === id)
  const base = named(chosen('against')) ?? (some[0] as RunWithRows)
  const others = some.filter((one) => one !== base)
  const isAll = chosen('with') === ALL
  const other = others.find(({ run }) => run.id === chosen('with')) ?? (others[0] as RunWithRows)
  const idOf = ({ run }: RunWithRows) => run.id
  const bases = select('base', some.map(idOf), (id) => choose({ against: id }))
  bases.value = base.run.id
  const beside = select('beside', [...others.map(idOf), ALL], (id) => choose({ with: id }))
  beside.value = isAll ? ALL : other.run.id
  return [
    el(
      'p',
      {},
      el('label', { for: 'base' }, 'Compare '),
      bases,
      el('label', { for: 'beside' }, ' with '),
      beside,
    ),
    ...comparisonSections(base, isAll ? others : [other], null, all, false),
  ]
}
