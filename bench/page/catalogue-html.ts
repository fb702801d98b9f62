/** The list of published runs before a script has run: what to choose over all runs of a machine, then the runs themselves. */
import { claimsPlace, newestFirst, runsTable } from '../compare/catalogue.ts'
import { claimsByRun, type Machine } from '../compare/verdicts.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { list } from '../words/format.ts'
import { markdownTable } from '../words/tables.ts'
import { type DecisionData, openingHtml } from './decision-html.ts'
import { type Assets, documentHtml } from './document.ts'
import { escaped } from './escaped.ts'
import { proseHtml } from './prose.ts'
import { BASELINE, type Block, tabsHtml, UNTIL_AWAKE } from './tabs.ts'

/** Beside the list of runs, in the folder of each. */
const PAGE = 'report.html'

const block = (id: string, heading: string, html: string): Block => ({ id, heading, experiments: [], html })

/** Which of many runs a reader should open. */
function readFirst(runs: readonly RunWithRows[]): string {
  const link = (profile: string, what: string) => {
    const newest = newestFirst(runs).find(({ run }) => run.profile === profile)?.run.id
    return newest ? [`<a href="published/${escaped(newest)}/${PAGE}">${escaped(newest)}</a>, ${what}`] : []
  }
  const links = [
    ...link('standard', 'the newest standard run, for what auth costs'),
    ...link('full', 'the newest full run, for guarantees and faults'),
  ]
  return links.length > 0 ? `<p>Read first: ${links.join('; ')}.</p>` : ''
}

/** Who has another machine is asked for its run, in words that can be pasted. */
function wanted(machines: readonly Machine[]): string {
  const kinds = machines.map(({ machine }) => machine)
  const few =
    kinds.length === 1
      ? `One kind of machine so far: ${kinds[0]}.`
      : `${kinds.length} kinds of machine so far: ${list(kinds)}.`
  return `<p>${escaped(few)} Is yours another one? An hour of it is wanted:</p>
<pre><code>npm ci
npm run bench
npm run publish-run -- results/&lt;the run&gt;</code></pre>`
}

/** The list of published runs, and what those of each machine say about the claims. */
export function catalogueHtml(
  runs: readonly RunWithRows[],
  machines: readonly Machine[],
  decision: DecisionData,
  assets: Assets,
): string {
  const claims = claimsByRun(machines, claimsPlace(PAGE))
  const { navigation, body } = tabsHtml([
    { id: 'answer', name: 'Answer', opening: openingHtml(decision), blocks: [] },
    ...(decision.basis ? [{ id: 'part-cost', name: 'Cost', opening: BASELINE, blocks: [] }] : []),
    { id: 'part-plan', name: 'Plan', blocks: [block('plan-capacity', 'Plan capacity', UNTIL_AWAKE)] },
    {
      id: 'part-runs',
      name: 'Runs',
      opening: `<div id="filters"></div>${readFirst(runs)}${wanted(machines)}<p>Each was made by <code>npm run bench</code> on the machine named, lies here with its raw records, and can be repeated. Ratios between schemes travel better between machines than microseconds do.</p>`,
      blocks: [
        block('runs', 'Runs', proseHtml([markdownTable(runsTable(runs), 'text')], 'Runs')),
        block('across', 'Side by side', UNTIL_AWAKE),
        block('compare-runs', 'Compare runs', UNTIL_AWAKE),
      ],
    },
    ...(claims.length > 0
      ? [
          {
            id: 'part-claims',
            name: 'Claims',
            blocks: [block('claims', 'Claims', proseHtml(claims, 'Claims'))],
          },
        ]
      : []),
  ])
  return documentHtml({
    title: 'Published runs',
    body: `<header>
<p class="run">authscale · the published runs</p>
<h1>Sessions or tokens?</h1>
${navigation}
</header>
<main id="main">
${body}
</main>`,
    source: 'the raw records of these runs',
    assets,
  })
}
