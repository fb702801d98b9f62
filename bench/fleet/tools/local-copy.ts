/**
 * Project-local copies of what may be fetched, one folder each, shared by all runs of this checkout. Safe against
 * interruption and against another harness doing the same: made aside, then renamed.
 */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode } from '../../errors.ts'
import { privateFolder } from '../../places.ts'
import { identify } from '../processes/identity.ts'

const toolsFolder = join(privateFolder, 'tools')
const FETCH_PREFIX = '.fetch-'
/** Time-outs of package managers are minutes; a blocked network should be reported while the user still watches. */
export const STEP_TIMEOUT_MS = 180_000

/** Where the copy of a tool is, or would be. */
export function localCopy(tool: string): string {
  return join(toolsFolder, tool)
}

/**
 * @param isUsable whether the copy that is in place works
 * @param fetch makes the copy inside the folder that it is given, and tells its path; what else it leaves there is removed
 */
export async function makeLocalCopy(
  tool: string,
  isUsable: () => Promise<boolean>,
  fetch: (work: string) => Promise<string>,
): Promise<void> {
  await mkdir(toolsFolder, { recursive: true })
  await removeAbandoned()
  const work = await mkdtemp(join(toolsFolder, `${FETCH_PREFIX}${process.pid}-`))
  try {
    await putInPlace(await fetch(work), localCopy(tool), join(work, 'old'), isUsable)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** A copy that another harness has just put there stays; a broken one makes room. */
async function putInPlace(
  fresh: string,
  target: string,
  aside: string,
  isUsable: () => Promise<boolean>,
): Promise<void> {
  try {
    await rename(fresh, target)
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY', 'EEXIST')) throw error
    if (await isUsable()) return
    await rename(target, aside)
    await rename(fresh, target)
  }
}

/** Removes what an interrupted fetch left behind: its folder names the process that made it. */
async function removeAbandoned(): Promise<void> {
  for (const name of await readdir(toolsFolder)) {
    const pid = Number(/^\.fetch-(\d+)-/.exec(name)?.[1])
    if (pid > 0 && identify(pid) === null) await rm(join(toolsFolder, name), { recursive: true, force: true })
  }
}
