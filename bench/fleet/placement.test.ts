/** Who gets which CPU, as a table and as properties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseCpuList } from '../host/tree.ts'
import { place } from './placement.ts'

/** [CPUs, replicas] -> [replica slots, generator, proxy, Redis] */
const table: [string, string, number, string][] = [
  ['one core: everything on it', '0', 1, '0 | 0 0 0'],
  ['two cores: the replica has one, the rest the other', '0-1', 1, '0 | 1 1 1'],
  ['two cores, two replicas: they share the first', '0-1', 2, '0 0 | 1 1 1'],
  ['four cores, one replica: everything has its own', '0-3', 1, '0 | 1 2 3'],
  ['four cores, two replicas: shared tiers share two', '0-3', 2, '0 1 | 2,3 2,3 2,3'],
  ['four cores, three replicas: shared tiers share one', '0-3', 3, '0 1 2 | 3 3 3'],
  ['four cores, four replicas: they share three', '0-3', 4, '0,1,2 0,1,2 0,1,2 0,1,2 | 3 3 3'],
  ['eight cores, four replicas: everything has its own', '0-7', 4, '0 1 2 3 | 5 6 7'],
  ['only the CPUs that are allowed', '2,5,9-10', 1, '2 | 5 9 10'],
]

/** The same for several generator processes. */
const generators: [string, string, number, number, string][] = [
  ['eight cores, three generators: each has its own', '0-7', 2, 3, '0 1 | 3,4,5 6 7'],
  ['six cores, four generators: they share what is left', '0-5', 2, 4, '0 1 | 2,3 4 5'],
  ['two cores, two generators: no core of their own', '0-1', 1, 2, '0 | 1 1 1'],
]

const single = table.map(([title, cpus, replicas, expected]) => [title, cpus, replicas, 1, expected] as const)
for (const [title, cpus, replicas, processes, expected] of [...single, ...generators]) {
  test(title, () => {
    const { replicaCpus, sharedCpus } = place(parseCpuList(cpus), replicas, 'taskset', processes)
    const tiers = [sharedCpus.generator, sharedCpus.proxy, sharedCpus.redis]
    assert.equal(`${replicaCpus.join(' ')} | ${tiers.join(' ')}`.replaceAll(', ', ','), expected)
  })
}

test('no tier ever runs on a core of a replica, from two cores on', () => {
  for (let cores = 2; cores <= 16; cores++) {
    for (let replicas = 1; replicas <= 16; replicas++) {
      const { replicaCpus, sharedCpus } = place(parseCpuList(`0-${cores - 1}`), replicas, 'taskset')
      const taken = new Set(replicaCpus.flat())
      const others = Object.values(sharedCpus).flat()
      assert.ok(
        others.length > 0 && others.every((cpu) => !taken.has(cpu)),
        `${cores} cores, ${replicas} replicas`,
      )
    }
  }
})

test('each of the exclusive replicas has a core that no other one has', () => {
  for (let cores = 2; cores <= 16; cores++) {
    const cpus = parseCpuList(`0-${cores - 1}`)
    const { maxExclusiveReplicas } = place(cpus, 1, 'taskset')
    const { replicaCpus } = place(cpus, maxExclusiveReplicas, 'taskset')
    assert.equal(new Set(replicaCpus.map(String)).size, maxExclusiveReplicas)
    assert.ok(replicaCpus.every((slot) => slot.length === 1))
    const crowded = place(cpus, maxExclusiveReplicas + 1, 'taskset').replicaCpus
    assert.ok(new Set(crowded.map(String)).size <= maxExclusiveReplicas, 'one more would share')
  }
})

/** The same where cores have two threads each: threads of each core, one core after the other. */
const threaded: [string, string[], number, number, string][] = [
  ['one core of two threads: a replica has one of them, and none of its own', ['0,1'], 1, 0, '0 | 1 1 1'],
  ['one core of two threads, two replicas', ['0,1'], 2, 0, '0 0 | 1 1 1'],
  [
    'two cores: the replica has one, the rest both threads of the other',
    ['0,2', '1,3'],
    1,
    1,
    '0 | 1,3 1,3 1,3',
  ],
  ['two cores, two replicas: they share the first', ['0,1', '2,3'], 2, 1, '0,1 0,1 | 2,3 2,3 2,3'],
  ['four cores, one replica: everything has its own', ['0,4', '1,5', '2,6', '3,7'], 1, 3, '0 | 1 2 3'],
  ['four cores, three replicas', ['0,4', '1,5', '2,6', '3,7'], 3, 3, '0 1 2 | 3,7 3,7 3,7'],
  ['a core of which we may use one thread', ['1,3', '2', '5,7'], 2, 2, '1 2 | 5,7 5,7 5,7'],
]
for (const [title, lists, replicas, exclusive, expected] of threaded) {
  test(`with SMT, ${title}`, () => {
    const cores = lists.map(parseCpuList)
    const cpus = cores.flat().sort((a, b) => a - b)
    const placed = place(cpus, replicas, 'taskset', 1, cores)
    const tiers = [placed.sharedCpus.generator, placed.sharedCpus.proxy, placed.sharedCpus.redis]
    assert.equal(`${placed.replicaCpus.join(' ')} | ${tiers.join(' ')}`, expected)
    assert.deepEqual([placed.maxExclusiveReplicas, placed.cores], [exclusive, cpus.length])
  })
}

test('with SMT, nothing runs on any thread of a core that a replica has for itself', () => {
  for (let n = 2; n <= 12; n++) {
    const cores = Array.from({ length: n }, (_, core) => [core, n + core])
    const coreOf = (cpu: number) => cpu % n
    for (let replicas = 1; replicas < n; replicas++) {
      const { replicaCpus, sharedCpus, maxExclusiveReplicas } = place(
        parseCpuList(`0-${2 * n - 1}`),
        replicas,
        'taskset',
        1,
        cores,
      )
      assert.equal(maxExclusiveReplicas, n - 1)
      const taken = replicaCpus.flat().map(coreOf)
      assert.equal(new Set(taken).size, replicas, `${n} cores, ${replicas} replicas`)
      const others = Object.values(sharedCpus).flat().map(coreOf)
      assert.ok(others.length > 0 && others.every((core) => !taken.includes(core)))
    }
  }
})

test('without taskset everything may run anywhere, and the record says so', () => {
  const { method, replicaCpus, sharedCpus } = place([0, 1, 2, 3], 2, 'none')
  assert.equal(method, 'none')
  assert.deepEqual(replicaCpus, [
    [0, 1, 2, 3],
    [0, 1, 2, 3],
  ])
  assert.deepEqual(sharedCpus.proxy, [0, 1, 2, 3])
})
