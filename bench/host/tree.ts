/** Where facts about the machine are read: a tree of files, so that tests give one of their own in place of /proc and /sys. */
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'

/** Paths are absolute. Nothing here throws: what cannot be read is not there. */
export interface Tree {
  /** The whole file as UTF-8; null where it cannot be read. */
  text(path: string): string | null
  /** Names in a folder, sorted; none where it cannot be read. */
  list(path: string): string[]
  /** Where a symbolic link leads, as it is written; null where there is none. */
  link(path: string): string | null
  has(path: string): boolean
}

/** The machine that this process runs on. */
export const thisMachine: Tree = {
  text: (path) => orNull(() => readFileSync(path, 'utf8')),
  list: (path) => (orNull(() => readdirSync(path)) ?? []).toSorted(),
  link: (path) => orNull(() => readlinkSync(path)),
  has: (path) => orNull(() => statSync(path)) !== null,
}

function orNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** The file without white space around it; null where it cannot be read or says nothing. */
export function word(tree: Tree, path: string): string | null {
  return tree.text(path)?.trim() || null
}

/** A file that says 1 or 0; null where it says something else. */
export function switched(tree: Tree, path: string): boolean | null {
  const text = word(tree, path)
  return text === '1' ? true : text === '0' ? false : null
}

/** "0-2,5" -> [0, 1, 2, 5]; an empty list for an empty text. */
export function parseCpuList(list: string): number[] {
  if (list.trim() === '') return []
  return list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?]
    return Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
  })
}
