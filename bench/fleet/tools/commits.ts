/**
 * Servers of another commit of this checkout, for arms that ask for it: its files in a folder of their own, beside the packages that
 * its own lock names, compiled like those of the checkout.
 */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthscaleError } from '../../errors.ts'
import { isInstalled, projectRoot } from '../../places.ts'
import type { Build } from './build.ts'
import { localCopy, makeLocalCopy } from './local-copy.ts'
import { npmInstall, npmReason } from './npm.ts'
import { type Failure, reasonOf, run } from './run.ts'

export interface Commits {
  /** The whole name of a commit that is named by a branch, a tag or a part of it. @throws AuthscaleError COMMIT_UNKNOWN */
  exact(ref: string): Promise<string>
  /** The program of a server as that commit has it. @throws AuthscaleError COMMIT_UNUSABLE */
  serverOf(commit: string): Promise<string>
}

/** What a server needs of a commit. */
const FILES = ['servers', 'package.json', 'package-lock.json', 'tsconfig.json']
const DONE = '.whole'

export function openCommits(build: Pick<Build, 'serverFrom'>, log: (line: string) => void): Commits {
  const made = new Map<string, Promise<string>>()
  const make = async (commit: string) => {
    const name = `commit-${commit.slice(0, 16)}`
    await copyOf(commit, name, log)
    return await build.serverFrom(name, localCopy(name)).catch((error: Error) => {
      throw unusable(commit, `its servers cannot be compiled: ${firstLine(error.message)}`)
    })
  }
  return {
    exact,
    async serverOf(commit) {
      const server = made.get(commit) ?? make(commit)
      made.set(commit, server)
      return await server
    },
  }
}

async function exact(ref: string): Promise<string> {
  if (isInstalled) {
    const message =
      '--against compares commits of a checkout, and this is an installed package: clone the repository'
    throw new AuthscaleError('COMMIT_UNKNOWN', message)
  }
  try {
    // A name that begins with a dash is no option of git.
    const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]
    return (await run('git', asked, { cwd: projectRoot })).stdout.trim()
  } catch {
    const advice = 'fetch it (in CI: a checkout with its history), or name another one'
    throw new AuthscaleError('COMMIT_UNKNOWN', `there is no commit '${ref}' in this checkout: ${advice}`)
  }
}

async function copyOf(commit: string, name: string, log: (line: string) => void): Promise<void> {
  const isUsable = async () =>
    (await readFile(join(localCopy(name), DONE), 'utf8').catch(() => null)) !== null
  if (await isUsable()) return
  log(`taking the servers of commit ${commit.slice(0, 7)} (once)`)
  await makeLocalCopy(name, isUsable, async (work) => {
    const whole = join(work, 'whole')
    await mkdir(whole)
    const archive = join(work, 'files.tar')
    await run('git', ['archive', '--format=tar', `--output=${archive}`, commit, '--', ...FILES], {
      cwd: projectRoot,
    })
    await run('tar', ['-xf', archive, '-C', whole])
    await rm(archive)
    await addPackages(whole)
    await writeFile(join(whole, DONE), commit)
    return whole
  }).catch((error: Failure) => {
    throw error instanceof AuthscaleError ? error : unusable(commit, reasonOf(error))
  })
}

/** Those of this checkout where the locks are the same. */
async function addPackages(whole: string): Promise<void> {
  const lockIn = (folder: string) => readFile(join(folder, 'package-lock.json'), 'utf8')
  const own = join(projectRoot, 'node_modules')
  if ((await lockIn(whole)) === (await lockIn(projectRoot))) {
    await symlink(own, join(whole, 'node_modules'))
    return
  }
  await npmInstall(whole, ['--omit=dev', '--omit=optional', '--prefer-offline']).catch((error: Failure) => {
    const message = `packages of the other commit could not be fetched from npm (${npmReason(error)}): try again with a network`
    throw new AuthscaleError('PACKAGES_MISSING', message)
  })
}

const firstLine = (text: string) => text.split('\n')[0] ?? ''

function unusable(commit: string, problem: string): AuthscaleError {
  const message = `commit ${commit.slice(0, 7)} cannot be measured: ${problem}; name one whose servers have the same layout`
  return new AuthscaleError('COMMIT_UNUSABLE', message)
}
