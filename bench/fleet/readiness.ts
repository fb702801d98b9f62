/**
 * What a fleet needs of this machine, looked at before the first process is started: a disk that is full, or a limit that is
 * reached, would else be met in the middle of a run by a program that does not say so.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, rmdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import path from 'node:path'
import { AuthscaleError, unlessCode } from '../errors.ts'
import { privateFolder } from '../places.ts'
import { makeFolders } from '../record/durable.ts'
import { fileLimit, filesNeeded, freeProcesses } from './limits.ts'
import { temporaryFolder } from './tools/path.ts'

/** One thing that a start needs, or that a machine has. */
export interface Finding {
  name: string
  /** `missing`: no run is possible. `degraded`: runs are possible, with the cost named. */
  status: 'ok' | 'missing' | 'degraded'
  detail: string
  /** What it costs, or what to do; empty when nothing. */
  cost: string
}

interface Folder {
  name: string
  path: string
  /** Why nothing can be written there; null where something was. */
  problem: string | null
  freeBytes: number
  /** Files that can still be made; null where the file system does not count them. */
  freeFiles: number | null
  neededBytes: number
  /** How to choose another one. */
  elsewhere: string
}

interface Facts {
  folders: readonly Folder[]
  /** Processes and threads that this user may still start. */
  processes: number
  /** Files that one process may have open. */
  openFiles: number
  memoryBytes: number
  /** Why nothing can listen on loopback; null where something did. */
  loopbackProblem: string | null
}

const MB = 1e6
/** Records, report and page of the longest run so far took 20 MB, a standard run 2. */
const OUT_BYTES = 50 * MB
/** Sockets, configurations, and what a Redis keeps that is told to. */
const TEMPORARY_BYTES = 50 * MB
/** Redis and HAProxy, fetched and unpacked, and the compiled servers. */
const PRIVATE_BYTES = 100 * MB
/** Of a disk, or of what a user may have of it. */
const FULL = ['ENOSPC', 'EDQUOT']
const ANSWER_MS = 2_000
const FILES = 1_000
/** One replica with its Redis, its proxy, the generator, pm2 and the harness; most of them are threads. */
const PROCESSES = 85
/** With as many connections as one replica gets. */
const OPEN_FILES = filesNeeded(32)
const MEMORY_BYTES = 400 * MB

/** The path of a Unix socket has 104 bytes on macOS and 108 on Linux, with a zero at the end. */
export const SOCKET_PATH_BYTES = 103
/** `/authscale-0123abcd/proxy-65535/stats.sock`: none below the temporary folder is longer. */
const LONGEST_SOCKET_BYTES = 42

/** @param out folder below which a run will be written; null where none will */
export async function readiness(out: string | null): Promise<Finding[]> {
  return findingsOf({
    folders: [
      folder('temporary folder', temporaryFolder(), TEMPORARY_BYTES, 'set TMPDIR to another folder'),
      folder('private folder', privateFolder, PRIVATE_BYTES, 'move authscale to another folder'),
      ...(out === null ? [] : [folder('results', out, OUT_BYTES, 'choose another folder with --out')]),
    ],
    processes: freeProcesses(),
    openFiles: fileLimit(),
    memoryBytes: process.availableMemory(),
    loopbackProblem: await loopbackProblem(),
  })
}

/** @throws AuthscaleError NOT_READY with the first that is missing */
export async function requireReady(out: string | null): Promise<void> {
  const problem = (await readiness(out)).find(({ status }) => status === 'missing')
  if (problem) throw new AuthscaleError('NOT_READY', `${problem.name}: ${problem.detail}: ${problem.cost}`)
}

/** Pure. */
export function findingsOf({
  folders,
  processes,
  openFiles,
  memoryBytes,
  loopbackProblem,
}: Facts): Finding[] {
  return [
    ...folders.map(folderFinding),
    okIf(processes >= PROCESSES, {
      name: 'processes',
      detail: Number.isFinite(processes) ? `${processes} more can be started` : 'no limit',
      cost: `a run needs ${PROCESSES}: end some, or raise the limit with \`ulimit -u\``,
    }),
    okIf(openFiles >= OPEN_FILES, {
      name: 'open files',
      detail: `${openFiles} are allowed in a process`,
      cost: `a run needs ${OPEN_FILES}: raise the limit with \`ulimit -n ${OPEN_FILES}\``,
    }),
    okIf(memoryBytes >= MEMORY_BYTES, {
      name: 'memory',
      detail: `${mb(memoryBytes)} are free`,
      cost: `a run needs ${mb(MEMORY_BYTES)}: end other programs, or raise the limit of this container`,
    }),
    okIf(loopbackProblem === null, {
      name: 'loopback',
      detail: loopbackProblem ?? 'ports of 127.0.0.1 can be had',
      cost: 'all parts of a run talk over 127.0.0.1: bring it up, for example with `ip link set lo up`',
    }),
  ]
}

function folderFinding({
  name,
  path,
  problem,
  freeBytes,
  freeFiles,
  neededBytes,
  elsewhere,
}: Folder): Finding {
  const missing = (detail: string, cost: string): Finding => ({ name, status: 'missing', detail, cost })
  if (problem !== null) {
    const remedy = FULL.includes(problem) ? 'free some' : 'make it writable'
    return missing(`${path} cannot be written (${problem})`, `${remedy}, or ${elsewhere}`)
  }
  if (freeBytes < neededBytes)
    return missing(
      `${path} has ${mb(freeBytes)} free and a run needs ${mb(neededBytes)}`,
      `free some, or ${elsewhere}`,
    )
  if (freeFiles !== null && freeFiles < FILES)
    return missing(
      `${path} has room for ${freeFiles} more files and a run needs ${FILES}`,
      `remove some, or ${elsewhere}`,
    )
  const bytes = Buffer.byteLength(path)
  const most = SOCKET_PATH_BYTES - LONGEST_SOCKET_BYTES
  if (path === temporaryFolder() && bytes > most)
    return missing(`${path} has a path of ${bytes} bytes, and sockets leave it ${most}`, elsewhere)
  return { name, status: 'ok', detail: `${path}, ${mb(freeBytes)} free`, cost: '' }
}

const okIf = (isOk: boolean, { cost, ...found }: Omit<Finding, 'status'>): Finding =>
  isOk ? { ...found, status: 'ok', cost: '' } : { ...found, status: 'missing', cost }

const mb = (bytes: number) => `${Math.floor(bytes / MB).toLocaleString('en')} MB`

/** By a file that is made and removed: rights alone do not tell of a quota, or of a disk that is read-only. */
function folder(name: string, wanted: string, neededBytes: number, elsewhere: string): Folder {
  const common = { name, path: wanted, neededBytes, elsewhere }
  try {
    const made = makeFolders(wanted)
    const probe = path.join(wanted, `.authscale-probe-${randomBytes(4).toString('hex')}`)
    try {
      writeFileSync(probe, 'x'.repeat(4_096), { flag: 'wx' })
    } finally {
      rmSync(probe, { force: true })
    }
    // A start looks here for what a killed one left.
    readdirSync(wanted)
    const { bavail, bsize, files, ffree } = statfsSync(wanted)
    if (made !== undefined) removeEmpty(wanted, made)
    return { ...common, problem: null, freeBytes: bavail * bsize, freeFiles: files > 0 ? ffree : null }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    return { ...common, problem: code ?? message, freeBytes: 0, freeFiles: null }
  }
}

/** A look leaves nothing behind; somebody else may have put something there meanwhile. */
function removeEmpty(from: string, upTo: string): void {
  unlessCode(['ENOTEMPTY', 'EEXIST', 'ENOENT'], () => rmdirSync(from))
  if (from !== upTo && from.startsWith(upTo)) removeEmpty(path.dirname(from), upTo)
}

function loopbackProblem(): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', ({ code, message }: NodeJS.ErrnoException) =>
      resolve(`127.0.0.1 cannot be listened on (${code ?? message})`),
    )
    server.listen(0, '127.0.0.1', () => {
      // One that is down can still be listened on.
      const { port } = server.address() as AddressInfo
      const client = createConnection({ host: '127.0.0.1', port, timeout: ANSWER_MS })
      const end = (problem: string | null) => {
        client.destroy()
        server.close(() => resolve(problem))
      }
      client.once('connect', () => end(null))
      client.once('timeout', () => end(`127.0.0.1 does not answer itself within ${ANSWER_MS} ms`))
      client.once('error', ({ code, message }: NodeJS.ErrnoException) =>
        end(`127.0.0.1 cannot be reached (${code ?? message})`),
      )
    })
  })
}
