/** The documents of the repository as pages of a site: what each is called there, and where its links lead. Pure. */
import path from 'node:path'
import { Marked } from 'marked'
import { escaped } from './escaped.ts'

/** What lies below `results/` is the site's root: its first page is the answer. */
const RESULTS = 'results/'

/** Documents of which the name on the site is not that of the repository in small letters. */
const NAMES: Readonly<Record<string, string>> = {
  'README.md': 'about.html',
  'results/README.md': 'runs.html',
}

/** Path on the site of a file of the repository, both with slashes and from their roots. */
export function sitePath(file: string): string {
  const named = NAMES[file]
  if (named) return named
  const inside = file.startsWith(RESULTS) ? file.slice(RESULTS.length) : file
  return inside.endsWith('.md') ? inside.toLowerCase().replace(/\.md$/, '.html') : inside
}

/** Where a link of a document leads on the site; what leads elsewhere stays. */
export function siteLink(from: string, href: string): string {
  if (/^[a-z]+:/i.test(href) || href.startsWith('#')) return href
  const [target = '', anchor] = href.split('#')
  const file = path.posix.normalize(path.posix.join(path.posix.dirname(from), target))
  const way = path.posix.relative(path.posix.dirname(sitePath(from)), sitePath(file))
  return anchor === undefined ? way : `${way}#${anchor}`
}

/** As a code host makes an address of a heading. */
export const anchorOf = (heading: string): string =>
  heading
    .replace(/`|\[|\]\([^)]*\)/g, '')
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .replaceAll(' ', '-')

/** Every document on the site, by its path in the repository. */
export interface Entry {
  file: string
  title: string
}

export const titleOf = (markdown: string): string => /^# (.+)$/m.exec(markdown)?.[1] ?? 'authscale'

/** @param others what the page leads to, in the order in which it is shown */
export function documentPage(
  file: string,
  markdown: string,
  others: readonly Entry[],
  style: string,
): string {
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, raw }) {
        const words = raw.replace(/^#+\s*/, '').trim()
        return `<h${depth} id="${escaped(anchorOf(words))}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      link({ href, tokens }) {
        return `<a href="${escaped(siteLink(file, href))}">${this.parser.parseInline(tokens)}</a>`
      },
      image({ href, text }) {
        return `<img src="${escaped(siteLink(file, href))}" alt="${escaped(text)}">`
      },
      // Written by us, with paths of the repository.
      html: ({ text }) =>
        text.replace(
          /\b(href|src)="([^"]+)"/g,
          (_, name, target) => `${name}="${escaped(siteLink(file, target))}"`,
        ),
    },
  })
  const html = (marked.parse(markdown, { async: false }) as string)
    .replaceAll('<table>', '<div class="scroll" role="region" tabindex="0" aria-label="Table"><table>')
    .replaceAll('</table>', '</table></div>')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(titleOf(markdown))} · authscale</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
${navigation(file, others)}
<main class="document">
${html}</main>
</body>
</html>
`
}

/** The same on every page. */
function navigation(from: string, others: readonly Entry[]): string {
  const links = others.map(({ file, title }) => {
    const current = file === from ? ' aria-current="page"' : ''
    return `<li><a href="${escaped(siteLink(from, path.posix.relative(path.posix.dirname(from), file)))}"${current}>${escaped(title)}</a></li>`
  })
  return `<nav class="site" aria-label="Site"><ul>${links.join('')}</ul></nav>`
}

/** The page of all runs, which is one file for itself, with a way to the documents. */
export function withNavigation(html: string, file: string, others: readonly Entry[]): string {
  return html.replace('<body>', () => `<body>\n${navigation(file, others)}`)
}
