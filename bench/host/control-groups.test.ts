/** Limits of control groups on made-up machines, by the examples of the kernel's documentation and of container runtimes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { madeUpTree } from '../testing/made-up-tree.ts'
import { cpuQuota, cpusetCpus, groupFolders, memoryLimit, mounts } from './control-groups.ts'

const V2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate'
const v1 = (root: string, folder: string, controllers = folder) =>
  `33 32 0:30 ${root} /sys/fs/cgroup/${folder} rw shared:10 master:2 - cgroup cgroup rw,${controllers}`
const CG = '/sys/fs/cgroup'

/** @param files below the mounts of control groups, by paths from there */
function grouped(own: string, mountinfo: readonly string[], files: Record<string, string> = {}) {
  const below = Object.entries(files).map(([path, text]) => [`${CG}/${path}`, `${text}\n`])
  return madeUpTree({
    '/proc/self/cgroup': `${own}\n`,
    '/proc/self/mountinfo': `22 1 8:1 / / rw - ext4 /dev/sda1 rw\n${mountinfo.join('\n')}\n`,
    ...Object.fromEntries(below),
  })
}

test('version 2: each level up to the root, the process’s own first', () => {
  const tree = grouped('0::/user.slice/user-7.slice/a b.scope', [V2])
  assert.deepEqual(groupFolders(tree, 'cpu'), [
    [`${CG}/user.slice/user-7.slice/a b.scope`, `${CG}/user.slice/user-7.slice`, `${CG}/user.slice`, CG],
  ])
})

test('version 2: the quota of an outer group holds, and the smallest of several', () => {
  const outer = grouped('0::/pod/app', [V2], {
    'pod/app/cpu.max': 'max 100000',
    'pod/cpu.max': '150000 100000',
  })
  assert.deepEqual(cpuQuota(outer), { value: 1.5, levelsUp: 1 })
  const both = grouped('0::/pod/app', [V2], {
    'pod/app/cpu.max': '50000 25000',
    'pod/cpu.max': '50000 100000',
  })
  assert.deepEqual(cpuQuota(both), { value: 0.5, levelsUp: 1 })
  const same = grouped('0::/pod/app', [V2], {
    'pod/app/cpu.max': '5000 10000',
    'pod/cpu.max': '50000 100000',
  })
  assert.deepEqual(cpuQuota(same), { value: 0.5, levelsUp: 0 })
  assert.equal(cpuQuota(grouped('0::/pod', [V2], { 'pod/cpu.max': 'max 100000' })), null)
  assert.equal(cpuQuota(grouped('0::/', [V2])), null)
})

test('version 2 in a namespace: its root is written as /, and its limits are there', () => {
  const tree = grouped('0::/', [V2], { 'cpu.max': '20000 100000', 'memory.max': '1073741824' })
  assert.deepEqual(cpuQuota(tree), { value: 0.2, levelsUp: 0 })
  assert.deepEqual(memoryLimit(tree), { value: 1_073_741_824, levelsUp: 0 })
})

test('version 1: controllers in any order, the one that is asked for and no other', () => {
  for (const controllers of ['cpu,cpuacct', 'cpuacct,cpu']) {
    const own = `5:cpuset:/set\n4:${controllers}:/batch/job\n2:name=systemd:/x`
    const tree = grouped(own, [v1('/', controllers), v1('/', 'cpuset'), v1('/', 'systemd', 'name=systemd')], {
      [`${controllers}/batch/cpu.cfs_quota_us`]: '50000',
      [`${controllers}/batch/cpu.cfs_period_us`]: '200000',
      [`${controllers}/batch/job/cpu.cfs_quota_us`]: '-1',
      [`${controllers}/batch/job/cpu.cfs_period_us`]: '100000',
      // Not that of this controller, whose group has another path.
      'cpuset/batch/cpu.cfs_quota_us': '1000',
    })
    assert.deepEqual(cpuQuota(tree), { value: 0.25, levelsUp: 1 })
  }
})

test('version 1 in a container that is told its path on the host: the mount begins at that path', () => {
  const own = '4:cpu,cpuacct:/docker/0a1b\n3:memory:/docker/0a1b'
  const mountinfo = [v1('/docker/0a1b', 'cpu,cpuacct'), v1('/docker/0a1b', 'memory')]
  const tree = grouped(own, mountinfo, {
    'cpu,cpuacct/cpu.cfs_quota_us': '30000',
    'cpu,cpuacct/cpu.cfs_period_us': '100000',
    'memory/memory.limit_in_bytes': '536870912',
  })
  assert.deepEqual(cpuQuota(tree), { value: 0.3, levelsUp: 0 })
  assert.deepEqual(memoryLimit(tree), { value: 536_870_912, levelsUp: 0 })
})

test('a mount that shows another group says nothing of ours, nor does one that we have left', () => {
  const foreign = grouped('4:cpu:/docker/ours', [v1('/docker/other', 'cpu')], {
    'cpu/cpu.cfs_quota_us': '1000',
  })
  assert.deepEqual(groupFolders(foreign, 'cpu'), [])
  assert.equal(cpuQuota(foreign), null)
  // A name that only begins like it.
  const alike = grouped('4:cpu:/docker/ab', [v1('/docker/a', 'cpu')], { 'cpu/cpu.cfs_quota_us': '1000' })
  assert.equal(cpuQuota(alike), null)
  assert.equal(cpuQuota(grouped('0::/../sibling', [V2], { 'cpu.max': '1000 100000' })), null)
})

test('a mount from above the namespace: its root is over us, what lies between is not known', () => {
  const above = '30 23 0:26 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw'
  assert.deepEqual(groupFolders(grouped('0::/app', [above]), 'cpu'), [[CG]])
})

test('both versions at once: each controller counts where it has its files', () => {
  const unified = '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw'
  const own = '4:memory:/jobs/7\n1:cpu:/jobs\n0::/jobs/7'
  const tree = grouped(own, [v1('/', 'cpu'), v1('/', 'memory'), unified], {
    'cpu/jobs/cpu.cfs_quota_us': '80000',
    'cpu/jobs/cpu.cfs_period_us': '100000',
    'memory/jobs/7/memory.limit_in_bytes': '9223372036854771712',
    'memory/jobs/memory.limit_in_bytes': '2000000000',
  })
  assert.deepEqual(cpuQuota(tree), { value: 0.8, levelsUp: 0 })
  assert.deepEqual(memoryLimit(tree), { value: 2e9, levelsUp: 1 })
})

test('the cpuset in force is that of the nearest group that has the controller', () => {
  const v2 = grouped('0::/pod/app', [V2], {
    'cpuset.cpus.effective': '0-7',
    'pod/cpuset.cpus.effective': '2-3,6',
  })
  assert.deepEqual(cpusetCpus(v2), [2, 3, 6])
  const files = { 'cpuset/a/cpuset.cpus': '0-3', 'cpuset/a/cpuset.effective_cpus': '1' }
  assert.deepEqual(cpusetCpus(grouped('5:cpuset:/a', [v1('/', 'cpuset')], files)), [1])
  assert.equal(cpusetCpus(grouped('0::/a', [V2])), null)
})

test('without control groups nothing is limited', () => {
  const tree = madeUpTree({})
  assert.deepEqual([cpuQuota(tree), memoryLimit(tree), cpusetCpus(tree)], [null, null, null])
})

test('mounts: optional fields in any number, white space in paths as octal numbers', () => {
  const line =
    '36 35 98:0 /mnt\\0401 /a\\134b\\011c rw,noatime master:1 shared:3 - ext3 /dev/root rw,errors=x'
  assert.deepEqual(mounts(`${line}\n\nnonsense\n`), [
    { root: '/mnt 1', point: '/a\\b\tc', type: 'ext3', options: ['rw', 'errors=x'] },
  ])
})

test('of any quotas on any levels the smallest counts, in both versions', () => {
  const quotas = fc.array(fc.option(fc.integer({ min: 1_000, max: 800_000 })), { minLength: 1, maxLength: 6 })
  fc.assert(
    fc.property(quotas, fc.boolean(), (levels, isV2) => {
      const folders = levels.map((_, i) =>
        levels
          .slice(0, i + 1)
          .map((_, n) => `g${n}`)
          .join('/'),
      )
      const files = folders.map((folder, i): [string, string] =>
        isV2
          ? [`${folder}/cpu.max`, `${levels[i] ?? 'max'} 100000`]
          : [`cpu/${folder}/cpu.cfs_quota_us`, String(levels[i] ?? -1)],
      )
      const own = `${isV2 ? '0:' : '3:cpu'}:/${folders.at(-1)}`
      const tree = grouped(own, isV2 ? [V2] : [v1('/', 'cpu')], Object.fromEntries(files))
      const known = levels.filter((quota) => quota !== null)
      const found = cpuQuota(tree)
      assert.equal(found?.value ?? null, known.length === 0 ? null : Math.min(...known) / 100_000)
      if (found) assert.equal(levels[levels.length - 1 - found.levelsUp], Math.round(found.value * 100_000))
    }),
  )
})
