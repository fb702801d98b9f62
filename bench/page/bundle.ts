/** The program of a page, bundled for browsers once for as long as nothing that it is made of changes. */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import * as esbuild from 'esbuild'
import { schemeNames } from '../../servers/scheme.ts'
import { privateFolder, projectRoot } from '../fleet/tools/path.ts'
import { traits } from '../traits.ts'

/** What was bundled before, and the digest of each file that went into it. */
interface Kept {
  /** Of the bundler and of what it was told. */
  made: string
  /** By path from the project's root. */
  inputs: Record<string, string>
  text: string
}

/** @param entry from this folder */
export async function bundled(entry: string): Promise<string> {
  const file = path.join(privateFolder, 'pages', `${path.basename(entry, '.ts')}.json`)
  const kept = await keptIn(file)
  if (kept !== null) return kept.text
  const made = await bundle(entry)
  await keep(file, made)
  return made.text
}

/** Null where nothing is kept, or something has changed since. */
async function keptIn(file: string): Promise<Kept | null> {
  try {
    const kept = JSON.parse(await readFile(file, 'utf8')) as Kept
    if (kept.made !== MADE) return null
    const digests = await digestsOf(Object.keys(kept.inputs))
    return Object.entries(kept.inputs).every(([input, digest]) => digests[input] === digest) ? kept : null
  } catch {
    return null
  }
}

/** Beside others that do the same; a folder that cannot be written costs the next one a second. */
async function keep(file: string, made: Kept): Promise<void> {
  const own = `${file}.${process.pid}`
  try {
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(own, JSON.stringify(made))
    await rename(own, file)
  } catch {}
}

async function bundle(entry: string): Promise<Kept> {
  const { outputFiles, metafile } = await esbuild.build({
    ...OPTIONS,
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    absWorkingDir: projectRoot,
    write: false,
    metafile: true,
    plugins: [replacing],
  })
  // esbuild keeps a service process for the next build; there is none.
  await esbuild.stop()
  const inputs = await digestsOf(Object.keys(metafile.inputs))
  return { made: MADE, inputs, text: outputFiles[0]?.text ?? '' }
}

async function digestsOf(inputs: readonly string[]): Promise<Record<string, string>> {
  const digests = inputs.map(async (input) => {
    const content = await readFile(path.join(projectRoot, input))
    return [input, createHash('sha256').update(content).digest('base64')] as const
  })
  return Object.fromEntries(await Promise.all(digests))
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
  replaced.map(({ filter, contents }) => [filter.source, contents]),
])
