/**
 * Test files that have a process each, built at once: what they share is compiled to JavaScript once and lies in few files.
 * Through tsx each would take half a second to a whole one of CPU to load.
 */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import * as esbuild from 'esbuild'
import { root } from './files.ts'
import { inPlace } from './in-place.ts'

/**
 * The build goes with this process.
 *
 * @param files paths from the root
 * @returns where each of them, by its whole path, has been built
 * @throws where one of them is no TypeScript, or imports what is not there
 */
export async function built(files: readonly string[]): Promise<(file: string) => string> {
  // Inside the project, so that the packages are found.
  const outdir = path.join(root, '.authscale/tests', randomUUID())
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }))
  await esbuild.build({
    ...{
      entryPoints: [...files],
      absWorkingDir: root,
      outbase: root,
      outdir,
      outExtension: { '.js': '.mjs' },
    },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external' },
    // A failure names the line of its source.
    ...{ sourcemap: true, sourcesContent: false, logLevel: 'error' },
    plugins: [inPlace()],
  })
  await esbuild.stop()
  return (file) => path.join(outdir, path.relative(root, file)).replace(/\.ts$/, '.mjs')
}
