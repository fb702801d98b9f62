/** Programs of the project, compiled as the measured ones are: started by tsx, each would take half a second to begin. */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from './files.ts'

/** @returns the command that starts it; what was compiled goes with this process */
export async function compiled(program: URL): Promise<string[]> {
  // Inside the project, so that the packages that stay outside the bundle are found.
  const folder = path.join(root, '.authscale/tests', randomUUID())
  const outfile = path.join(folder, 'main.mjs')
  await build({
    ...{ entryPoints: [fileURLToPath(program)], outfile, bundle: true, packages: 'external' },
    ...{ format: 'esm', platform: 'node' },
  })
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return [process.execPath, outfile]
}
