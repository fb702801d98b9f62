/** Programs of the project, compiled as the measured ones are: started by tsx, each would take half a second to begin. */
import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { root } from './files.ts'

const folders: string[] = []
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

/** A fault that a program gets on purpose. */
export interface Planted {
  /** Path of the source from the root. */
  file: string
  /** What stands there once, and what stands there instead. */
  snippet: string
  instead: string
}

/** @returns the command that starts it; what was compiled goes with this process. @throws where a snippet is not there once */
export async function compiled(program: URL, planted?: Planted): Promise<string[]> {
  // Inside the project, so that the packages that stay outside the bundle are found.
  const folder = path.join(root, '.authscale/tests', randomUUID())
  const outfile = path.join(folder, 'main.mjs')
  await build({
    ...{ entryPoints: [fileURLToPath(program)], outfile, bundle: true, packages: 'external' },
    ...{ format: 'esm', platform: 'node' },
    plugins: planted ? [planting(planted)] : [],
  })
  folders.push(folder)
  return [process.execPath, outfile]
}

function planting({ file, snippet, instead }: Planted): Plugin {
  const whole = path.join(root, file)
  const parts = readFileSync(whole, 'utf8').split(snippet)
  if (parts.length !== 2) throw new Error(`${file} has the snippet ${parts.length - 1} times: ${snippet}`)
  const contents = parts.join(instead)
  let loads = 0
  return {
    name: 'planting',
    setup({ onLoad, onEnd }) {
      onLoad({ filter: /\.ts$/ }, (loaded) => {
        if (loaded.path !== whole) return undefined
        loads += 1
        return { contents, loader: 'ts' }
      })
      onEnd(() => {
        if (loads === 0) throw new Error(`${file} is no part of the program`)
      })
    },
  }
}
