/** The program of a page, bundled for browsers once for as long as nothing that it is made of changes. */
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { schemeNames } from '../../servers/scheme.ts'
import { kept } from '../fleet/tools/kept.ts'
import { projectRoot } from '../places.ts'
import { traits } from '../traits.ts'

/** @param entry from this folder */
export function bundled(entry: string): Promise<string> {
  return kept(`pages/${path.basename(entry, '.ts')}.json`, MADE, () => bundle(entry))
}

async function bundle(entry: string): Promise<{ built: string; inputs: string[] }> {
  const { outputFiles, metafile } = await esbuild.build({
    ...OPTIONS,
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    absWorkingDir: projectRoot,
    write: false,
    metafile: true,
    plugins: [replacing(READS_FILES.includes(entry) ? replaced : [...replaced, noValidator])],
  })
  // esbuild keeps a service process for the next build; there is none.
  await esbuild.stop()
  return { built: outputFiles[0]?.text ?? '', inputs: Object.keys(metafile.inputs) }
}

const replaced = [
  // A page knows of schemes what they declare, and has no use for servers.
  {
    filter: /[\\/]servers[\\/]scheme\.ts$/,
    contents: `export const schemeNames = ${JSON.stringify(schemeNames)}
export const isSchemeName = (name) => schemeNames.includes(name)`,
  },
  { filter: /[\\/]bench[\\/]traits\.ts$/, contents: `export const traits = ${JSON.stringify(traits)}` },
  {
    filter: /[\\/]words[\\/]charts[\\/]library\.ts$/,
    contents: `export { init } from './library-for-pages.ts'`,
  },
  // A page is given summaries and makes none: it needs neither histograms nor the schemas of what was made.
  {
    filter: /[\\/]figures[\\/]histograms\.ts$/,
    contents: `export const histogramSet = () => { throw new Error('a page summarizes nothing') }`,
  },
  { filter: /[\\/]experiments[\\/]\w+[\\/]schema\.ts$/, contents: 'export const part = {}' },
  // Messages of the validator in fifty languages would be a sixth of the page.
  {
    filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/,
    contents: `export { default as en } from './en.js'`,
  },
]

/** Programs that are handed files of others. */
const READS_FILES: readonly string[] = ['app/report.ts']

/** What reads nothing checks nothing: schemas are made, and never asked. */
const noValidator = {
  filter: /[\\/]zod[\\/]index\.js$/,
  contents: `const none = new Proxy(() => none, { get: (_, name) => (name === 'options' ? [] : none) })
export const z = none`,
}

const replacing = (list: typeof replaced): esbuild.Plugin => ({
  name: 'replacing',
  setup({ onLoad }) {
    for (const { filter, contents } of list) onLoad({ filter }, () => ({ contents, loader: 'js' }))
  },
})

const OPTIONS = {
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  legalComments: 'none',
  logLevel: 'silent',
} as const

const MADE = JSON.stringify([
  esbuild.version,
  OPTIONS,
  [...replaced, noValidator].map(({ filter, contents }) => [filter.source, contents]),
])
