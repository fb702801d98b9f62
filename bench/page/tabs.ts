/**
 * A page in parts of which one is shown at a time. All but the first are there for who has no script, one after the other; a script makes
 * them when they are first shown, so that a page of a thousand rows is as quick as one of ten.
 */
import { escaped } from './escaped.ts'

export interface Block {
  id: string
  heading: string
  experiments: readonly string[]
  html: string
}

export interface Tab {
  id: string
  name: string
  /** Above its blocks. */
  opening?: string
  blocks: readonly Block[]
}

/** Of a section that the page makes itself. */
export const UNTIL_AWAKE = '<p>Needs JavaScript.</p>'

/** Where every scheme stands beside one that the reader picks. */
export const BASELINE = `<div id="baseline">${UNTIL_AWAKE}</div>`

/** Without a script all of it is there, one after the other. */
export const SHOW_ALL = '<noscript><style>.tab{display:block}</style></noscript>'

export function tabsHtml(tabs: readonly Tab[]): { navigation: string; body: string } {
  const links = tabs.map(({ id, name }) => `<li><a href="#${id}">${escaped(name)}</a></li>`)
  return {
    navigation: `<nav class="tabs" aria-label="Parts"><ul>${links.join('')}</ul></nav>`,
    body: tabs.map(tabHtml).join('\n'),
  }
}

function tabHtml({ id, name, opening = '', blocks }: Tab, place: number): string {
  const links = blocks.map((block) => `<li><a href="#${block.id}">${escaped(block.heading)}</a></li>`)
  const within =
    blocks.length > 1
      ? `<nav class="within" aria-label="${escaped(name)}, sections"><ul>${links.join('')}</ul></nav>`
      : ''
  const content = [opening, within, ...blocks.map(blockHtml)].filter(Boolean).join('\n')
  return `<div class="tab" id="${id}">${place === 0 ? content : `<noscript>${content}</noscript>`}</div>`
}

function blockHtml({ id, heading, experiments, html }: Block): string {
  return `<section id="${id}" data-experiments="${experiments.join(' ')}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${escaped(heading)}</h2>
<div class="body">${html}</div>
</section>`
}
