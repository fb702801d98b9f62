/** The whole trade as a table in which each cell leads to the trials behind it. */
import type { Trade } from '../trade/schema.ts'
import { NOTE } from '../trade/section.ts'
import { COLUMNS, type Column } from '../trade/trade.ts'
import { escaped, inline } from './prose.ts'

const names = Object.keys(COLUMNS) as Column[]

export function tradeHtml(trade: Trade): string {
  const head = ['scheme', ...names.map((name) => COLUMNS[name])]
  const rows = trade.map(({ scheme, cells }) => {
    const row = names.map((name) => cellHtml(cells[name], `${COLUMNS[name]}, ${scheme}`))
    return `<tr><th scope="row">${escaped(scheme)}</th>${row.join('')}</tr>`
  })
  return `<div class="scroll" role="region" tabindex="0" aria-label="The whole trade"><table class="trade">
<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p>${inline(NOTE)} Each cell leads to its trials.</p>`
}

function cellHtml({ text, trials }: Trade[number]['cells'][Column], what: string): string {
  if (trials.length === 0) return `<td>${escaped(text)}</td>`
  const ids = escaped(trials.join(' '))
  return `<td><a href="#raw-trials" data-trials="${ids}" aria-label="${escaped(`${text}: trials behind ${what}`)}">${escaped(text)}</a></td>`
}
