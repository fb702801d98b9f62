/**
 * A project-local copy of Debian packages, without root: private apt lists and cache, archives unpacked with
 * `dpkg-deb -x`, nothing installed. A copy is complete by itself, whatever is installed.
 */
import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { environmentOf } from '../processes/child-environment.ts'
import { localCopy, makeLocalCopy, STEP_TIMEOUT_MS } from './local-copy.ts'
import { inFolders, onPath } from './path.ts'
import { run } from './run.ts'

/** Where Debian's packages put programs; what lies elsewhere is started by a script that names its place by heart. */
const PROGRAM_FOLDERS = ['usr/bin', 'usr/sbin', 'bin', 'sbin']

/**
 * Finds a program in a local copy, with the environment that lets it find its libraries and fonts.
 *
 * @param ownFolder of its package, looked into first
 */
export async function inLocalCopy(
  tool: string,
  programs: readonly string[],
  ownFolder?: string,
): Promise<{ command: string; env: Record<string, string> } | undefined> {
  const root = localCopy(tool)
  const folders = [ownFolder ?? [], PROGRAM_FOLDERS].flat().map((folder) => join(root, folder))
  const command = programs.map((program) => inFolders(program, folders)).find((path) => path !== undefined)
  if (command === undefined) return undefined
  const libraries = (await libraryFolders(root)).join(':')
  return { command, env: { LD_LIBRARY_PATH: libraries, ...fonts(root) } }
}

/**
 * Libraries lie in `usr/lib/<triplet>`, those of a single package in a folder below; the triplet is read from disk
 * rather than guessed from the CPU.
 */
async function libraryFolders(root: string): Promise<string[]> {
  const found = ['usr/lib', 'lib'].map(async (folder) => {
    const lib = join(root, folder)
    const triplets = (await subfolders(lib)).filter((folder) => folder.includes('-linux-'))
    return [...triplets, ...(await Promise.all(triplets.map(subfolders))).flat(), lib]
  })
  return (await Promise.all(found)).flat()
}

async function subfolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name))
}

/** Where the system has no fonts, the copy has; its configuration looks for them below `XDG_DATA_HOME` as well. */
function fonts(root: string): Record<string, string> {
  const settings = join(root, 'etc/fonts')
  if (!existsSync(join(settings, 'fonts.conf'))) return {}
  return { FONTCONFIG_PATH: settings, XDG_DATA_HOME: join(root, 'usr/share') }
}

/** True where packages can be fetched: Debian, Ubuntu and their kin. */
export function canFetchPackages(): boolean {
  return onPath('apt-get') !== undefined && onPath('dpkg-deb') !== undefined
}

/**
 * Downloads and unpacks the first of the packages that the distribution has, with all that it needs, into a root
 * folder with `usr/bin` and the rest in it.
 *
 * @param isUsable whether the copy that is in place works
 * @throws Error with apt's own message, e.g. when there is no network
 */
export async function fetchPackages(
  tool: string,
  packages: readonly string[],
  isUsable: () => Promise<boolean>,
): Promise<void> {
  await makeLocalCopy(tool, isUsable, async (work) => {
    const archives = await download(work, packages)
    const root = join(work, 'root')
    await mkdir(root)
    for (const archive of archives) await run('dpkg-deb', ['-x', archive, root], { timeout: STEP_TIMEOUT_MS })
    return root
  })
}

/**
 * Packages without which no system of the distribution runs. They and what they need, the C library first, are taken from
 * the system: a copy of the C library beside another loader crashes. All else is fetched, installed or not: a package
 * may be installed without its program being within reach, its libraries may be removed later, and a server's package may
 * hold no more than a link into a package of clients that counts as installed.
 */
const OF_EVERY_SYSTEM = '?essential'

async function download(work: string, packages: readonly string[]): Promise<string[]> {
  const archives = join(work, 'archives')
  const nothingInstalled = join(work, 'status')
  await mkdir(join(work, 'lists', 'partial'), { recursive: true })
  await mkdir(join(archives, 'partial'), { recursive: true })
  await writeFile(nothingInstalled, '')
  const settings = {
    'Dir::State': work,
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': nothingInstalled,
    'Dir::State::extended_states': join(work, 'extended_states'),
    'Dir::Cache': work,
    'Dir::Cache::archives': archives,
    'Dir::Log': work,
    'APT::Sandbox::User': '',
    'Debug::NoLocking': '1',
    'Acquire::Languages': 'none',
    'Acquire::Retries': '2',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
  }
  const options = Object.entries(settings).flatMap(([key, value]) => ['-o', `${key}=${value}`])
  const apt = async (...args: string[]) => {
    const place = {
      timeout: STEP_TIMEOUT_MS,
      cwd: archives,
      env: { ...environmentOf('client'), LC_ALL: 'C' },
    }
    return (await run('apt-get', [...options, '-q', '-y', ...args], place)).stdout
  }
  const withAllItNeeds = async (name: string) => {
    const simulation = await apt('install', '--simulate', '--no-install-recommends', name)
    // Names what it would do: `Inst libssl3 (3.0.17 Debian:12 [amd64])`.
    return [...simulation.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? [])
  }

  await apt('update')
  const needed = await firstThatWorks(packages, withAllItNeeds)
  const everywhere = new Set(await withAllItNeeds(OF_EVERY_SYSTEM))
  await apt('download', ...needed.filter((name) => !everywhere.has(name)))
  return (await readdir(archives)).filter((name) => name.endsWith('.deb')).map((name) => join(archives, name))
}

async function firstThatWorks<T>(
  names: readonly string[],
  attempt: (name: string) => Promise<T>,
): Promise<T> {
  const failures: unknown[] = []
  for (const name of names) {
    try {
      return await attempt(name)
    } catch (error) {
      failures.push(error)
    }
  }
  throw failures[0]
}
