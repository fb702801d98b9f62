/**
 * What this harness has running, on disk, so that the next start can end what a killed one left behind.
 * A process is ended only if pid and start time both match; the folder of a living harness is never touched.
 */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { AuthscaleError, hasCode, unlessCode } from '../../errors.ts'
import { becomes } from '../../load/in-time.ts'
import { writeError } from '../../record/durable.ts'
import { groupFolder, removeAbandoned } from '../quota/quota-group.ts'
import { buildFolder } from '../tools/build.ts'
import { dockerRemove } from '../tools/docker.ts'
import { temporaryFolder } from '../tools/path.ts'
import { identify, isRunning, type ProcessIdentity } from './identity.ts'
import { signalGroup, unkillable } from './process.ts'

const PREFIX = 'authscale-'
/** With a dot while its manifest is being written. */
const RUN_FOLDER = /^\.?authscale-[0-9a-f]{8}$/
const MANIFEST = 'manifest.json'
/** In a folder that was left alone, so that it is said once. */
const SAID = 'left-alone'
const KILL_WITHIN_MS = 5_000
const POLL_MS = 20

interface Manifest {
  harness: ProcessIdentity
  nonce: string
  processes: (ProcessIdentity & { what: string })[]
  /** Names of containers. */
  containers: string[]
  /** Folder of the control group in which this harness makes its own for CPU quotas; null before it does. */
  quotaParent: string | null
}

/** The private folder of one harness: sockets, generated configurations, manifest. */
export interface RunFolder {
  readonly path: string
  readonly nonce: string
  /** Notes a process at once, so that a kill in the next moment does not lose it. */
  record(pid: number, what: string): void
  recordContainer(name: string): void
  /** Before anything is made there. */
  recordQuotaParent(group: string): void
  remove(): void
}

/** Makes the folder. Short, in the system's temporary folder: the path of a Unix socket has 104 bytes at most. */
export function openRunFolder(): RunFolder {
  const harness = identify(process.pid)
  if (!harness) throw new AuthscaleError('NO_PROCESS_TABLE', 'cannot read the start time of this process')
  const nonce = randomBytes(4).toString('hex')
  const path = join(temporaryFolder(), `${PREFIX}${nonce}`)
  let manifest: Manifest = { harness, nonce, processes: [], containers: [], quotaParent: null }
  // Complete before it gets the name that a sweep looks for.
  const unnamed = join(temporaryFolder(), `.${PREFIX}${nonce}`)
  mkdirSync(unnamed, { mode: 0o700 })
  write(unnamed, manifest)
  renameSync(unnamed, path)
  const note = (changes: Partial<Manifest>) => {
    manifest = { ...manifest, ...changes }
    write(path, manifest)
  }
  return {
    path,
    nonce,
    record(pid, what) {
      const identity = identify(pid)
      const others = manifest.processes.filter(isRunning)
      note({ processes: identity ? [...others, { ...identity, what }] : others })
    },
    recordContainer: (name) => note({ containers: [...manifest.containers, name] }),
    recordQuotaParent: (quotaParent) => note({ quotaParent }),
    remove: () => removeFolder(path),
  }
}

/** The manifest goes last: a folder without its manifest, left by a kill, could be anybody's. */
function removeFolder(folder: string): void {
  const others = namesIn(folder).filter((name) => name !== MANIFEST)
  for (const name of others) rmSync(join(folder, name), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}

/** Written aside and renamed: a reader never sees half of one. @throws AuthscaleError NO_SPACE or WRITE_FAILED */
function write(folder: string, manifest: Manifest): void {
  const file = join(folder, MANIFEST)
  try {
    writeFileSync(`${file}.new`, JSON.stringify(manifest))
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw writeError(error, file, 'go on with --resume; every finished trial is kept')
  }
}

/** Ends and removes what harnesses of this user left behind that are gone. `log` hears of each. */
export async function sweep(log: (line: string) => void): Promise<void> {
  for (const name of readdirSync(temporaryFolder())) {
    const folder = join(temporaryFolder(), name)
    if (!RUN_FOLDER.test(name) || !isOurs(folder)) continue
    openForUs(folder)
    const manifest = read(folder)
    if (manifest === null) sweepUnknown(folder, log)
    else if (!isRunning(manifest.harness)) await sweepOne(folder, manifest, log)
  }
}

/** Pids of other harnesses of this user that are at work now: each takes CPU from the others. */
export function othersAtWork(): number[] {
  return readdirSync(temporaryFolder())
    .filter((name) => RUN_FOLDER.test(name) && isOurs(join(temporaryFolder(), name)))
    .flatMap((name) => read(join(temporaryFolder(), name)) ?? [])
    .filter(({ harness }) => harness.pid !== process.pid && isRunning(harness))
    .map(({ harness }) => harness.pid)
}

/** A mask of a user's own files once kept him out of his own run folder for ever. */
function openForUs(folder: string): void {
  unlessCode(['ENOENT', 'EPERM'], () => {
    chmodSync(folder, 0o700)
    if (namesIn(folder).includes(MANIFEST)) chmodSync(join(folder, MANIFEST), 0o600)
  })
}

/** An empty folder is all that a kill in the last moment of its removal leaves; one with a dot is about to be filled. */
function sweepUnknown(folder: string, log: (line: string) => void): void {
  const isRest = !basename(folder).startsWith('.') && namesIn(folder).length === 0
  if (isRest) rmSync(folder, { recursive: true, force: true })
  else if (!basename(folder).startsWith('.') && !namesIn(folder).includes(SAID)) {
    log(`left alone: ${folder} has no readable manifest; remove it by hand if no run of yours is going`)
    unlessCode(['ENOENT', 'EACCES', 'ENOSPC'], () => writeFileSync(join(folder, SAID), ''))
  }
}

async function sweepOne(folder: string, manifest: Manifest, log: (line: string) => void): Promise<void> {
  for (const stray of manifest.processes.filter(isRunning)) {
    log(`ending ${stray.what} (process ${stray.pid}), left behind by a run that was killed`)
    signalGroup(stray.pid, 'SIGKILL')
    if (await becomes(() => !isRunning(stray), KILL_WITHIN_MS, POLL_MS)) continue
    throw unkillable(stray.pid)
  }
  for (const container of manifest.containers) await dockerRemove(container)
  const { quotaParent, harness, nonce } = manifest
  if (quotaParent && !(await removeAbandoned(groupFolder(quotaParent, harness.pid, nonce)))) {
    // The folder stays too, so that the next sweep looks again.
    log(`left alone: a control group of run ${nonce} in ${quotaParent} holds processes that are not ours`)
    return
  }
  rmSync(buildFolder(nonce), { recursive: true, force: true })
  removeFolder(folder)
}

/** Anybody may put a folder of this name, or a link to ours, into the temporary folder. */
function isOurs(folder: string): boolean {
  const info = lstatSync(folder, { throwIfNoEntry: false })
  return info?.isDirectory() === true && (process.getuid === undefined || info.uid === process.getuid())
}

/** None where its own harness, or another sweep, has removed it a moment ago. */
function namesIn(folder: string): string[] {
  return unlessCode(['ENOENT'], () => readdirSync(folder)) ?? []
}

function read(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as Manifest
  } catch (error) {
    // Removed by its own harness or by another sweep a moment ago, or not a run folder at all.
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return null
    throw error
  }
}
