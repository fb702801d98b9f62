/** Elements without a framework. */

type Attributes = Readonly<Record<string, string | number | boolean | null | (() => void)>>
type Child = Node | string | null

/** `attributes`: as in HTML; a function is a listener, `true` an attribute without a value, null none. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name, value)
    else if (value === true) element.setAttribute(name, '')
    else if (value !== null && value !== false) element.setAttribute(name, String(value))
  }
  element.append(...children.filter((child) => child !== null))
  return element
}

/** @throws Error where the page lacks it, which is a mistake of ours */
function found(selector: string): HTMLElement {
  const element = document.querySelector<HTMLElement>(selector)
  if (!element) throw new Error(`the page has no ${selector}`)
  return element
}

export const byId = (id: string) => found(`#${id}`)

/** Where a section that the page makes itself has its content. */
export const bodyOf = (id: string) => found(`#${id} .body`)

export function button(label: string, click: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return el('button', { type: 'button', click, ...attributes }, label)
}

/** Unfolds when its title is clicked. */
export function details(title: string, isOpen: boolean, ...children: Child[]): HTMLDetailsElement {
  return el('details', { open: isOpen }, el('summary', {}, title), ...children)
}

/** @param take is given the option that the reader chooses */
export function select(id: string, options: readonly string[], take: (option: string) => void) {
  const box = el('select', { id }, ...options.map((value) => el('option', { value }, value)))
  box.addEventListener('change', () => take(box.value))
  return box
}

/** Scrolls by itself, also by keyboard. */
export function region(label: string, ...children: Child[]): HTMLElement {
  return el('div', { class: 'scroll', role: 'region', tabindex: 0, 'aria-label': label }, ...children)
}

/** @param heads of columns */
export function table(
  heads: readonly HTMLTableCellElement[],
  rows: readonly (readonly HTMLTableCellElement[])[],
): HTMLTableElement {
  const body = rows.map((cells) => el('tr', {}, ...cells))
  return el('table', {}, el('thead', {}, el('tr', {}, ...heads)), el('tbody', {}, ...body))
}

interface Column {
  name: string
  /** Figures stand at the right. */
  isNumber?: boolean
}

export type Cell = string | { text: string; value: number }

export function scrollingTable(
  label: string,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
): HTMLElement {
  const align = (i: number) => (columns[i]?.isNumber ? { class: 'number' } : {})
  const heads = columns.map(({ name }, i) => el('th', { scope: 'col', ...align(i) }, name))
  const cell = (content: Cell, i: number) => {
    const { text, value = null } = typeof content === 'string' ? { text: content } : content
    return el('td', { ...align(i), 'data-value': value }, text)
  }
  const body = rows.map((cells) => cells.map(cell))
  return region(label, table(heads, body))
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
