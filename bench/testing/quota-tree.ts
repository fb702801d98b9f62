/** A plain folder tree that does what the kernel does to control groups, as far as quotas depend on it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { QuotaMethod } from '../fleet/quota/cgroup.ts'
import type { Cgroups } from '../fleet/quota/quota.ts'

export interface Tree extends Required<Cgroups> {
  /** Root of the tree with the CPU controller. */
  root: string
  read(...path: string[]): string
  write(path: string, text: string): void
  /** Every folder in it, from the root. */
  groups(): string[]
  delete(): void
}

/**
 * @param groups paths of the groups that are there, parents first; the last one is this process's own. In version 2
 * the others, and the root, hand the controller down.
 */
export function plainTree(method: QuotaMethod, groups: readonly string[]): Tree {
  const mount = mkdtempSync(join(tmpdir(), 'cgroups-'))
  const own = groups.at(-1) ?? '/'
  const [controllers, root] = method === 'cgroup-v1' ? ['cpu', join(mount, 'cpu')] : ['', mount]
  const make = method === 'cgroup-v1' ? makeV1 : makeV2
  mkdirSync(root, { recursive: true })
  fill(root, { 'cgroup.procs': '', 'cgroup.controllers': 'cpu', 'cgroup.subtree_control': 'cpu' })
  for (const group of groups) {
    make(join(root, group))
    if (group === own) fill(join(root, own), { 'cgroup.procs': String(process.pid) })
    else if (method === 'cgroup-v2') fill(join(root, group), { 'cgroup.subtree_control': 'cpu' })
  }
  return {
    mount,
    root,
    own: `0:${controllers}:${own}\n`,
    kernel: { make, remove },
    read: (...path) => readFileSync(join(root, ...path), 'utf8').trim(),
    write: (path, text) => writeFileSync(join(root, path), text),
    groups: () =>
      readdirSync(root, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
        .toSorted(),
    delete: () => rmSync(mount, { recursive: true }),
  }
}

function makeV1(folder: string): void {
  mkdirSync(folder)
  fill(folder, {
    'cgroup.procs': '',
    'cpu.cfs_period_us': '50000',
    'cpu.cfs_quota_us': '-1',
    'cpu.shares': '',
  })
}

/** A group has the controllers that the one above hands down; one that holds processes hands down none. */
function makeV2(folder: string): void {
  const above = dirname(folder)
  const handedDown = readFileSync(join(above, 'cgroup.subtree_control'), 'utf8').match(/(?<!-)\bcpu\b/)
  const cpu = handedDown && readFileSync(join(above, 'cgroup.procs'), 'utf8') === ''
  mkdirSync(folder)
  fill(folder, {
    'cgroup.procs': '',
    'cgroup.controllers': cpu ? 'cpu' : '',
    'cgroup.subtree_control': '',
    ...(cpu ? { 'cpu.max': '', 'cpu.weight': '' } : {}),
  })
}

function remove(folder: string): void {
  const inside = readdirSync(folder, { withFileTypes: true }).some((entry) => entry.isDirectory())
  if (inside || readFileSync(join(folder, 'cgroup.procs'), 'utf8') !== '')
    throw Object.assign(new Error('resource busy'), { code: 'EBUSY' })
  rmSync(folder, { recursive: true })
}

function fill(folder: string, files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
}
