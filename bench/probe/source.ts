/** Which code a run was made with: the commit of this tree, or what stands for it where there is none. */
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../fleet/tools/run.ts'
import type { Environment } from '../record/types.ts'

type Source = Pick<Environment, 'gitCommit' | 'gitDirty'> & { source: NonNullable<Environment['source']> }

/** @param root folder of the project, with a slash at the end */
export async function sourceOf(root: URL): Promise<Source> {
  const folder = fileURLToPath(root)
  const [git, text] = await Promise.all([
    gitState(folder),
    readFile(path.join(folder, 'package.json'), 'utf8'),
  ])
  const { version } = JSON.parse(text) as { version: string }
  const isTold = git.gitCommit !== null && !git.gitDirty
  return { ...git, source: { version, contentHash: isTold ? null : await contentHash(folder) } }
}

/** What is there without being part of a commit counts where a run could load it. */
const UNTRACKED_CODE = /^\?\? "?(bench|servers)\//
const NO_HISTORY = { gitCommit: null, gitDirty: null }

async function gitState(folder: string): Promise<Pick<Environment, 'gitCommit' | 'gitDirty'>> {
  const git = async (...args: string[]) =>
    (await run('git', ['--no-optional-locks', ...args], { cwd: folder, maxBuffer: 64 * 1_024 ** 2 })).stdout
  try {
    // Inside of another repository the commit is that one's, and says nothing of these files.
    if ((await git('rev-parse', '--show-prefix')).trim() !== '') return NO_HISTORY
    await git('ls-files', '--error-unmatch', 'package.json', 'bench/cli.ts', 'servers/main.ts')
    const [commit, status] = await Promise.all([git('rev-parse', 'HEAD'), git('status', '--porcelain')])
    const changes = status.split('\n').filter((line) => line !== '')
    const gitDirty = changes.some((line) => !line.startsWith('??') || UNTRACKED_CODE.test(line))
    return { gitCommit: commit.trim(), gitDirty }
  } catch {
    // An unpacked archive has no history; that is worth recording, not worth failing.
    return NO_HISTORY
  }
}

/** As the schema says. Line ends count: a checkout that changes them has other code. */
export async function contentHash(folder: string): Promise<string> {
  const hash = createHash('sha256')
  for (const name of (await codeFiles(folder)).sort()) {
    const bytes = await readFile(path.join(folder, name))
    hash.update(`${name}\0${bytes.length}\0`).update(bytes)
  }
  return `sha256-${hash.digest('hex')}`
}

/** Relative to the folder, with slashes, in no order. An unpacked package has no lock file. */
async function codeFiles(folder: string): Promise<string[]> {
  const inside = ['bench', 'servers'].map(async (room) => {
    const entries = await readdir(path.join(folder, room), { recursive: true, withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile())
    return files.map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
  })
  const beside = ['package.json', 'package-lock.json'].filter((name) => existsSync(path.join(folder, name)))
  const names = [...(await Promise.all(inside)).flat(), ...beside]
  return names.map((name) => name.split(path.sep).join('/'))
}
