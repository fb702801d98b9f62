/** `report.html` and `results/index.html`: each one file that needs nothing else, neither a server nor a network. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import { schemeNames } from '../../servers/scheme.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'
import { traits } from '../traits.ts'
import { type Assets, catalogueHtml, pageHtml } from './html.ts'
import { pageData } from './page-data.ts'

const here = (file: string) => new URL(file, import.meta.url)

const packed = (text: string) => gzipSync(text, { level: 9 }).toString('base64')

export async function buildPage(
  run: Run,
  summary: Summary,
  results: readonly TrialResult[],
): Promise<string> {
  return pageHtml(run, summary, await assets('report', pageData(run, summary, results)))
}

/** `results/index.html`: all published runs, found and compared. */
export async function buildCatalogue(runs: readonly RunWithRows[]): Promise<string> {
  return catalogueHtml(runs, await assets('catalogue', { schemaVersion: SCHEMA_VERSION, runs }))
}

type Page = 'report' | 'catalogue'

/** The same for every page of this process. */
const bundles: Partial<Record<Page, Promise<string>>> = {}

async function assets(page: Page, data: object): Promise<Assets> {
  bundles[page] ??= compiled(page)
  const [script, style] = await Promise.all([bundles[page], readFile(here('style.css'), 'utf8')])
  return { style, program: packed(script), data: packed(JSON.stringify(data)) }
}

async function compiled(page: Page): Promise<string> {
  const { outputFiles } = await esbuild.build({
    entryPoints: [fileURLToPath(here(`app/${page}.ts`))],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    plugins: [replacing],
    logLevel: 'silent',
  })
  // esbuild keeps a service process for the next build; there is none.
  await esbuild.stop()
  return outputFiles[0]?.text ?? ''
}

const replaced = [
  // A page knows of schemes what they declare, and has no use for servers.
  {
    filter: /[\\/]servers[\\/]scheme\.ts$/,
    contents: `export const schemeNames = ${JSON.stringify(schemeNames)}
export const isSchemeName = (name) => schemeNames.includes(name)`,
  },
  { filter: /[\\/]bench[\\/]traits\.ts$/, contents: `export const traits = ${JSON.stringify(traits)}` },
  // Messages of the validator in fifty languages would be a sixth of the page.
  {
    filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/,
    contents: `export { default as en } from './en.js'`,
  },
]

const replacing: esbuild.Plugin = {
  name: 'replacing',
  setup({ onLoad }) {
    for (const { filter, contents } of replaced) onLoad({ filter }, () => ({ contents, loader: 'js' }))
  },
}
