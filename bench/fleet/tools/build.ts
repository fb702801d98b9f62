/** Compiles what is measured: `tsx` costs 25 MB a process and a slow start, which are no property of a scheme. */
import { cp, mkdir, readdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { privateFolder, projectRoot } from './path.ts'
import { run } from './run.ts'
import { cleanEnvironment, type Runtime } from './runtime.ts'

/** One build for every Node that arms may ask for: what differs between them is the runtime, not the program. */
const OLDEST_NODE = '20.19'

/** Where the build of one harness lies: inside the project, so that its imports find node_modules. */
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
  await esbuild.build({
    entryPoints: Object.values(sources).map((source) => join(projectRoot, `${source}.ts`)),
    outdir,
    outbase: projectRoot,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    target: `node${OLDEST_NODE}`,
    logLevel: 'silent',
  })
  // esbuild keeps a service process for the next build; there is none.
  await esbuild.stop()
  const compiled = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, join(outdir, `${source}.js`)]),
  ) as Record<keyof typeof SOURCES | Other, string>
  return {
    ...compiled,
    makeKeys: async () =>
      (await run(runtime.command, [compiled.keygen], { env: cleanEnvironment() })).stdout.trim(),
    async serverBeside(name, nodeModules) {
      const folder = join(outdir, BESIDE, name)
      await mkdir(folder, { recursive: true })
      const parts = (await readdir(outdir)).filter((part) => part !== BESIDE)
      for (const part of parts) await cp(join(outdir, part), join(folder, part), { recursive: true })
      await symlink(nodeModules, join(folder, 'node_modules'))
      return join(folder, `${SOURCES.server}.js`)
    },
    remove: () => rm(outdir, { recursive: true, force: true }),
  }
}
