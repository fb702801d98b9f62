/** Pages before a script has run: the answer, the verdicts and every section of a report, readable by itself. */
import { claimsPlace, runsTable } from '../compare/catalogue.ts'
import { claimsByRun, type Machine } from '../compare/verdicts.ts'
import type { RunWithRows } from '../figures/rows.ts'
import type { Run } from '../record/types.ts'
import { answers } from '../report/answer.ts'
import { drawings } from '../report/charts.ts'
import { progress, reportSections } from '../report/markdown.ts'
import type { Summary } from '../report/schema.ts'
import type { Trade } from '../trade/schema.ts'
import { columnsOf, NOTE } from '../trade/section.ts'
import { type Cell, COLUMNS, EMPTY } from '../trade/trade.ts'
import { machine } from '../words/format.ts'
import { markdownTable } from '../words/tables.ts'
import { claimsHtml, tallyText } from './claims-html.ts'
import { chartPlace, escaped, inline, proseHtml, scrolling } from './prose.ts'

export interface Assets {
  style: string
  /** A program and what it shows, both compressed, in base64: texts that no HTML parser stumbles over. */
  program: string
  data: string
}

/** The program would be the larger part of a page; compressed it is less than half as large. */
const UNPACK = `const packed = document.getElementById('program').textContent
const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0))
const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
const script = document.createElement('script')
script.type = 'module'
script.textContent = await new Response(stream).text()
document.body.append(script)`

/** Beside the list of runs, in the folder of each. */
const PAGE = 'report.html'

interface Block {
  id: string
  heading: string
  experiments: readonly string[]
  html: string
}

/** Sections that a page can show better than text can. */
const OWN_FORMS: Readonly<Record<string, (summary: Summary, charts: readonly string[]) => string>> = {
  claims: ({ claims }, charts) => claimsHtml(claims, charts),
  'the-trade-on-one-page': ({ trade }) => tradeHtml(trade),
}

const UNTIL_AWAKE = '<p>Needs JavaScript.</p>'

/** The page makes these itself, since they answer to its reader. */
const OWN = [
  { id: 'plan-capacity', heading: 'Plan capacity' },
  { id: 'compare-runs', heading: 'Compare runs' },
  { id: 'raw-trials', heading: 'Raw trials' },
].map((one) => ({ ...one, experiments: [], html: UNTIL_AWAKE }))

export function pageHtml(run: Run, summary: Summary, assets: Assets): string {
  const drawn = drawings(run, summary)
  const names = drawn.map(({ name }) => name)
  const files = drawn.map(({ file }) => file)
  const blocks: Block[] = [
    ...reportSections(run, summary, files).map(({ id, heading, experiments, parts }) => ({
      id,
      heading,
      experiments,
      html: OWN_FORMS[id]?.(summary, names) ?? proseHtml(parts, heading),
    })),
    ...OWN,
  ]
  return documentHtml({
    title: `Sessions or tokens? ${run.id}`,
    body: `<header>
<p class="run">authscale · ${escaped(run.id)} · ${escaped(run.profile)} run of ${run.startedAt.slice(0, 10)} · ${escaped(machine(run.environment))}</p>
<h1>Sessions or tokens? What each costs, measured</h1>
${answerHtml(run, summary)}
</header>
${navigation(blocks)}
<main id="main">
${mainChart(summary, names)}
<div id="filters"></div>
${blocks.map(sectionHtml).join('\n')}
</main>`,
    source: 'the raw records of one run',
    assets,
  })
}

/** Where services run, if that was measured; else saturation. */
function mainChart({ costCurves }: Summary, names: readonly string[]): string {
  const name = costCurves.everyday ? 'curves' : 'cpu'
  if (!names.includes(name)) return ''
  return `<section data-experiments="cost" aria-label="The main chart">${chartPlace(name, '')}</section>`
}

/** The list of published runs, and what those of each machine say about the claims. */
export function catalogueHtml(
  runs: readonly RunWithRows[],
  machines: readonly Machine[],
  assets: Assets,
): string {
  const claims = claimsByRun(machines, claimsPlace(PAGE))
  const part = (id: string, heading: string, html: string) =>
    `<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${heading}</h2><div class="body">${html}</div></section>`
  return documentHtml({
    title: 'Published runs',
    body: `<header>
<p class="run">authscale</p>
<h1>Sessions or tokens? The published runs</h1>
<p>Each was made by <code>npm run bench</code> on the machine named, lies here with its raw records, and can be repeated. Ratios between schemes travel better between machines than microseconds do.</p>
</header>
<main id="main">
<div id="filters"></div>
${part('runs', 'Runs', proseHtml([markdownTable(runsTable(runs), 'text')], 'Runs'))}
${claims.length > 0 ? part('claims', 'Claims', proseHtml(claims, 'Claims')) : ''}
${part('across', 'Side by side', UNTIL_AWAKE)}
${part('compare-runs', 'Compare runs', UNTIL_AWAKE)}
</main>`,
    source: 'the raw records of these runs',
    assets,
  })
}

interface Document {
  title: string
  body: string
  /** What it was made from. */
  source: string
  assets: Assets
}

/** All that pages share. The policy lets nothing in from elsewhere, and nothing out. */
function documentHtml({ title, body, source, assets: { style, program, data } }: Document): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)} · authscale</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the figures</a>
${body}
<footer><p>Made by authscale from ${source}; nothing on this page was typed in. It makes no network requests. Charts are drawn by Apache ECharts (Apache License 2.0).</p></footer>
<p id="said" role="status" aria-live="polite"></p>
<script type="application/octet-stream" id="data">${data}</script>
<script type="application/octet-stream" id="program">${program}</script>
<script type="module">
${UNPACK}
</script>
</body>
</html>
`
}

/** What nobody should have to look for; the rest of the answer unfolds. */
const FIRST = ['Beware', 'What it costs', 'At what load it matters', 'How sure that is']

function answerHtml(run: Run, summary: Summary): string {
  const all = answers(summary, run)
  const claimed = `<div><dt>What was claimed</dt><dd>${tallyText(summary.claims)}: <a href="#claims">each with its evidence</a>.</dd></div>`
  const list = (some: typeof all, end: readonly string[] = []) => {
    const rows = some.map(({ about, text }) => `<div><dt>${about}</dt><dd>${inline(text)}</dd></div>`)
    return `<dl class="answer">${[...rows, ...end].join('\n')}</dl>`
  }
  const rest = all.filter(({ about }) => !FIRST.includes(about))
  const missing = progress(summary)
  const first = all.filter(({ about }) => FIRST.includes(about))
  return [
    missing ? `<p class="incomplete">${inline(missing)}</p>` : '',
    list(first, [claimed]),
    rest.length > 0 ? `<details><summary>The rest of the answer</summary>${list(rest)}</details>` : '',
  ].join('\n')
}

function navigation(blocks: readonly Block[]): string {
  const links = blocks.map(({ id, heading }) => `<li><a href="#${id}">${escaped(heading)}</a></li>`)
  return `<nav aria-label="Sections"><ul>${links.join('')}</ul></nav>`
}

function sectionHtml({ id, heading, experiments, html }: Block): string {
  return `<section id="${id}" data-experiments="${experiments.join(' ')}" aria-labelledby="${id}-heading">
<h2 id="${id}-heading">${escaped(heading)}</h2>
<div class="body">${html}</div>
</section>`
}

/** The whole trade: each cell leads to the trials behind it. */
function tradeHtml(trade: Trade): string {
  const columns = columnsOf(trade)
  const head = ['scheme', ...columns.map((name) => COLUMNS[name])]
  const rows = trade.map(({ scheme, cells }) => {
    const row = columns.map((name) => cellHtml(cells[name] ?? EMPTY, `${COLUMNS[name]}, ${scheme}`))
    return `<tr><th scope="row">${escaped(scheme)}</th>${row.join('')}</tr>`
  })
  return `${scrolling('The whole trade')}<table class="trade">
<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p>${inline(NOTE)} Each cell leads to its trials.</p>`
}

function cellHtml({ text, trials }: Cell, what: string): string {
  if (trials.length === 0) return `<td>${escaped(text)}</td>`
  const ids = escaped(trials.join(' '))
  return `<td><a href="#raw-trials" data-trials="${ids}" aria-label="${escaped(`${text}: trials behind ${what}`)}">${escaped(text)}</a></td>`
}
