/**
 * Finds or provides the real parts of a fleet, and the browser: what the user names, what is installed, a project-local copy,
 * a container, Homebrew; else an error that says what to install. Nothing is ever installed system-wide.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { AuthscaleError } from '../../errors.ts'
import { lastLines } from '../../load/last-words.ts'
import type { Part } from '../../record/types.ts'
import { canFetchPackages, fetchPackages, inLocalCopy } from './apt.ts'
import { dockerAnswers, dockerImageVersion } from './docker.ts'
import { inFolders, isExecutable, onPath } from './path.ts'

const run = promisify(execFile)
const VERSION_TIMEOUT_MS = 10_000
const HOMEBREW = ['/opt/homebrew/bin', '/usr/local/bin', '/home/linuxbrew/.linuxbrew/bin']

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
  programs: readonly string[]
  debianPackages: readonly string[]
  /** Folder of a Debian package's root that has the program itself, where `usr/bin` has only a script that starts it. */
  ownFolder?: string
  /** What a copy of it takes to download. */
  copySize: string
  image: string | null
  versionArgs: readonly string[]
  version: RegExp
  code: string
  install: string
}

const redis: ToolSpec = {
  name: 'redis',
  variable: 'REDIS_SERVER',
  programs: ['redis-server', 'valkey-server'],
  debianPackages: ['redis-server', 'valkey-server'],
  copySize: 'a few MB',
  image: 'redis:7',
  versionArgs: ['--version'],
  version: /\bv=(\d[\w.]*)/,
  code: 'REDIS_MISSING',
  install:
    'install it (Debian: apt install redis-server; macOS: brew install redis; Fedora: dnf install valkey) or set REDIS_SERVER or REDIS_URL',
}

const haproxy: ToolSpec = {
  name: 'haproxy',
  variable: 'HAPROXY',
  programs: ['haproxy'],
  debianPackages: ['haproxy'],
  copySize: 'a few MB',
  image: 'haproxy:3.0',
  versionArgs: ['-v'],
  version: /version (\d[\w.]*)/i,
  code: 'HAPROXY_MISSING',
  install:
    'install it (Debian: apt install haproxy; macOS: brew install haproxy; Fedora: dnf install haproxy) or set HAPROXY to its path',
}

const wrk: ToolSpec = {
  name: 'wrk',
  variable: 'WRK',
  programs: ['wrk'],
  debianPackages: ['wrk'],
  copySize: 'a few MB',
  image: null,
  versionArgs: ['-v'],
  version: /^wrk (?:debian\/)?(\d[\w.]*)/,
  code: 'WRK_MISSING',
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
  image: null,
  versionArgs: ['--version'],
  version: /\bChrom(?:e|ium) (\d[\w.]*)/,
  code: 'CHROMIUM_MISSING',
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
  throw new AuthscaleError(
    spec.code,
    `no ${spec.programs.join(' or ')} here${fetched.failure}; ${spec.install}`,
  )
}

async function present(spec: ToolSpec): Promise<Tool | null> {
  return (await alreadyHere(spec)) ?? inHomebrew(spec)
}

async function alreadyHere(spec: ToolSpec): Promise<Tool | null> {
  const named = process.env[spec.variable]
  if (named) return useNamed(spec, named)
  for (const program of spec.programs) {
    const command = onPath(program)
    const tool = command && (await checked(spec, { command, env: {}, source: 'path' }))
    if (tool) return tool
  }
  return localTool(spec)
}

async function useNamed(spec: ToolSpec, command: string): Promise<Tool> {
  const tool = isExecutable(command) && (await checked(spec, { command, env: {}, source: 'named' }))
  if (tool) return tool
  const message = `${spec.variable}=${command} does not run as ${spec.programs.join(' or ')}; name a working binary or unset it`
  throw new AuthscaleError(`${spec.variable.split('_')[0]}_UNUSABLE`, message)
}

async function localTool(spec: ToolSpec): Promise<Tool | null> {
  const copy = await inLocalCopy(
    spec.name,
    spec.programs,
    spec.ownFolder === undefined ? [] : [spec.ownFolder],
  )
  return copy ? checked(spec, { ...copy, source: 'local copy' }) : null
}

async function fetchCopy(spec: ToolSpec, log: Log): Promise<{ tool: Tool | null; failure: string }> {
  if (!canFetchPackages()) return { tool: null, failure: '' }
  log(`fetching a project-local copy of ${spec.name} (${spec.copySize}, once)`)
  try {
    await fetchPackages(spec.name, spec.debianPackages, async () => (await localTool(spec)) !== null)
    return { tool: await localTool(spec), failure: ', and the fetched copy does not run' }
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    return { tool: null, failure: `, and fetching it failed (${lastLines(stderr || message)})` }
  }
}

/** Pulls the image when it is not there yet. */
async function inContainer({ image, programs, versionArgs, version }: ToolSpec): Promise<Tool | null> {
  const command = programs[0]
  if (image === null || command === undefined || !(await dockerAnswers())) return null
  const told = await dockerImageVersion(image, command, versionArgs, version)
  return told === null ? null : { command, env: {}, image, version: told, source: 'docker' }
}

/** Homebrew's folders are looked into even where its shell set-up, and with it PATH, is missing. */
async function inHomebrew(spec: ToolSpec): Promise<Tool | null> {
  for (const program of spec.programs) {
    const command = inFolders(program, HOMEBREW)
    const tool = command && (await checked(spec, { command, env: {}, source: 'homebrew' }))
    if (tool) return tool
  }
  return null
}

/** The version comes from the binary itself; one that cannot tell it cannot be run either. */
async function checked(
  spec: ToolSpec,
  found: Pick<Tool, 'command' | 'env' | 'source'>,
): Promise<Tool | null> {
  const options = { env: { ...process.env, ...found.env }, timeout: VERSION_TIMEOUT_MS }
  // wrk prints its version and exits with 1.
  const output = await run(found.command, spec.versionArgs, options).catch(
    (error: { stdout?: string }) => error,
  )
  const version = spec.version.exec(output.stdout ?? '')?.[1]
  return version === undefined ? null : { ...found, image: null, version }
}
