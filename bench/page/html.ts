/** The page of a run before a script has run: what to choose, what that rests on, and every section of its report. */
import type { Topic } from '../experiments/report.ts'
import type { Run } from '../record/types.ts'
import { drawings } from '../report/charts.ts'
import { progress, reportSections } from '../report/markdown.ts'
import type { Summary } from '../report/schema.ts'
import type { Trade } from '../trade/schema.ts'
import { columnsOf, NOTE } from '../trade/section.ts'
import { type Cell, COLUMNS, EMPTY } from '../trade/trade.ts'
import { machine } from '../words/format.ts'
import { sentencesHtml } from './answer-html.ts'
import { claimsHtml, tallyText } from './claims-html.ts'
import { type DecisionData, openingHtml } from './decision-html.ts'
import { type Assets, documentHtml } from './document.ts'
import { escaped } from './escaped.ts'
import { CHART_PLACE, inline, proseHtml, scrolling } from './prose.ts'
import { BASELINE, type Block, type Tab, tabsHtml, UNTIL_AWAKE } from './tabs.ts'

/** Sections that a page can show better than text can. */
const OWN_FORMS: Readonly<Record<string, (summary: Summary, charts: readonly string[]) => string>> = {
  claims: ({ claims }, charts) => claimsHtml(claims, charts),
  'the-trade-on-one-page': ({ trade }) => tradeHtml(trade),
}

const own = (id: string, heading: string): Block => ({ id, heading, experiments: [], html: UNTIL_AWAKE })

/** What the page makes itself, since it answers to its reader, and where that stands. */
const OWN: Partial<Record<Part, readonly Block[]>> = {
  plan: [own('plan-capacity', 'Plan capacity')],
  evidence: [own('compare-runs', 'Compare runs'), own('raw-trials', 'Raw trials')],
}

type Part = Topic | 'plan' | 'evidence'

const PARTS: readonly { id: Part; name: string }[] = [
  { id: 'cost', name: 'Cost' },
  { id: 'latency', name: 'Latency and capacity' },
  { id: 'growth', name: 'Growth' },
  { id: 'guarantees', name: 'Guarantees and faults' },
  { id: 'plan', name: 'Plan' },
  { id: 'evidence', name: 'Evidence' },
]

/** @param decision what the first screen rests on */
export function pageHtml(run: Run, summary: Summary, decision: DecisionData, assets: Assets): string {
  const drawn = drawings(run, summary)
  const names = drawn.map(({ name }) => name)
  const files = drawn.map(({ file }) => file)
  const sections = reportSections(run, summary, files).map(({ id, heading, topic, experiments, parts }) => ({
    topic,
    block: {
      ...{ id, heading, experiments },
      html: OWN_FORMS[id]?.(summary, names) ?? proseHtml(parts, heading),
    },
  }))
  const tabs: Tab[] = [
    {
      id: 'answer',
      name: 'Answer',
      opening: `${openingHtml(decision)}\n${answerHtml(run, summary)}`,
      blocks: [],
    },
    ...PARTS.flatMap(({ id, name }) => {
      const blocks = [
        ...sections.flatMap(({ topic, block }) => (topic === id ? [block] : [])),
        ...(OWN[id] ?? []),
      ]
      const opening = id === 'cost' && decision.basis ? BASELINE : ''
      return blocks.length > 0 ? [{ id: `part-${id}`, name, opening, blocks }] : []
    }),
  ]
  const { navigation, body } = tabsHtml(tabs)
  return documentHtml({
    title: `Sessions or tokens? ${run.id}`,
    body: `<header>
<p class="run">authscale · ${escaped(run.id)} · ${escaped(run.profile)} run of ${run.startedAt.slice(0, 10)} · ${escaped(machine(run.environment))} · all published runs: <code>results/index.html</code></p>
<h1>Sessions or tokens?</h1>
${navigation}
</header>
<main id="main">
<div id="filters"></div>
${withPictures(body, drawn)}
</main>`,
    source: 'the raw records of one run',
    assets,
  })
}

/**
 * Places for charts, as high as these will be: a link must land where it leads to before they are drawn. Where no script draws
 * them, the files beside the page are shown.
 */
function withPictures(body: string, drawn: ReturnType<typeof drawings>): string {
  const known = new Map(drawn.map((one) => [one.name, one]))
  return body.replace(CHART_PLACE, (whole, name: string) => {
    const one = known.get(name)
    if (!one) return whole
    const { file, drawing } = one
    return `<figure class="chart" style="--tall:${drawing.height}" data-chart="${name}"><img src="${file}" alt="${escaped(drawing.title)}"></figure>`
  })
}

function answerHtml(run: Run, summary: Summary): string {
  const missing = progress(summary)
  return [
    missing ? `<p class="incomplete">${inline(missing)}</p>` : '',
    '<h2 id="in-sentences">What this run says, in sentences</h2>',
    `<dl class="answer" id="sentences">${sentencesHtml(run, summary)}</dl>`,
    `<dl class="answer"><div><dt>What was claimed</dt><dd>${tallyText(summary.claims)}. <a href="#claims">Each with its evidence</a>.</dd></div></dl>`,
  ].join('\n')
}

/** The whole trade: each cell leads to the trials behind it. */
function tradeHtml(trade: Trade): string {
  const columns = columnsOf(trade)
  const head = ['scheme', ...columns.map((name) => COLUMNS[name])]
  const rows = trade.map(({ scheme, cells }) => {
    const row = columns.map((name) =>
      cellHtml(cells[name] ?? EMPTY, { what: `${COLUMNS[name]}, ${scheme}`, of: `trade ${scheme} ${name}` }),
    )
    return `<tr><th scope="row">${escaped(scheme)}</th>${row.join('')}</tr>`
  })
  return `${scrolling('The whole trade')}<table class="trade">
<thead><tr>${head.map((name) => `<th scope="col">${escaped(name)}</th>`).join('')}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
<p>${inline(NOTE)} Each cell leads to its trials.</p>`
}

/** @param of where the page finds the trials behind it */
function cellHtml({ text, trials }: Cell, { what, of }: { what: string; of: string }): string {
  if (trials.length === 0) return `<td>${escaped(text)}</td>`
  return `<td><a href="#raw-trials" data-of="${escaped(of)}" aria-label="${escaped(`${text}: trials behind ${what}`)}">${escaped(text)}</a></td>`
}
