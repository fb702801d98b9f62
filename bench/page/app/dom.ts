/** Elements without a framework. */

type Child = Node | string | null | undefined

/** `attributes`: as in HTML; a function is a listener, `true` an attribute without a value, null none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | number | boolean | null | ((event: Event) => void)>> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== null && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== null && child !== undefined))
  return element
}

/** @throws Error where the page lacks it, which is a mistake of ours */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the page has no #${id}`)
  return found
}

interface Column {
  name: string
  /** Figures stand at the right. */
  isNumber?: boolean
}

export type Cell = string | { text: string; value: number }

/** In a region of its own that scrolls, also by keyboard. */
export function scrollingTable(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const align = (i: number) => (columns[i]?.isNumber ? { class: 'number' } : {})
  return el(
    'div',
    { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label },
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el('tr', {}, ...columns.map(({ name }, i) => el('th', { scope: 'col', ...align(i) }, name))),
      ),
      el(
        'tbody',
        {},
        ...rows.map((cells) =>
          el(
            'tr',
            {},
            ...cells.map((cell, i) =>
              typeof cell === 'string'
                ? el('td', align(i), cell)
                : el('td', { ...align(i), 'data-value': cell.value }, cell.text),
            ),
          ),
        ),
      ),
    ),
  )
}

/** For who hears the page: what just changed. */
export function say(text: string): void {
  byId('said').textContent = text
}

/** A file for the reader to keep. */
export function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content)
  el('a', { href: url, download: name }).click()
  // The click has begun the download by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
