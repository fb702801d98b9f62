/** npm, asked as it is configured here: for packages, whose integrity it checks, and for the versions that there are. */
import { STEP_TIMEOUT_MS } from './local-copy.ts'
import { type Failure, reasonOf, run } from './run.ts'

// Without a network, one try says as much as three.
const ONE_TRY = '--fetch-retries=0'

/** Runs no script of a package. @throws Failure */
export async function npmInstall(folder: string, wanted: readonly string[]): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', ONE_TRY]
  const options = { cwd: folder, timeout: STEP_TIMEOUT_MS }
  await run('npm', ['install', '--prefix', folder, ...quiet, ...wanted], options)
}

/** All versions of a package. @throws Failure where the registry cannot be asked */
export async function npmVersions(name: string): Promise<string[]> {
  const asked = ['view', name, 'versions', '--json', '--loglevel=error', ONE_TRY]
  const { stdout } = await run('npm', asked, { timeout: STEP_TIMEOUT_MS })
  // A package with a single version has no list.
  return [JSON.parse(stdout)].flat()
}

/** npm ends with advice and the name of a log; its reason stands before. */
export function npmReason(error: Failure): string {
  return /^npm error code (\S+)/m.exec(error.stderr ?? '')?.[1] ?? reasonOf(error)
}
