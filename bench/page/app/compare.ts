/** Other runs beside this one: dropped onto the page, or chosen as files. */
import { comparability } from '../../compare/differences.ts'
import { comparisons, differencesTable, headline, ratioTables } from '../../compare/text.ts'
import type { RunWithRows } from '../../figures/rows.ts'
import type { Table } from '../../words/tables.ts'
import type { PageData } from '../page-data.ts'
import { BETWEEN, choose, chosenList, kept, onChoice } from './address.ts'
import { byId, el, say, scrollingTable } from './dom.ts'
import { type Dropped, readDropped } from './files.ts'

export function showComparison(data: PageData): void {
  const body = byId('compare-runs').querySelector('.body')
  if (!body) return
  const others: RunWithRows[] = []
  const place = el('div', { id: 'comparison' })
  const problems = el('div', { id: 'drop-problems' })
  const runs = el('fieldset', { hidden: true }, el('legend', {}, 'Runs'))
  const draw = () => place.replaceChildren(...sections(data, others))
  const add = async (files: readonly Dropped[]) => {
    const { runs: found, problems: wrong } = await readDropped(files)
    problems.replaceChildren(...wrong.map((text) => el('p', { class: 'problem' }, text)))
    for (const run of found) {
      if (others.some((one) => one.run.id === run.run.id) || run.run.id === data.run.id) {
        problems.append(el('p', { class: 'problem' }, `${run.run.id} is on the page already.`))
        continue
      }
      others.push(run)
      runs.append(box(run.run.id, others))
      runs.hidden = false
    }
    draw()
    say(wrong.length > 0 ? wrong.join(' ') : `${others.length} other runs to compare with`)
  }
  const input = el('input', {
    type: 'file',
    id: 'other-runs',
    multiple: true,
    change() {
      void add([...(input.files ?? [])])
    },
  })
  body.replaceChildren(
    el(
      'div',
      { class: 'drop' },
      el(
        'p',
        {},
        'Drop another ',
        el('code', {}, 'report.html'),
        ' anywhere on this page, or the ',
        el('code', {}, 'run.json'),
        ' and ',
        el('code', {}, 'trials.jsonl'),
        ' of a run.',
      ),
      el('label', { for: 'other-runs' }, 'Or choose files: '),
      input,
    ),
    problems,
    runs,
    place,
  )
  takeDrops((files) => void add(files))
  onChoice((changed) => {
    if (changed.includes('runs') || changed.includes('schemes')) draw()
  })
}

function takeDrops(take: (files: File[]) => void): void {
  const mark = (isOver: boolean) => document.body.classList.toggle('dragging', isOver)
  document.addEventListener('dragover', (event) => {
    event.preventDefault()
    mark(true)
  })
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) mark(false)
  })
  document.addEventListener('drop', (event) => {
    event.preventDefault()
    mark(false)
    take([...(event.dataTransfer?.files ?? [])])
    byId('compare-runs').scrollIntoView()
  })
}

function box(id: string, others: readonly RunWithRows[]): HTMLElement {
  const input = el('input', {
    type: 'checkbox',
    checked: (chosenList('runs') ?? [id]).includes(id),
    change() {
      const ids = others.map(({ run }) => run.id)
      const without = kept('runs', ids).filter((one) => one !== id)
      const some = input.checked ? ids.filter((one) => one === id || without.includes(one)) : without
      choose({ runs: some.length === ids.length ? null : some.join(BETWEEN) })
    },
  })
  return el('label', {}, input, ` ${id}`)
}

function sections(data: PageData, others: readonly RunWithRows[]): HTMLElement[] {
  const ids = kept(
    'runs',
    others.map(({ run }) => run.id),
  )
  const schemes = [...new Set(data.rows.map(({ scheme }) => scheme))]
  return comparisonSections(
    data,
    others.filter(({ run }) => ids.includes(run.id)),
    kept('schemes', schemes),
  )
}

/** @param schemes those that are shown; null: all */
export function comparisonSections(
  first: RunWithRows,
  others: readonly RunWithRows[],
  schemes: readonly string[] | null,
): HTMLElement[] {
  return comparisons([first, ...others]).map(({ base, other, differences, ratios }) => {
    const some = ratios.filter(({ scheme }) => schemes?.includes(scheme) ?? true)
    return el(
      'section',
      { 'aria-label': `Against ${other.run.id}` },
      el('h3', {}, `${base.run.id} → ${other.run.id}`),
      el('p', {}, comparability(differences)),
      differences.length > 0
        ? el(
            'details',
            {},
            el('summary', {}, 'What differs'),
            tableOf(`What differs from ${other.run.id}`, differencesTable(differences), 4),
          )
        : null,
      el('p', {}, el('strong', {}, headline(some))),
      el(
        'details',
        { open: others.length === 1 },
        el('summary', {}, 'Every ratio, by metric and scheme'),
        ...ratioTables(some).flatMap(({ title, table }) => [
          el('h4', {}, title),
          tableOf(`${title}: against ${other.run.id}`, table, 1),
        ]),
      ),
    )
  })
}

/** @param words columns from the left that hold words and not figures */
function tableOf(label: string, { head, rows }: Table, words: number): HTMLElement {
  return scrollingTable(
    label,
    head.map((name, i) => ({ name, isNumber: i >= words })),
    rows,
  )
}
