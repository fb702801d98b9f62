/** CPU quotas: enforced by the kernel where it grants any, and the files of both versions on a plain folder tree. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import fc from 'fast-check'
import { processCpuUs } from '../../probe/proc.ts'
import { cpuQuotas } from '../../testing/needs.ts'
import { plainTree, type Tree } from '../../testing/quota-tree.ts'
import { type Child, spawnChild } from '../processes/process.ts'
import type { QuotaMethod } from './cgroup.ts'
import { findQuotaMethod, openQuotas, type QuotaGroups } from './quota.ts'
import { groupFolder } from './quota-group.ts'

const NONCE = '0123abcd'
const { ground } = findQuotaMethod()
const forReal = { skip: cpuQuotas() }
const parent = ground?.parent ?? ''

const BUSY = 'for (;;);'
/** Three threads that never rest, which without a quota take all the CPUs that there are. */
const BUSY_THREADS = `const { Worker } = require('node:worker_threads')
for (let i = 0; i < 2; i++) new Worker('for (;;);', { eval: true })
setTimeout(() => { for (;;); }, 100)`

const WINDOW_MS = 2_000
/**
 * In the window lie 20 periods, and one more or less at its ends: 5 %. The kernel hands a quota out to each CPU in
 * slices of 5 ms and may let the last one overrun; that is the rest.
 */
const TOLERANCE = 0.1

/** What the kernel says of a busy process so far. */
interface Account {
  cpuUs: number
  /** Periods of its quota, and those at whose end it had used it up. */
  periods: number
  throttled: number
}

function account(name: string, { pid }: Child): Account {
  const stat = readFileSync(`${groupFolder(parent, process.pid, NONCE)}/${name}/cpu.stat`, 'utf8')
  const value = (key: string) => Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(stat)?.[1])
  return {
    cpuUs: processCpuUs(pid) ?? Number.NaN,
    periods: value('nr_periods'),
    throttled: value('nr_throttled'),
  }
}

/** Busy children under quotas of so many cores: each gets that, by the scheduler's own account. */
async function assertShares(script: string, cores: readonly number[]): Promise<void> {
  assert.ok(ground)
  const quotas = openQuotas(ground, NONCE)
  const children: Child[] = []
  try {
    for (const _ of cores) children.push(await spawnChild([process.execPath, '-e', script], { name: 'busy' }))
    // Past their start, so that the threads are there when the process is moved.
    await delay(300)
    for (const [i, { pid }] of children.entries()) quotas.limit(`p${i}`, pid, cores[i] ?? 0)
    await delay(200)
    const accounts = () => children.map((child, i) => account(`p${i}`, child))
    const [before, from] = [accounts(), performance.now()]
    await delay(WINDOW_MS)
    const [after, to] = [accounts(), performance.now()]
    for (const [i, quota] of cores.entries()) {
      const [first, last] = [before[i], after[i]]
      assert.ok(first && last)
      const got = (last.cpuUs - first.cpuUs) / ((to - from) * 1_000)
      // Only a machine that is busy with something else gives less, and then not in every period all of it.
      const inFull = (last.throttled - first.throttled) / (last.periods - first.periods)
      const told = `${got} cores of ${quota}, all of it in ${inFull} of the periods`
      assert.ok(inFull > 0 && got <= quota * (1 + TOLERANCE), told)
      assert.ok(got >= quota * inFull * (1 - TOLERANCE), told)
      assert.ok(quotas.throttledUs(`p${i}`) > 0)
    }
  } finally {
    await Promise.all(children.map((child) => child.stop()))
    await quotas.close()
  }
}

test('a busy process gets its quota and no more', forReal, () => assertShares(BUSY, [0.2]))

test('two processes: each has a quota of its own', forReal, () => assertShares(BUSY, [0.1, 0.3]))

test('a quota holds for all threads of a process together', forReal, () => assertShares(BUSY_THREADS, [0.2]))

test('a harness that was killed while it tried leaves no group for ever', forReal, () => {
  const { pid } = spawnSync('true')
  const left = groupFolder(parent, pid, 'trial')
  mkdirSync(left)
  findQuotaMethod()
  assert.ok(!existsSync(left))
})

test('nothing of it stays, and while a process runs its group is not given up', forReal, async () => {
  assert.ok(ground)
  // Other harnesses may have groups there too.
  const own = () => readdirSync(parent).filter((name) => name.startsWith(`authscale-${process.pid}-`))
  const quotas = openQuotas(ground, NONCE)
  const child = await spawnChild([process.execPath, '-e', BUSY], { name: 'busy' })
  try {
    quotas.limit('r1', child.pid, 0.1)
    assert.match(
      readFileSync(`/proc/${child.pid}/cgroup`, 'utf8'),
      new RegExp(`authscale-.*${NONCE}/r1$`, 'm'),
    )
    await assert.rejects(quotas.close(), { code: 'STOP_FAILED', message: /still holds processes/ })
    assert.deepEqual(own(), [basename(groupFolder(parent, process.pid, NONCE))])
  } finally {
    await child.stop()
  }
  await quotas.close()
  await quotas.close()
  assert.deepEqual(own(), [])
})

test('a process that is gone cannot be limited, and the error says so', forReal, async () => {
  assert.ok(ground)
  const quotas = openQuotas(ground, NONCE)
  // No process has a pid this large: Linux's limit is 2^22.
  const limit = () => quotas.limit('r1', 99_999_999, 0.1)
  assert.throws(limit, { code: 'QUOTA_FAILED', message: /r1 \(process 99999999\).* 0.1 cores.*doctor/ })
  await quotas.close()
})

/** What to find in the folder of a group with a quota of 0.25 cores. */
const files: Record<QuotaMethod, Record<string, string>> = {
  'cgroup-v1': {
    'cpu.cfs_period_us': '100000',
    'cpu.cfs_quota_us': '25000',
    'cpu.shares': '256',
    'cgroup.procs': '4242',
  },
  'cgroup-v2': { 'cpu.max': '25000 100000', 'cpu.weight': '25', 'cgroup.procs': '4242' },
}

function treeFor(t: TestContext, ...args: Parameters<typeof plainTree>): Tree {
  const tree = plainTree(...args)
  t.after(() => tree.delete())
  return tree
}

/** On a tree of folders; quotas are open below the group that is found. */
async function onTree(tree: Tree, use: (quotas: QuotaGroups, group: string) => void): Promise<void> {
  const found = findQuotaMethod(tree)
  assert.ok(found.ground, found.problem ?? '')
  const quotas = openQuotas(found.ground, NONCE, tree.kernel)
  const group = groupFolder(found.ground.parent, process.pid, NONCE).slice(tree.root.length)
  use(quotas, group)
  for (const name of tree.groups()) if (name.startsWith(`${group}/`)) tree.write(`${name}/cgroup.procs`, '')
  await quotas.close()
}

for (const method of ['cgroup-v1', 'cgroup-v2'] as const) {
  test(`${method}: the files are those of its documentation, and groups go when they are empty`, async (t) => {
    const tree = treeFor(t, method, ['/jobs', '/jobs/7'])
    const before = tree.groups()
    await onTree(tree, (quotas, group) => {
      quotas.limit('r1', 4242, 0.25)
      for (const [file, text] of Object.entries(files[method]))
        assert.equal(tree.read(group, 'r1', file), text)
      tree.write(
        `${group}/r1/cpu.stat`,
        method === 'cgroup-v1' ? 'throttled_time 1500000' : 'throttled_usec 1500',
      )
      assert.equal(quotas.throttledUs('r1'), 1_500)
    })
    assert.deepEqual(tree.groups(), before)
  })

  test(`${method}: any share from a hundredth of a core on is granted to the µs, less is refused`, async (t) => {
    const tree = treeFor(t, method, ['/own'])
    await onTree(tree, (quotas, group) => {
      let count = 0
      fc.assert(
        fc.property(fc.double({ min: 0.01, max: 64, noNaN: true }), (cores) => {
          const name = `p${++count}`
          quotas.limit(name, 4242, cores)
          const file = method === 'cgroup-v1' ? 'cpu.cfs_quota_us' : 'cpu.max'
          assert.equal(tree.read(group, name, file).split(' ')[0], (cores * 100_000).toFixed(0))
        }),
      )
      for (const cores of [0.0099, 0, -1, Number.NaN])
        assert.throws(() => quotas.limit('less', 4242, cores), {
          code: 'QUOTA_TOO_SMALL',
          message: /below 0.01: give it at least that, or start fewer replicas/,
        })
    })
  })
}

test('version 1: nearest first; a container that is told its path on the host uses the root that it sees', (t) => {
  const tree = treeFor(t, 'cgroup-v1', ['/jobs', '/jobs/7'])
  assert.deepEqual(findQuotaMethod(tree).ground, { method: 'cgroup-v1', parent: `${tree.root}/jobs/7` })
  const inContainer = findQuotaMethod({ ...tree, own: '1:cpu:/docker/0a1b\n' })
  assert.deepEqual(inContainer.ground, { method: 'cgroup-v1', parent: tree.root })
})

test('version 2: a group that holds processes hands nothing down, so the one above it is used', async (t) => {
  const tree = treeFor(t, 'cgroup-v2', ['/user', '/user/session'])
  assert.deepEqual(findQuotaMethod(tree).ground, { method: 'cgroup-v2', parent: `${tree.root}/user` })
  await onTree(tree, () => assert.equal(tree.read('user/cgroup.subtree_control'), 'cpu'))
  assert.equal(tree.read('user/cgroup.subtree_control'), 'cpu', 'it was on before')
})

test('version 2: a controller that is only available is switched on, and off again at the end', async (t) => {
  const tree = treeFor(t, 'cgroup-v2', ['/user', '/user/session'])
  tree.write('user/cgroup.subtree_control', '')
  await onTree(tree, () => assert.equal(tree.read('user/cgroup.subtree_control'), '+cpu'))
  assert.equal(tree.read('user/cgroup.subtree_control'), '-cpu')
})

test('where no group can be made, the reason is one sentence', (t) => {
  const tree = treeFor(t, 'cgroup-v2', ['/user'])
  const v1 = treeFor(t, 'cgroup-v1', ['/user'])
  const before = tree.groups()
  tree.write('cgroup.controllers', 'memory')
  tree.write('cgroup.subtree_control', 'memory')
  const noController = findQuotaMethod(tree)
  assert.deepEqual(tree.groups(), before)
  const refused = (code: string) => {
    const make = () => {
      throw Object.assign(new Error(code), { code })
    }
    return findQuotaMethod({ ...v1, kernel: { ...v1.kernel, make } }).problem
  }
  assert.deepEqual(
    [
      noController.problem,
      refused('EROFS'),
      refused('EBUSY'),
      refused('EIO'),
      findQuotaMethod({ own: null }).problem,
    ],
    [
      'no control group of this process has the CPU controller (ENOENT)',
      'this process may not make control groups (EROFS)',
      'the control group of this process holds processes and cannot be divided (EBUSY)',
      'no control group with a CPU quota can be made here (EIO)',
      'CPU quotas need the control groups of Linux',
    ],
  )
})
