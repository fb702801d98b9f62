/**
 * Finds or provides the real parts of a fleet, and the browser: what the user names, what is installed, a project-local copy,
 * a container, Homebrew; else an error that says what to install. Nothing is ever installed system-wide.
 */

import { AuthscaleError } from '../../errors.ts'
import type { Part } from '../../record/types.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { canFetchPackages, fetchPackages, inLocalCopy } from './apt.ts'
import { dockerAnswers, versionInImage } from './docker.ts'
import { localCopy } from './local-copy.ts'
import { inFolders, isExecutable, onPath } from './path.ts'
import { type Failure, reasonOf, toldVersion } from './run.ts'

const VERSION_TIMEOUT_MS = 10_000
const HOMEBREW = ['/opt/homebrew/bin', '/usr/local/bin', '/home/linuxbrew/.linuxbrew/bin']

/** Libraries of a copy are found by LD_LIBRARY_PATH (ld.so(8)). */
const SPLITS = /[:;]/

/** A program that was found and has told its version. */
export interface Tool extends Part {
  command: string
  /** Needed to find the libraries of a project-local copy; empty otherwise. */
  env: Readonly<Record<string, string>>
  /** Image to run instead of `command` on this machine; null for ordinary programs. */
  image: string | null
}

/** What to look for, and what to say when it is nowhere. */
interface ToolSpec {
  name: string
  /** Environment variable in which a user names the binary. */
  variable: string
  programs: readonly [string, ...string[]]
  /** Default: named as the programs. */
  debianPackages?: readonly string[]
  /** Folder of a Debian package's root that has the program itself, where `usr/bin` has only a script that starts it. */
  ownFolder?: string
  /** What a copy of it takes to download; default: a few MB. */
  copySize?: string
  image?: string
  versionFlag: '--version' | '-v'
  version: RegExp
  install: string
}

const redis: ToolSpec = {
  name: 'redis',
  variable: 'REDIS_SERVER',
  programs: ['redis-server', 'valkey-server'],
  image: 'redis:7',
  versionFlag: '--version',
  version: /\bv=(\d[\w.]*)/,
  install:
    'install it (Debian: apt install redis-server; macOS: brew install redis; Fedora: dnf install valkey) or set REDIS_SERVER or REDIS_URL',
}

const haproxy: ToolSpec = {
  name: 'haproxy',
  variable: 'HAPROXY',
  programs: ['haproxy'],
  image: 'haproxy:3.0',
  versionFlag: '-v',
  version: /version (\d[\w.]*)/i,
  install:
    'install it (Debian: apt install haproxy; macOS: brew install haproxy; Fedora: dnf install haproxy) or set HAPROXY to its path',
}

const wrk: ToolSpec = {
  name: 'wrk',
  variable: 'WRK',
  programs: ['wrk'],
  versionFlag: '-v',
  version: /^wrk (?:debian\/)?(\d[\w.]*)/,
  install:
    'install it (Debian: apt install wrk; macOS: brew install wrk; Fedora: dnf install wrk) or set WRK to its path',
}

const chromium: ToolSpec = {
  name: 'chromium',
  variable: 'CHROMIUM',
  programs: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    'google-chrome-stable',
    'chromium-headless-shell',
  ],
  // Half the size of the whole browser, and without the libraries of a desktop.
  debianPackages: ['chromium-headless-shell', 'chromium'],
  ownFolder: 'usr/lib/chromium',
  copySize: 'some 165 MB',
  versionFlag: '--version',
  version: /\bChrom(?:e|ium) (\d[\w.]*)/,
  install:
    'install it (Debian: apt install chromium; macOS: brew install chromium; Fedora: dnf install chromium) or set CHROMIUM to the path of Chromium or Chrome',
}

type Log = (line: string) => void
const silent: Log = () => {}

/** A Redis or Valkey server; `log` hears of downloads. @throws AuthscaleError REDIS_MISSING, REDIS_UNUSABLE */
export const findRedis = (log = silent) => find(redis, log)
/** HAProxy; `log` hears of downloads. @throws AuthscaleError HAPROXY_MISSING, HAPROXY_UNUSABLE */
export const findHaproxy = (log = silent) => find(haproxy, log)
/** wrk, the load generator that ours is checked against. @throws AuthscaleError WRK_MISSING, WRK_UNUSABLE */
export const findWrk = (log = silent) => find(wrk, log)

/** Chromium or Chrome; `log` hears of downloads. @throws AuthscaleError CHROMIUM_MISSING, CHROMIUM_UNUSABLE */
export const findChromium = (log = silent) => find(chromium, log)

/** The same searches without a download: null when only that or an installation would help. */
export const lookFor = {
  redis: () => present(redis),
  haproxy: () => present(haproxy),
  wrk: () => present(wrk),
  chromium: () => present(chromium),
}

async function find(spec: ToolSpec, log: Log): Promise<Tool> {
  const installed = await alreadyHere(spec)
  if (installed) return installed
  const fetched = await fetchCopy(spec, log)
  if (fetched.tool) return fetched.tool
  const elsewhere = (await inContainer(spec)) ?? (await inHomebrew(spec))
  if (elsewhere) return elsewhere
  const message = `no ${spec.programs.join(' or ')} here${fetched.failure}; ${spec.install}`
  throw new AuthscaleError(`${spec.name.toUpperCase()}_MISSING`, message)
}

async function present(spec: ToolSpec): Promise<Tool | null> {
  return (await alreadyHere(spec)) ?? inHomebrew(spec)
}

async function alreadyHere(spec: ToolSpec): Promise<Tool | null> {
  const named = process.env[spec.variable]
  if (named) return useNamed(spec, named)
  return (await firstOf(spec, 'path', onPath)) ?? localTool(spec)
}

async function useNamed(spec: ToolSpec, command: string): Promise<Tool> {
  const tool = isExecutable(command) && (await checked(spec, { command, env: {}, source: 'named' }))
  if (tool) return tool
  const message = `${spec.variable}=${command} does not run as ${spec.programs.join(' or ')}; name a working binary or unset it`
  throw new AuthscaleError(`${spec.name.toUpperCase()}_UNUSABLE`, message)
}

async function localTool(spec: ToolSpec): Promise<Tool | null> {
  const copy = await inLocalCopy(spec.name, spec.programs, spec.ownFolder)
  return copy ? checked(spec, { ...copy, source: 'local copy' }) : null
}

async function fetchCopy(spec: ToolSpec, log: Log): Promise<{ tool: Tool | null; failure: string }> {
  if (!canFetchPackages()) return { tool: null, failure: '' }
  const [character] = SPLITS.exec(localCopy(spec.name)) ?? []
  if (character !== undefined) {
    const problem = `a copy of its own cannot be used, since its path ${localCopy(spec.name)} holds "${character}", at which the system splits search paths`
    return { tool: null, failure: `, and ${problem}` }
  }
  const { name, programs, debianPackages = programs, copySize = 'a few MB' } = spec
  log(`fetching a project-local copy of ${name} (${copySize}, once)`)
  try {
    await fetchPackages(name, debianPackages, async () => (await localTool(spec)) !== null)
    return { tool: await localTool(spec), failure: ', and the fetched copy does not run' }
  } catch (error) {
    return { tool: null, failure: `, and fetching it failed (${reasonOf(error as Failure)})` }
  }
}

/** Pulls the image when it is not there yet. */
async function inContainer({ image, programs, versionFlag, version }: ToolSpec): Promise<Tool | null> {
  const [command] = programs
  if (image === undefined || !(await dockerAnswers())) return null
  const told = await versionInImage(image, [command, versionFlag], version)
  return told === null ? null : { command, env: {}, image, version: told, source: 'docker' }
}

/** Homebrew's folders are looked into even where its shell set-up, and with it PATH, is missing. */
function inHomebrew(spec: ToolSpec): Promise<Tool | null> {
  return firstOf(spec, 'homebrew', (program) => inFolders(program, HOMEBREW))
}

/** The first of its programs that is found and runs. */
async function firstOf(
  spec: ToolSpec,
  source: string,
  where: (program: string) => string | undefined,
): Promise<Tool | null> {
  for (const program of spec.programs) {
    const command = where(program)
    const tool = command && (await checked(spec, { command, env: {}, source }))
    if (tool) return tool
  }
  return null
}

async function checked(
  { versionFlag, version }: ToolSpec,
  found: Pick<Tool, 'command' | 'env' | 'source'>,
): Promise<Tool | null> {
  const options = { env: { ...environmentOf('part'), ...found.env }, timeout: VERSION_TIMEOUT_MS }
  const told = await toldVersion([found.command, versionFlag], version, options)
  return told === null ? null : { ...found, image: null, version: told }
}
