/** npm, asked as it is configured here: for packages, whose integrity it checks, and for the versions that there are. */
import { join } from 'node:path'
import { privateFolder } from '../../places.ts'
import { STEP_TIMEOUT_MS } from './local-copy.ts'
import { type Failure, reasonOf, run } from './run.ts'

// Without a network, one try says as much as three.
const ONE_TRY = '--fetch-retries=0'

/** Runs no script of a package. @throws Failure */
export async function npmInstall(folder: string, wanted: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts']
  await npm(['install', '--prefix', folder, ...quiet, ...wanted], folder)
}

/** What npm says of a cache that cannot be written, as below a HOME that is not the user's. */
const NO_CACHE = ['EACCES', 'EROFS', 'EPERM', 'ENOENT', 'ENOTDIR']

async function npm(args: readonly string[], cwd?: string): Promise<string> {
  const ask = async (...more: string[]) => {
    const options = { timeout: STEP_TIMEOUT_MS, ...(cwd !== undefined && { cwd }) }
    return (await run('npm', [...args, '--loglevel=error', ONE_TRY, ...more], options)).stdout
  }
  try {
    return await ask()
  } catch (error) {
    if (!NO_CACHE.includes(npmReason(error as Failure))) throw error
    return await ask('--cache', join(privateFolder, 'npm-cache'))
  }
}

/** All versions of a package. @throws Failure where the registry cannot be asked */
export async function npmVersions(name: string): Promise<string[]> {
  const stdout = await npm(['view', name, 'versions', '--json'])
  // A package with a single version has no list.
  return [JSON.parse(stdout)].flat()
}

/** npm ends with advice and the name of a log; its reason stands before. */
export function npmReason(error: Failure): string {
  return /^npm error code (\S+)/m.exec(error.stderr ?? '')?.[1] ?? reasonOf(error)
}
