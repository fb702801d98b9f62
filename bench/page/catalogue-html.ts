/** The list of published runs before a script has run. */
import { runsTable } from '../compare/catalogue.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { markdownTable } from '../words/tables.ts'
import { type Assets, documentHtml } from './html.ts'
import { proseHtml } from './prose.ts'

export function catalogueHtml(runs: readonly RunWithRows[], assets: Assets): string {
  return documentHtml({
    title: 'Published runs',
    body: `<header>
<p class="run">authscale</p>
<h1>Sessions or tokens? The published runs</h1>
<p>Each was made by <code>npm run bench</code> on the machine named, lies here with its raw records, and can be repeated. Ratios between schemes travel better between machines than microseconds do.</p>
</header>
<main id="main">
<div id="filters"></div>
<section id="runs" aria-labelledby="runs-heading"><h2 id="runs-heading">Runs</h2><div class="body">${proseHtml([markdownTable(runsTable(runs), 'text')], 'Runs')}</div></section>
<section id="across" aria-labelledby="across-heading"><h2 id="across-heading">Side by side</h2><div class="body"><p>Needs JavaScript.</p></div></section>
<section id="compare-runs" aria-labelledby="compare-runs-heading"><h2 id="compare-runs-heading">Compare runs</h2><div class="body"><p>Needs JavaScript.</p></div></section>
</main>`,
    source: 'the raw records of these runs',
    assets,
  })
}
