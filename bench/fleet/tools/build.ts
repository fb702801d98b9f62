/** Compiles what is measured: `tsx` costs 25 MB a process and a slow start, which are no property of a scheme. */
import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import * as esbuild from 'esbuild'
import { isInstalled, packageFolder, privateFolder, projectRoot } from '../../places.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { run } from './run.ts'
import type { Runtime } from './runtime.ts'

/** One build for every Node that arms may ask for: what differs between them is the runtime, not the program. */
const OLDEST_NODE = '20.19'

/** Where the build of one harness lies: of a checkout inside the project, so that its imports find node_modules. */
export function buildFolder(nonce: string): string {
  return join(privateFolder, 'build', nonce)
}

const SOURCES = {
  server: 'servers/main',
  keygen: 'servers/keygen',
  generator: 'bench/load/main',
  supervisor: 'bench/fleet/processes/supervisor',
  link: 'bench/fleet/link/link-main',
  ballast: 'bench/fleet/quota/ballast-main',
  /** Loaded by a server before its own code, for a clock that can be shifted. */
  clock: 'bench/fleet/faults/clock-preload',
}

/** In the folder of a build, for copies of it. */
const BESIDE = 'beside'

/** Compiled entry points, as absolute paths. */
export interface Build extends Record<keyof typeof SOURCES, string> {
  /** Fresh signing keys for all replicas of a fleet, as the JSON that `KEYS` takes. */
  makeKeys(): Promise<string>
  /** The server once more, under a name of its own, where its imports find these packages before all others. */
  serverBeside(name: string, nodeModules: string): Promise<string>
  /** The same of the checkout that lies in another folder, with its packages beside it. */
  serverFrom(name: string, folder: string): Promise<string>
  remove(): Promise<void>
}

/**
 * Bundles the entry points; packages stay in node_modules. `runtime` makes the keys.
 *
 * @param others entry points besides, as paths from the project's root without their `.ts`
 */
export async function compile<Other extends string = never>(
  nonce: string,
  runtime: Runtime,
  others?: Record<Other, string>,
): Promise<Build & Record<Other, string>> {
  const outdir = buildFolder(nonce)
  const sources = { ...SOURCES, ...others }
  await bundle(Object.values(sources), projectRoot, outdir)
  if (isInstalled) await linkPackages(outdir)
  const compiled = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, join(outdir, `${source}.js`)]),
  ) as Record<keyof typeof SOURCES | Other, string>
  return {
    ...compiled,
    makeKeys: async () =>
      (await run(runtime.command, [compiled.keygen], { env: environmentOf('measured') })).stdout.trim(),
    async serverBeside(name, nodeModules) {
      const folder = join(outdir, BESIDE, name)
      await mkdir(folder, { recursive: true })
      const parts = (await readdir(outdir)).filter((part) => part !== BESIDE && part !== 'node_modules')
      for (const part of parts) await cp(join(outdir, part), join(folder, part), { recursive: true })
      await symlink(nodeModules, join(folder, 'node_modules'))
      return join(folder, `${SOURCES.server}.js`)
    },
    async serverFrom(name, root) {
      const folder = join(outdir, BESIDE, name)
      await bundle([SOURCES.server], root, folder)
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
      return join(folder, `${SOURCES.server}.js`)
    },
    remove: () => rm(outdir, { recursive: true, force: true }),
  }
}

/** @param sources as paths from `root` without their `.ts` */
async function bundle(sources: readonly string[], root: string, outdir: string): Promise<void> {
  try {
    await esbuild.build({
      entryPoints: sources.map((source) => join(root, `${source}.ts`)),
      outdir,
      outbase: root,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      packages: 'external',
      target: `node${OLDEST_NODE}`,
      logLevel: 'silent',
    })
  } finally {
    // It keeps a service process for the next build; there is none, or not soon.
    await esbuild.stop()
  }
}

/** A build in the user's cache finds no node_modules above itself: what it imports is linked into one of its own. */
async function linkPackages(outdir: string): Promise<void> {
  const { dependencies } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  for (const name of Object.keys(dependencies)) {
    const link = join(outdir, 'node_modules', name)
    await mkdir(dirname(link), { recursive: true })
    await symlink(packageFolder(name), link)
  }
}
