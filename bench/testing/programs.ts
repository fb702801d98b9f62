/**
 * Programs of the project that tests start by the hundred: each is one file with its packages, and V8 need not compile it
 * again (`launch.ts`). A server takes two thirds of the CPU to begin that it takes as a module, a command a fifth of what it
 * takes through tsx.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import { kept } from '../fleet/tools/kept.ts'
import { privateFolder } from '../fleet/tools/path.ts'
import { root } from './files.ts'

/** They look for files or processes of their own, and stay where they are. */
const EXTERNAL = ['autocannon', 'esbuild', 'playwright-core', 'pm2', 'tsx']
const OPTIONS = {
  ...{ bundle: true, format: 'cjs', platform: 'node', external: EXTERNAL, logLevel: 'silent' },
  // What the plugin does not know would be undefined.
  logOverride: { 'empty-import-meta': 'error' },
} satisfies BuildOptions

const THIS = path.relative(root, fileURLToPath(import.meta.url))
const folder = path.join(privateFolder, 'programs')
const UNUSED_MS = 24 * 3_600_000
const commands = new Map<string, Promise<string[]>>()

/** @returns the command that starts it, before its arguments; built once for as long as no source of it changes */
export function quickStarting(program: URL): Promise<string[]> {
  const entry = path.relative(root, fileURLToPath(program))
  const command = commands.get(entry) ?? commandOf(entry)
  commands.set(entry, command)
  return command
}

async function commandOf(entry: string): Promise<string[]> {
  const name = entry.replace(/\.ts$/, '').replaceAll(path.sep, '-')
  // Of this checkout alone: the program knows where its sources are.
  const by = JSON.stringify([root, OPTIONS])
  const texts = await kept(`programs/${name}.json`, by, () => build(entry))
  return [process.execPath, path.join(await placed(name, texts), `${name}.cjs`)]
}

interface Texts {
  launcher: string
  program: string
}

async function build(entry: string): Promise<{ built: Texts; inputs: string[] }> {
  const esbuild = await import('esbuild')
  const bundle = (file: string) =>
    esbuild.build({
      ...{ ...OPTIONS, entryPoints: [file], absWorkingDir: root, write: false, metafile: true },
      plugins: [inPlace],
    })
  const [launcher, program] = await Promise.all([bundle('bench/testing/launch.ts'), bundle(entry)])
  return {
    built: { launcher: launcher.outputFiles[0]?.text ?? '', program: program.outputFiles[0]?.text ?? '' },
    inputs: [
      THIS,
      'package-lock.json',
      ...Object.keys({ ...launcher.metafile.inputs, ...program.metafile.inputs }),
    ],
  }
}

/** What is said of a module to itself holds for its source: by that it finds the project's root and files beside it. */
const inPlace: Plugin = {
  name: 'in-place',
  setup({ onLoad }) {
    // It waits for the schemes as it is loaded, which this format cannot. They are all part of the command line anyway.
    onLoad({ filter: /[\\/]bench[\\/]traits\.ts$/ }, async () => {
      const { traits } = await import('../traits.ts')
      return { contents: `export const traits = ${JSON.stringify(traits)}`, loader: 'js' }
    })
    onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8')
      if (!text.includes('import.meta.')) return undefined
      const known: Record<string, string> = {
        url: JSON.stringify(pathToFileURL(file).href),
        dirname: JSON.stringify(path.dirname(file)),
        filename: JSON.stringify(file),
        resolve: "((name) => require('node:url').pathToFileURL(require.resolve(name)).href)",
      }
      const contents = text.replace(/\bimport\.meta\.(\w+)/g, (whole, name) => known[name] ?? whole)
      return { contents, loader: file.endsWith('ts') ? 'ts' : 'js' }
    })
  },
}

/** A folder by what is in it, whole from its first moment: two test files may come at once. */
async function placed(name: string, { launcher, program }: Texts): Promise<string> {
  const digest = createHash('sha256').update(launcher).update(program).digest('hex').slice(0, 16)
  const place = path.join(folder, digest)
  if (await isUsed(place)) return place
  const own = `${place}.${process.pid}`
  await mkdir(own, { recursive: true })
  await writeFile(path.join(own, `${name}.cjs`), launcher)
  await writeFile(path.join(own, `${name}.js`), program)
  await rename(own, place).catch(() => rm(own, { recursive: true }))
  await removeUnused()
  return place
}

/** Notes the use, too. */
async function isUsed(place: string): Promise<boolean> {
  const now = new Date()
  return utimes(place, now, now).then(
    () => true,
    () => false,
  )
}

async function removeUnused(): Promise<void> {
  for (const name of await readdir(folder)) {
    const one = path.join(folder, name)
    const used = await stat(one).catch(() => null)
    if (used?.isDirectory() && Date.now() - used.mtimeMs > UNUSED_MS)
      await rm(one, { recursive: true, force: true })
  }
}
