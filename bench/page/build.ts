/** `report.html` and `results/index.html`: each one file that needs nothing else, neither a server nor a network. */
import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import type { Machine } from '../compare/verdicts.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'
import { bundled } from './bundle.ts'
import { catalogueHtml } from './catalogue-html.ts'
import type { Assets } from './document.ts'
import { pageHtml } from './html.ts'
import { type CatalogueData, decisionOf, decisionOver, pageData } from './page-data.ts'

const here = (file: string) => new URL(file, import.meta.url)

const packed = (text: string) => gzipSync(text, { level: 9 }).toString('base64')

export async function buildPage(
  run: Run,
  summary: Summary,
  results: readonly TrialResult[],
  held: string | null = null,
): Promise<string> {
  const data = pageData(run, summary, results, held)
  return pageHtml(run, summary, decisionOf(data), await assets('report', data))
}

/** `results/index.html`: all published runs, found and compared. */
export async function buildCatalogue(
  runs: readonly RunWithRows[],
  machines: readonly Machine[],
  beside: Pick<CatalogueData, 'trade' | 'tradeFrom' | 'planning'>,
): Promise<string> {
  const data: CatalogueData = { schemaVersion: SCHEMA_VERSION, runs, ...beside }
  return catalogueHtml(runs, machines, decisionOver(data), await assets('catalogue', data))
}

type Page = 'report' | 'catalogue'

/** The same for every page of this process. */
const bundles: Partial<Record<Page, Promise<string>>> = {}

async function assets(page: Page, data: object): Promise<Assets> {
  bundles[page] ??= bundled(`app/${page}.ts`)
  const [script, style] = await Promise.all([bundles[page], readFile(here('style.css'), 'utf8')])
  return { style, program: packed(script), data: packed(JSON.stringify(data)) }
}
