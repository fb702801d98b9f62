/** Compiles what is measured: `tsx` costs 25 MB a process and a slow start, which are no property of a scheme. */
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as esbuild from 'esbuild'
import { privateFolder, projectRoot } from './path.ts'
import { cleanEnvironment, type Runtime } from './runtime.ts'

const run = promisify(execFile)

/** One build for every Node that arms may ask for: what differs between them is the runtime, not the program. */
const OLDEST_NODE = '20.19'

/** Compiled entry points, as absolute paths. */
export interface Build {
  server: string
  generator: string
  supervisor: string
  link: string
  ballast: string
  /** Loaded by a server before its own code, for a clock that can be shifted. */
  clock: string
  /** Fresh signing keys for all replicas of a fleet, as the JSON that `KEYS` takes. */
  makeKeys(): Promise<string>
  remove(): Promise<void>
}

/** Where the build of one harness lies: inside the project, so that its imports find node_modules. */
export function buildFolder(nonce: string): string {
  return join(privateFolder, 'build', nonce)
}

const SOURCES = [
  'servers/main',
  'servers/keygen',
  'bench/load/main',
  'bench/fleet/processes/supervisor',
  'bench/fleet/link/link-main',
  'bench/fleet/quota/ballast-main',
  'bench/fleet/faults/clock-preload',
]

/** Bundles the entry points; packages stay in node_modules. `runtime` makes the keys. */
export async function compile(nonce: string, runtime: Runtime): Promise<Build> {
  const outdir = buildFolder(nonce)
  await esbuild.build({
    entryPoints: SOURCES.map((source) => join(projectRoot, `${source}.ts`)),
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
  const [server, keygen, generator, supervisor, link, ballast, clock] = SOURCES.map((source) =>
    join(outdir, `${source}.js`),
  ) as [string, string, string, string, string, string, string]
  return {
    server,
    generator,
    supervisor,
    link,
    ballast,
    clock,
    makeKeys: async () => (await run(runtime.command, [keygen], { env: cleanEnvironment() })).stdout.trim(),
    remove: () => rm(outdir, { recursive: true, force: true }),
  }
}
