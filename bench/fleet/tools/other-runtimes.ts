/**
 * Other majors of Node, for arms that ask for one. They are 200 MB each, so they come with no installation: they are
 * fetched from npm, which checks their integrity, when a run first asks for them, and kept in the project.
 */
import { join } from 'node:path'
import { AuthscaleError } from '../../errors.ts'
import { localCopy, makeLocalCopy } from './local-copy.ts'
import { npmInstall, npmReason } from './npm.ts'
import { platformPackage, type Runtime, tryRuntime } from './runtime.ts'
import { NODE_VERSIONS } from './versions.ts'

type Log = (line: string) => void

export interface Runtimes {
  /** The standard one for undefined. @throws AuthscaleError RUNTIME_UNKNOWN, RUNTIME_MISSING when it cannot be fetched */
  of(major: string | undefined): Promise<Runtime>
  /** All of these but the standard one; null for one that cannot be had here; `log` hears the reason. */
  others(majors?: readonly string[]): Promise<Record<string, Runtime | null>>
}

/** @param standard the one that runs all that asks for no other */
export function openRuntimes(standard: Runtime, log: Log, versions = NODE_VERSIONS): Runtimes {
  const found = new Map<string, Promise<Runtime>>([[majorOf(standard), Promise.resolve(standard)]])
  const of = (major = majorOf(standard)) => {
    const known = found.get(major) ?? find(major, versions, log)
    found.set(major, known)
    return known
  }
  return {
    of,
    async others(majors = Object.keys(versions)) {
      const others: Record<string, Runtime | null> = {}
      for (const major of majors.filter((one) => one !== majorOf(standard)))
        others[major] = await of(major).catch((error: Error) => {
          log(error.message)
          return null
        })
      return others
    },
  }
}

function majorOf({ node }: Runtime): string {
  return node.split('.')[0] ?? node
}

async function find(major: string, versions: typeof NODE_VERSIONS, log: Log): Promise<Runtime> {
  const version = versions[major]
  if (version === undefined) {
    const known = Object.keys(versions).join(', ')
    const message = `there is no Node ${major} to measure: ask for one of ${known}`
    throw new AuthscaleError('RUNTIME_UNKNOWN', message)
  }
  const copy = `node-${version}`
  const local = async () => {
    const runtime = await tryRuntime(join(localCopy(copy), 'bin', 'node'), 'npm')
    return runtime?.node === version ? runtime : null
  }
  const kept = await local()
  if (kept) return kept
  log(`fetching Node ${version} (some 50 MB, once)`)
  const isUsable = async () => (await local()) !== null
  const failure = await makeLocalCopy(copy, isUsable, (work) => fetchNode(version, work)).catch(npmReason)
  const fetched = await local()
  if (fetched) return fetched
  const problem = `Node ${version} could not be fetched from npm (${failure ?? 'it does not run here'})`
  const advice = 'try again with a network, or leave its arms out'
  throw new AuthscaleError('RUNTIME_MISSING', `${problem}; ${advice}`)
}

async function fetchNode(version: string, work: string): Promise<string> {
  await npmInstall(work, ['--no-save', '--no-package-lock', `${platformPackage}@${version}`])
  return join(work, 'node_modules', platformPackage)
}
