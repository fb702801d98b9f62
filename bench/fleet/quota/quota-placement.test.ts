/** Where a fleet under quotas may run, as a table and as properties. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseCpuList } from '../../host/tree.ts'
import type { Quotas } from '../../record/types.ts'
import { place, placeUnderQuotas } from '../placement.ts'

const quotas = (replicaCores: number, redisCores = 0.1, proxyCores = 0.3): Quotas => {
  return { replicaCores, redisCores, proxyCores, ballastCores: 0 }
}

function under(cpus: readonly number[], replicas: number, limits: Quotas) {
  return placeUnderQuotas(place(cpus, replicas, 'taskset'), cpus, limits)
}

/** [CPUs, replicas, cores of each] -> [CPUs of whatever is limited, generator] */
const table: [string, string, number, number, string][] = [
  ['two cores, quotas that fit on one: the generator has the other', '0-1', 5, 0.1, '0 | 1'],
  ['two cores, quotas of more than one: both, and the generator on one of them', '0-1', 8, 0.1, '0,1 | 1'],
  ['four cores, quotas that fit on three', '0-3', 8, 0.3, '0,1,2 | 3'],
  [
    'eight cores, two replicas: more room than the cores that they would have',
    '0-7',
    2,
    0.5,
    '0,1,2,3,4,6,7 | 5',
  ],
  ['one core', '0', 2, 0.25, '0 | 0'],
  ['only the CPUs that are allowed', '2,5,9', 2, 0.5, '2,5 | 9'],
]
for (const [title, cpus, replicas, cores, expected] of table) {
  test(title, () => {
    const { replicaCpus, sharedCpus } = under(parseCpuList(cpus), replicas, quotas(cores))
    assert.equal(replicaCpus.length, replicas)
    assert.deepEqual(sharedCpus.redis, sharedCpus.proxy)
    assert.equal(`${sharedCpus.proxy} | ${sharedCpus.generator}`, expected)
  })
}

test('whatever is limited has as many CPUs as its quotas add up to, or is refused', () => {
  const cores = fc.double({ min: 0.01, max: 2, noNaN: true })
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 32 }),
      fc.integer({ min: 1, max: 16 }),
      cores,
      cores,
      cores,
      (n, replicas, ...of) => {
        const cpus = parseCpuList(`0-${n - 1}`)
        const sum = replicas * of[0] + of[1] + of[2]
        const placed = () => under(cpus, replicas, quotas(...of))
        if (sum > n)
          assert.throws(placed, { code: 'QUOTAS_TOO_LARGE', message: new RegExp(`and ${n} can be used`) })
        else {
          const { replicaCpus, sharedCpus } = placed()
          assert.ok(sharedCpus.proxy.length >= sum)
          assert.deepEqual(sharedCpus.generator, place(cpus, replicas, 'taskset').sharedCpus.generator)
          assert.deepEqual(sharedCpus.redis, sharedCpus.proxy)
          assert.ok(replicaCpus.every((own) => of[0] > 1 || own.length === 1))
          // As even as whole replicas allow.
          const used = sharedCpus.proxy.map((cpu) => replicaCpus.filter((own) => own.includes(cpu)).length)
          assert.ok(Math.max(...used) - Math.min(...used) <= 1)
          assert.ok(replicaCpus.flat().every((cpu) => sharedCpus.proxy.includes(cpu)))
        }
      },
    ),
  )
})
