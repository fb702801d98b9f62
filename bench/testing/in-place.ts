/** What is bundled still finds the project's root, and files beside its sources. */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Plugin } from 'esbuild'

/**
 * What is said of a module to itself holds for its source.
 *
 * @param others code that stands for more of `import.meta`, by name
 */
export function inPlace(others: Record<string, string> = {}): Plugin {
  return {
    name: 'in-place',
    setup({ onLoad }) {
      onLoad({ filter: /\.[cm]?[jt]s$/ }, async ({ path: file }) => {
        const text = await readFile(file, 'utf8')
        if (!text.includes('import.meta.')) return undefined
        const known: Record<string, string> = {
          url: JSON.stringify(pathToFileURL(file).href),
          dirname: JSON.stringify(path.dirname(file)),
          filename: JSON.stringify(file),
          ...others,
        }
        const contents = text.replace(/\bimport\.meta\.(\w+)/g, (whole, name) => known[name] ?? whole)
        return { contents, loader: file.endsWith('ts') ? 'ts' : 'js' }
      })
    },
  }
}
