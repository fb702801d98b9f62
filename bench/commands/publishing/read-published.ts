/** Reads the published runs; what cannot be read is named, with the reason, and holds up nothing. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import type { LeftOut } from '../../compare/alike.ts'
import { AuthscaleError } from '../../errors.ts'
import { type RunWithRows, runWithRows } from '../../figures/rows.ts'
import { publishedFolder } from '../../places.ts'
import { readRun, type StoredRun } from '../../record/run-dir.ts'

/** All published runs, and those that cannot be read, each with the reason. */
export async function publishedRuns(
  parent = publishedFolder,
): Promise<{ runs: RunWithRows[]; unread: LeftOut[] }> {
  const { read, unread } = await readPublished(parent)
  return { runs: read.map(({ stored }) => runWithRows(stored.run, stored.results)), unread }
}

/** The same as they are stored. */
export async function readPublished(
  parent = publishedFolder,
): Promise<{ read: { folder: string; stored: StoredRun }[]; unread: LeftOut[] }> {
  const entries = await readdir(parent, { withFileTypes: true })
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  const read: { folder: string; stored: StoredRun }[] = []
  const unread: LeftOut[] = []
  for (const name of names.sort()) {
    const folder = path.join(parent, name)
    try {
      const stored = await readRun(folder)
      if (stored.damage === null) read.push({ folder, stored })
      else unread.push({ name, reason: 'damaged: the last line of its log was cut short' })
    } catch (error) {
      if (!(error instanceof AuthscaleError)) throw error
      // The path is this machine's, and nobody else's business.
      unread.push({ name, reason: error.message.replaceAll(`${parent}${path.sep}`, '') })
    }
  }
  return { read, unread }
}
