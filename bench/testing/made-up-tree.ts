/** A tree of files that is nowhere on a disk: what a machine of another kind shows in /proc and /sys. */
import type { Tree } from '../host/tree.ts'

/** @param files text by path; one that begins with `-> ` is a symbolic link to what follows */
export function madeUpTree(files: Readonly<Record<string, string>>): Tree {
  const paths = Object.keys(files)
  const linkOf = (path: string) => /^-> (.*)$/.exec(files[path] ?? '')?.[1] ?? null
  return {
    text: (path) => (linkOf(path) === null ? (files[path] ?? null) : null),
    link: linkOf,
    list: (folder) => {
      const inside = paths.filter((path) => path.startsWith(`${folder}/`))
      return [...new Set(inside.map((path) => path.slice(folder.length + 1).split('/')[0] ?? ''))].sort()
    },
    has: (path) => paths.some((one) => one === path || one.startsWith(`${path}/`)),
  }
}
