/** Other runs beside this one: dropped onto the page, or chosen as files. */
import { comparability } from '../../compare/differences.ts'
import { comparisons, differencesTable, headline, machineText, ratioTables } from '../../compare/text.ts'
import type { RunWithRows } from '../../figures/rows.ts'
import type { Table } from '../../words/tables.ts'
import type { PageData } from '../page-data.ts'
import { kept, onChoice } from './address.ts'
import { boxes } from './boxes.ts'
import { bodyOf, details, el, say, scrollingTable } from './dom.ts'
import { readDropped } from './files.ts'
import { open } from './tabs.ts'

export function showComparison(data: PageData): void {
  const others: RunWithRows[] = []
  const place = el('div', { id: 'comparison' })
  const problems = el('div', { id: 'drop-problems' })
  const runs = el('div')
  const draw = () => place.replaceChildren(...sections(data, others))
  const add = async (files: readonly File[]) => {
    const { runs: found, problems: wrong } = await readDropped(files)
    problems.replaceChildren(...wrong.map((text) => el('p', { class: 'problem' }, text)))
    for (const run of found) {
      if (others.some((one) => one.run.id === run.run.id) || run.run.id === data.run.id) {
        problems.append(el('p', { class: 'problem' }, `${run.run.id} is on the page already.`))
        continue
      }
      others.push(run)
      runs.replaceChildren(boxes('Runs', 'runs', idsOf(others)))
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
  bodyOf('compare-runs').replaceChildren(
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
  takeFiles = (files) => void add(files)
  onChoice(['runs', 'schemes'], draw)
}

/** Where dropped files go, once there is a place for them. */
let takeFiles: (files: File[]) => void = () => {}

/** Anywhere on the page: what they are compared with is then shown. */
export function takeDrops(): void {
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
    // Reading the files has to begin before the event is over.
    const files = [...(event.dataTransfer?.files ?? [])]
    open('compare-runs')
    takeFiles(files)
  })
}

const idsOf = (runs: readonly RunWithRows[]) => runs.map(({ run }) => run.id)

function sections(data: PageData, others: readonly RunWithRows[]): HTMLElement[] {
  const ids = kept('runs', idsOf(others))
  const some = others.filter(({ run }) => ids.includes(run.id))
  const schemes = [...new Set(data.rows.map(({ scheme }) => scheme))]
  return comparisonSections(data, some, kept('schemes', schemes))
}

/**
 * @param schemes those that are shown; null: all
 * @param besides runs that may be of the same machine, to tell what its runs differ by
 * @param isOpen whether every ratio is shown, and not only how many were told from one
 */
export function comparisonSections(
  first: RunWithRows,
  others: readonly RunWithRows[],
  schemes: readonly string[] | null,
  besides: readonly RunWithRows[] = [],
  isOpen = others.length === 1,
): HTMLElement[] {
  return comparisons([first, ...others], besides).map((compared) => {
    const { base, other, differences, ratios } = compared
    const machine = machineText(compared)
    const some = ratios.filter(({ scheme }) => schemes?.includes(scheme) ?? true)
    return el(
      'section',
      { 'aria-label': `Against ${other.run.id}` },
      el('h3', {}, `${base.run.id} → ${other.run.id}`),
      el('p', {}, comparability(differences)),
      differences.length > 0
        ? details(
            'What differs',
            false,
            tableOf(`What differs from ${other.run.id}`, differencesTable(differences), 4),
          )
        : null,
      machine ? el('p', {}, machine) : null,
      el('p', {}, el('strong', {}, headline(some))),
      details(
        'Every ratio, by metric and scheme',
        isOpen,
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
  const columns = head.map((name, i) => ({ name, isNumber: i >= words }))
  return scrollingTable(label, columns, rows)
}
