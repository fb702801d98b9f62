/** Every trial of the run in one table that sorts and filters. */
import { isAtLeast } from '../../figures/ladders/capacity.ts'
import { experimentsIn, schemesIn } from '../../figures/records.ts'
import type { TrialRow } from '../../figures/rows.ts'
import { SERVING } from '../../record/tiers.ts'
import { figure } from '../../words/format.ts'
import type { PageData } from '../page-data.ts'
import { choose, chosen, kept, onChoice } from './address.ts'
import { bodyOf, button, byId, el, region, say, table } from './dom.ts'

/** More rows at once would make the page slow, and nobody reads them. */
const AT_ONCE = 100

interface Column {
  name: string
  of(row: TrialRow): string | number | null
  /** What stands before the figure. */
  sign?(row: TrialRow): string
}

const value =
  (name: keyof TrialRow['values']) =>
  ({ values }: TrialRow) =>
    values[name] ?? null

const columns: readonly Column[] = [
  { name: 'trial', of: ({ id }) => id },
  { name: 'scheme', of: ({ scheme }) => scheme },
  { name: 'block', of: ({ block }) => block },
  { name: 'started', of: ({ startedAt }) => startedAt.slice(0, 19).replace('T', ' ') },
  { name: 'requests/s', of: value('throughputPerSec') },
  { name: 'CPU µs/request', of: value('cpuUsPerRequest.total') },
  ...SERVING.map(({ key, name }) => ({ name, of: value(`cpuUsPerRequest.${key}`) })),
  {
    name: 'capacity/s',
    of: value('capacityPerSec'),
    sign: ({ capacityNote }) => (capacityNote && isAtLeast(capacityNote) ? '≥ ' : ''),
  },
  { name: 'bytes received', of: value('bytesReceivedPerRequest') },
  { name: 'warnings', of: ({ warnings }) => warnings.join(', ') },
  { name: 'rejected', of: ({ rejected }) => rejected ?? '' },
]

export function showTrials({ run, rows }: PageData): void {
  const schemes = schemesIn(run.plan)
  const experiments = experimentsIn(run.plan)
  let most = AT_ONCE
  const search = el('input', {
    type: 'search',
    id: 'trials-search',
    value: chosen('trials') ?? '',
    input() {
      most = AT_ONCE
      choose({ trials: search.value === '' ? null : search.value })
    },
  })
  const place = region('Table of raw trials')
  const count = el('p')
  const more = button('Show all', () => {
    most = rows.length
    draw()
  })
  const draw = () => {
    search.value = chosen('trials') ?? ''
    const some = rows.filter(
      isWanted(search.value, kept('schemes', schemes), kept('experiments', experiments)),
    )
    const sorted = inOrder(some, chosen('sort'))
    const heads = columns.map(({ name }) => heading(name))
    const body = sorted.slice(0, most).map((row) => columns.map(({ of, sign }) => cell(of(row), sign?.(row))))
    place.replaceChildren(table(heads, body))
    count.textContent = `${some.length} of ${rows.length} trials${some.length > most ? `, the first ${most} shown` : ''}`
    more.hidden = some.length <= most
  }
  const label = el('label', { for: 'trials-search' }, 'Only trials with these words, or any of these ids: ')
  bodyOf('raw-trials').replaceChildren(el('p', {}, label, search), count, place, more)
  onChoice(['trials', 'sort', 'schemes', 'experiments'], draw)
  onChoice(['trials'], () => say(count.textContent ?? ''))
  draw()
}

/** A verdict, and a cell of the trade, lead to the trials behind them. */
export function followEvidence({ summary }: PageData): void {
  document.addEventListener('click', ({ target }) => {
    const link = target instanceof Element ? target.closest<HTMLElement>('[data-of]') : null
    if (!link) return
    const [kind, name, column] = (link.dataset.of ?? '').split(' ')
    const cells = summary.trade.find(({ scheme }) => scheme === name)?.cells
    const trials =
      kind === 'claim'
        ? summary.claims.find(({ id }) => id === name)?.evidence
        : cells?.[column as keyof typeof cells]?.trials
    choose({ trials: trials?.join(' ') ?? null, schemes: null, experiments: null })
  })
}

function isWanted(text: string, schemes: readonly string[], experiments: readonly string[]) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const ids = new Set(words.filter((word) => word.includes('@')))
  return (row: TrialRow): boolean => {
    if (!schemes.includes(row.scheme) || !experiments.includes(row.experiment)) return false
    if (ids.has(row.id.toLowerCase())) return true
    if (ids.size === words.length && ids.size > 0) return false
    const all = columns
      .map(({ of }) => of(row))
      .join(' ')
      .toLowerCase()
    return words.every((word) => all.includes(word))
  }
}

/** @param sort a column's name, with a minus before it for the largest first */
function inOrder(rows: readonly TrialRow[], sort: string | null): TrialRow[] {
  const isDown = sort?.startsWith('-') ?? false
  const column = columns.find(({ name }) => name === sort?.replace(/^-/, ''))
  if (!column) return [...rows]
  const sign = isDown ? -1 : 1
  return rows.toSorted((a, b) => {
    const [x, y] = [column.of(a), column.of(b)]
    // What has no value comes last either way.
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    const order =
      typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x).localeCompare(String(y), 'en', { numeric: true })
    return sign * order
  })
}

function cell(found: string | number | null, sign = ''): HTMLTableCellElement {
  if (typeof found !== 'number') return el('td', {}, found ?? '–')
  const text = Number.isInteger(found) && found < 1_000 ? String(found) : figure(found)
  return el('td', { class: 'number', 'data-value': found }, sign + text)
}

/** A click sorts by it, a second one the other way round, a third one as the records are. */
function heading(name: string): HTMLTableCellElement {
  const sort = chosen('sort')
  const state = sort === name ? 'ascending' : sort === `-${name}` ? 'descending' : 'none'
  const next = { none: name, ascending: `-${name}`, descending: null }[state]
  const sortBy = () => {
    choose({ sort: next })
    // The button that was pressed is gone: its successor takes over.
    const buttons = byId('raw-trials').querySelectorAll<HTMLButtonElement>('th button')
    ;[...buttons].find((one) => one.textContent === name)?.focus()
  }
  return el('th', { scope: 'col', 'aria-sort': state }, button(name, sortBy))
}
