/** Markdown of a report as HTML of a page; charts become places that the page draws into. */
import { Marked } from 'marked'
import { NOT_DETECTED } from '../words/format.ts'
import { escaped } from './escaped.ts'

/** The only HTML that reports contain. Anything else came from a record, and is shown as the text that it is. */
const OURS = /<(?!\/?(?:details|summary)>)/g

/** Within the page, to files beside it, and to the web; nothing that runs. */
const LEADS_SOMEWHERE = /^(?:https?:\/\/|[\w./#-]+$)/i

const marked = new Marked({
  renderer: {
    html: ({ text }) => text.replace(OURS, '&lt;'),
    image: ({ text }) => escaped(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      return LEADS_SOMEWHERE.test(href) ? `<a href="${escaped(href)}">${text}</a>` : text
    },
  },
})

const CHART = /^!\[.*\]\(charts\/(.*)\.svg\)$/

/** @param heading names the regions of its tables for who cannot see them */
export function proseHtml(parts: readonly string[], heading: string): string {
  let tables = 0
  const label = () => {
    tables++
    return `${heading}, table${tables > 1 ? ` ${tables}` : ''}`
  }
  return parts
    .map((part) => {
      const chart = CHART.exec(part)
      return chart ? chartPlace(chart[1] ?? '') : block(part, label)
    })
    .join('\n')
}

/** A figure that is empty until the page draws it. */
export const chartPlace = (name: string) => `<figure class="chart" data-chart="${escaped(name)}"></figure>`

/** Such a figure, with its name. */
export const CHART_PLACE = /<figure class="chart" data-chart="([^"]*)"><\/figure>/g

/** Opens a place that scrolls by itself, also by keyboard, so that the page never has to. */
export function scrolling(label: string): string {
  return `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(label)}">`
}

/** One line, without a paragraph around it. */
export function inline(markdown: string): string {
  return marked.parseInline(markdown, { async: false }) as string
}

/** What may be chance is paler than what was told. */
const NOT_TOLD = new RegExp(`<td([^>]*)>(?=${NOT_DETECTED} )`, 'g')

function block(markdown: string, label: () => string): string {
  const html = marked.parse(markdown, { async: false }) as string
  return html
    .replace(NOT_TOLD, '<td class="unseen"$1>')
    .replaceAll('<table>', () => `${scrolling(label())}<table>`)
    .replaceAll('</table>', '</table></div>')
}
