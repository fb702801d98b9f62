/**
 * Programs of the project that tests start by the hundred: each is one file with its packages, and V8 need not compile it
 * again (`launch.ts`). A server takes two thirds of the CPU to begin that it takes as a module, a command a fifth of what it
 * takes through tsx.
 */
import { createHash } from 'node:crypto'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { BuildOptions, Plugin } from 'esbuild'
import { kept } from '../fleet/tools/kept.ts'
import { privateFolder } from '../places.ts'
import { root } from './files.ts'
import { inPlace } from './in-place.ts'

/** They look for files or processes of their own, and stay where they are. */
const EXTERNAL = ['autocannon', 'esbuild', 'playwright-core', 'pm2', 'tsx']
const OPTIONS = {
  ...{ bundle: true, format: 'cjs', platform: 'node', external: EXTERNAL, logLevel: 'silent' },
  // What the plugin does not know would be undefined.
  logOverride: { 'empty-import-meta': 'error' },
} satisfies BuildOptions

const THESE = ['./programs.ts', './in-place.ts'].map((file) =>
  path.relative(root, fileURLToPath(new URL(file, import.meta.url))),
)
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
      plugins: [schemesKnown, inPlace({ resolve })],
    })
  const [launcher, program] = await Promise.all([bundle('bench/testing/launch.ts'), bundle(entry)])
  return {
    built: { launcher: launcher.outputFiles[0]?.text ?? '', program: program.outputFiles[0]?.text ?? '' },
    inputs: [
      ...THESE,
      'package-lock.json',
      ...Object.keys({ ...launcher.metafile.inputs, ...program.metafile.inputs }),
    ],
  }
}

/** It waits for the schemes as it is loaded, which this format cannot. They are all part of the command line anyway. */
const schemesKnown: Plugin = {
  name: 'schemes-known',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]bench[\\/]traits\.ts$/ }, async () => {
      const { traits } = await import('../traits.ts')
      return { contents: `export const traits = ${JSON.stringify(traits)}`, loader: 'js' }
    })
  },
}

const resolve = "((name) => require('node:url').pathToFileURL(require.resolve(name)).href)"

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
