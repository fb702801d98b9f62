/**
 * Other versions of the packages that the servers import, for arms that ask for them. Each set of versions is a whole
 * node_modules of its own: all that the servers import, as package-lock.json has it but for what was asked for. A package
 * laid over the locked ones would still meet those below it: connect-redis would extend the locked express-session.
 */
import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { AuthscaleError } from '../../errors.ts'
import { projectRoot } from '../../places.ts'
import { environmentOf } from '../processes/child-environment.ts'
import type { Build } from './build.ts'
import { localCopy, makeLocalCopy } from './local-copy.ts'
import { npmInstall, npmReason, npmVersions } from './npm.ts'
import { run } from './run.ts'
import type { Runtime } from './runtime.ts'
import { SERVER_PACKAGES } from './versions.ts'

/** Exact versions by the names of packages. */
type Versions = Readonly<Record<string, string>>

type Log = (line: string) => void

export interface Packages {
  /**
   * The newest version that begins like the one that is asked for, as 8.1.0 does like `8`.
   *
   * @throws AuthscaleError VERSION_UNKNOWN when there is none, VERSIONS_UNREACHABLE when npm cannot be asked
   */
  exact(name: string, asked: string): Promise<string>
  /**
   * The program of a server that loads these, and all others as they are locked; the one of the build for none.
   *
   * @throws AuthscaleError PACKAGES_UNUSABLE when they do not fit together, PACKAGES_MISSING when they cannot be fetched
   */
  serverWith(versions: Versions | undefined): Promise<string>
}

/** @param runtime tells what the program would load */
export function openPackages(
  build: Pick<Build, 'server' | 'serverBeside'>,
  runtime: Runtime,
  log: Log,
): Packages {
  const made = new Map<string, Promise<string>>()
  const make = async (versions: Versions) => {
    const copy = await folderWith(versions, log)
    const server = await build.serverBeside(copy.name, join(copy.path, 'node_modules'))
    await requireLoaded(versions, server, runtime)
    return server
  }
  return {
    exact,
    async serverWith(versions = {}) {
      const key = keyOf(versions)
      if (key === '') return build.server
      const server = made.get(key) ?? make(versions)
      made.set(key, server)
      return await server
    },
  }
}

/** `a=1.0.0,b=2.0.0`, by the names. */
const keyOf = (versions: Versions) =>
  Object.entries(versions)
    .map(([name, version]) => `${name}=${version}`)
    .sort()
    .join()

/** Those that begin like `asked`, part by part. Of versions that are not released only the one that is named. */
function matching(versions: readonly string[], asked: string): string[] {
  const isLike = (version: string) => /^[\d.]+$/.test(version) && `${version}.`.startsWith(`${asked}.`)
  return versions.filter((version) => version === asked || isLike(version))
}

const inOrder = (a: string, b: string) => a.localeCompare(b, 'en', { numeric: true })

async function exact(name: string, asked: string): Promise<string> {
  const kept = matching(await keptVersions(name), asked)
    .sort(inOrder)
    .at(-1)
  // Nobody has to be asked for a version that is named in full.
  if (kept === asked) return kept
  let all: string[]
  try {
    all = await npmVersions(name)
  } catch (error) {
    if (kept !== undefined) return kept
    const problem = `npm cannot be asked for versions of ${name} (${npmReason(error as Error)})`
    throw new AuthscaleError('VERSIONS_UNREACHABLE', `${problem}: try again with a network`)
  }
  const found = matching(all, asked).sort(inOrder).at(-1)
  if (found !== undefined) return found
  const released = all.filter((version) => /^[\d.]+$/.test(version)).sort(inOrder)
  const known = released.slice(-NEWEST_SHOWN).join(', ')
  throw new AuthscaleError('VERSION_UNKNOWN', `there is no ${name} ${asked}: the newest are ${known}`)
}

const NEWEST_SHOWN = 5

/** Versions of a package in the copies that are here. */
async function keptVersions(name: string): Promise<string[]> {
  const folders = await readdir(localCopy('.')).catch(() => [])
  const own = folders.filter((folder) => folder.startsWith(COPY_PREFIX))
  const versions = own.map((folder) => installedVersion(localCopy(folder), name))
  return (await Promise.all(versions)).filter((version) => version !== null)
}

const COPY_PREFIX = 'servers-'

/** Null where it is not there. */
async function installedVersion(copy: string, name: string): Promise<string | null> {
  return (await manifestIn(copy, name))?.version ?? null
}

interface Manifest {
  name: string
  version: string
  peerDependencies?: Record<string, string>
  peerDependenciesMeta?: Record<string, { optional?: boolean }>
}

async function manifestIn(copy: string, name: string): Promise<Manifest | null> {
  return await readFile(join(copy, 'node_modules', name, 'package.json'), 'utf8').then(JSON.parse, () => null)
}

/** The copy of these versions, fetched where it is not here. */
async function folderWith(versions: Versions, log: Log): Promise<{ name: string; path: string }> {
  const lockFile = join(projectRoot, 'package-lock.json')
  // A package comes without one.
  const lock = await readFile(lockFile, 'utf8').catch(() => null)
  const { dependencies } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8'))
  const locked = Object.fromEntries(SERVER_PACKAGES.map((name) => [name, dependencies[name] as string]))
  // Another lock is another set of packages.
  const digest = createHash('sha256')
    .update(JSON.stringify([lock, keyOf({ ...locked, ...versions })]))
    .digest('hex')
  const name = `${COPY_PREFIX}${digest.slice(0, 16)}`
  const path = localCopy(name)
  const isUsable = async () => {
    const installed = Object.entries(versions).map(
      async ([one, version]) => (await installedVersion(path, one)) === version,
    )
    return (await Promise.all(installed)).every(Boolean)
  }
  if (!(await isUsable())) {
    log(`fetching ${namesOf(versions)} (some 15 MB with what belongs to it, once)`)
    const manifest = { private: true, type: 'module', dependencies: { ...locked, ...versions } }
    await makeLocalCopy(name, isUsable, async (work) => {
      await writeFile(join(work, 'package.json'), JSON.stringify(manifest))
      if (lock !== null) await copyFile(lockFile, join(work, 'package-lock.json'))
      await npmInstall(work, ['--prefer-offline'])
      const whole = join(work, 'whole')
      await mkdir(whole)
      await rename(join(work, 'node_modules'), join(whole, 'node_modules'))
      return whole
    }).catch((error) => {
      throw unusable(versions, npmReason(error))
    })
  }
  await requirePeers(versions, path)
  return { name, path }
}

const namesOf = (versions: Versions) =>
  Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(' and ')

/** What npm says of packages that want different versions of another one. */
const NO_TREE = 'ERESOLVE'

function unusable(versions: Versions, reason: string): AuthscaleError {
  const names = namesOf(versions)
  if (reason === NO_TREE) {
    const message = `${names} cannot be installed beside the other packages of the servers (${reason}): ask for other versions`
    return new AuthscaleError('PACKAGES_UNUSABLE', message)
  }
  const message = `${names} could not be fetched from npm (${reason}): try again with a network`
  return new AuthscaleError('PACKAGES_MISSING', message)
}

/**
 * A package that speaks through one which the servers do not use would be handed another one: connect-redis 9 with an ioredis
 * client answers a login with 200 and keeps no session.
 */
async function requirePeers(versions: Versions, copy: string): Promise<void> {
  for (const name of Object.keys(versions)) {
    const { version, peerDependencies = {}, peerDependenciesMeta = {} } = (await manifestIn(copy, name)) ?? {}
    const strange = Object.entries(peerDependencies).find(
      ([peer]) =>
        !SERVER_PACKAGES.some((one) => one === peer) && peerDependenciesMeta[peer]?.optional !== true,
    )
    if (!strange) continue
    const message = `${name} ${version} works with ${strange.join(' ')}, which the servers do not use: ask for another version`
    throw new AuthscaleError('PACKAGES_UNUSABLE', message)
  }
}

/** Asks the Node that will run it what it would load, as it resolves the imports of the program. */
async function requireLoaded(versions: Versions, server: string, runtime: Runtime): Promise<void> {
  const names = Object.keys(versions)
  const code = `console.log(JSON.stringify(${JSON.stringify(names)}.map((name) => import.meta.resolve(name))))`
  const { stdout } = await run(runtime.command, ['--input-type=module', '--eval', code], {
    cwd: dirname(server),
    env: environmentOf('measured'),
  })
  const files = (JSON.parse(stdout) as string[]).map((url) => fileURLToPath(url))
  for (const [i, name] of names.entries()) {
    const { version } = await manifestAbove(files[i] ?? '', name)
    if (version !== versions[name])
      throw new Error(`servers would load ${name} ${version}, not ${versions[name]}`)
  }
}

/** That of the package which a file belongs to; folders of a package may hold manifests of their own. */
async function manifestAbove(file: string, name: string): Promise<Manifest> {
  const folder = dirname(file)
  if (folder === file) throw new Error(`no package ${name} is above its own file`)
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => '{}')
  const manifest = JSON.parse(text) as Manifest
  return manifest.name === name ? manifest : await manifestAbove(folder, name)
}
