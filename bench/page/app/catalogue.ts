/** Wakes the list of published runs: chosen by machine, runtime and date, side by side and against each other. */
import { acrossCharts, newestFirst } from '../../compare/catalogue.ts'
import type { RunWithRows } from '../../figures/rows.ts'
import { figuresOf } from '../../report/flat-figures.ts'
import { choose, chosen, chosenList, onChoice } from './address.ts'
import { boxes } from './boxes.ts'
import { chartCard } from './charts.ts'
import { comparisonSections } from './compare.ts'
import { byId, el, say } from './dom.ts'
import { unpacked } from './open.ts'
import { woken } from './wake.ts'

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

await woken(async () => {
  const data = (await unpacked(byId('data').textContent ?? '')) as { runs: RunWithRows[] }
  const runs = newestFirst(data.runs)
  byId('filters').append(
    el(
      'details',
      { open: true },
      el('summary', {}, 'Choose runs'),
      ...facets.map(({ choice, title, of }) => boxes(title, choice, [...new Set(runs.map(of))])),
    ),
  )
  const draw = () => {
    const some = runs.filter((run) => facets.every(({ choice, of }) => isKept(choice, of(run))))
    showRows(some)
    bodyOf('across')?.replaceChildren(...across(some))
    bodyOf('compare-runs')?.replaceChildren(...against(some, draw))
    return some.length
  }
  onChoice(() => say(`${draw()} of ${runs.length} runs shown`))
  draw()
})

function bodyOf(id: string): Element | null {
  return byId(id).querySelector('.body')
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
  return acrossCharts(some).map(({ name, drawing, series }) =>
    el(
      'figure',
      { class: 'chart' },
      ...chartCard({ name: `runs-${name}`, drawing, figures: () => figuresOf(series) }),
    ),
  )
}

/** The first of them is what the others are held against. */
function against(some: readonly RunWithRows[], draw: () => void): HTMLElement[] {
  if (some.length < 2) return [el('p', {}, 'Choose two runs at least.')]
  const base = some.find(({ run }) => run.id === chosen('base')) ?? (some.at(-1) as RunWithRows)
  const select = el(
    'select',
    {
      id: 'base',
      change() {
        choose({ base: select.value })
        draw()
      },
    },
    ...some.map(({ run }) => el('option', { value: run.id, selected: run === base.run }, run.id)),
  )
  const others = some.filter((one) => one !== base)
  return [
    el('p', {}, el('label', { for: 'base' }, 'Compare the others with '), select),
    ...comparisonSections(base, others, null),
  ]
}
