/**
 * Where authscale lies, and where it writes. A checkout keeps everything within itself. An installed package may belong to somebody
 * else: its runs go to where the user stands, and what it fetches and builds to the cache of the user.
 */
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of the checkout, or of the package. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url))

export const isInstalled = projectRoot.split(path.sep).includes('node_modules')

/** Where runs lie. */
export const resultsFolder = path.join(isInstalled ? process.cwd() : projectRoot, 'results')

/** Runs that come with authscale. */
export const publishedFolder = path.join(projectRoot, 'results', 'published')

/** As the XDG Base Directory Specification has it. */
const cacheFolder = () => process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache')

/** Everything that authscale makes for itself; ignored by git. */
export const privateFolder = isInstalled
  ? path.join(cacheFolder(), 'authscale')
  : path.join(projectRoot, '.authscale')

/** Folder of a package that this one needs, which an installation may have put beside it. @throws Error where it is not there */
export function packageFolder(name: string, from = projectRoot): string {
  const folder = path.join(from, 'node_modules', name)
  if (existsSync(path.join(folder, 'package.json'))) return folder
  const above = path.dirname(from)
  if (above === from) throw new Error(`the package ${name} is not installed: run npm ci`)
  return packageFolder(name, above)
}
