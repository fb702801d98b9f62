/** Cores, clock, flags and power of made-up machines, and all of it together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostSchema } from '../record/schema/host.ts'
import { madeUpTree } from '../testing/made-up-tree.ts'
import { cryptoFlags } from './cpu-flags.ts'
import { frequency } from './frequency.ts'
import { readHost } from './host.ts'
import { powerSource } from './power.ts'
import { byCore, byNode, smtActive, tellsCores } from './topology.ts'
import { parseCpuList, thisMachine } from './tree.ts'

const CPUS = '/sys/devices/system/cpu'

/** @param lists for each CPU in turn, the threads of its core */
function withCores(lists: readonly string[], name = 'core_cpus_list') {
  const files = lists.map((list, cpu) => [`${CPUS}/cpu${cpu}/topology/${name}`, `${list}\n`])
  return madeUpTree(Object.fromEntries(files))
}

test('threads of a core are found, however they are numbered, under the old name too', () => {
  // Servers number the second threads behind all the first, laptops beside them.
  const server = ['0,4', '1,5', '2,6', '3,7', '0,4', '1,5', '2,6', '3,7']
  for (const name of ['core_cpus_list', 'thread_siblings_list']) {
    assert.deepEqual(byCore(withCores(server, name), parseCpuList('0-7')), [
      [0, 4],
      [1, 5],
      [2, 6],
      [3, 7],
    ])
  }
  assert.deepEqual(byCore(withCores(['0-1', '0-1', '2-3', '2-3']), [0, 1, 2, 3]), [
    [0, 1],
    [2, 3],
  ])
})

test('of a core whose first thread we may not use, the others still are one', () => {
  assert.deepEqual(byCore(withCores(['0,2', '1,3', '0,2', '1,3']), [1, 2, 3]), [[1, 3], [2]])
})

test('where the kernel does not tell, each CPU counts as a core, and that is known', () => {
  const tree = withCores(['0-1', '0-1'])
  assert.equal(tellsCores(tree, [0, 1]), true)
  assert.equal(tellsCores(tree, [0, 1, 2]), false)
  assert.deepEqual(byCore(madeUpTree({}), [0, 1]), [[0], [1]])
})

test('SMT is on, off or not told', () => {
  const of = (text: string) => smtActive(madeUpTree({ [`${CPUS}/smt/active`]: text }))
  assert.deepEqual([of('1\n'), of('0\n'), smtActive(madeUpTree({}))], [true, false, null])
})

test('NUMA: the CPUs that we may use by node, nodes without any left out', () => {
  const nodes = Object.fromEntries(
    [...Array(11)].map((_, n) => [`/sys/devices/system/node/node${n}/cpulist`, `${2 * n}-${2 * n + 1}\n`]),
  )
  const tree = madeUpTree({
    ...nodes,
    // Memory alone.
    '/sys/devices/system/node/node11/cpulist': '\n',
    '/sys/devices/system/node/online': '0-11\n',
  })
  assert.deepEqual(byNode(tree, [2, 3, 5, 20]), [[2, 3], [5], [20]])
  assert.equal(byNode(madeUpTree({}), [0]), null)
})

test('the clock: driver, governors, preference and turbo of either kind of machine', () => {
  const cpu = (n: number, governor: string, driver: string) => ({
    [`${CPUS}/cpu${n}/cpufreq/scaling_governor`]: `${governor}\n`,
    [`${CPUS}/cpu${n}/cpufreq/scaling_driver`]: `${driver}\n`,
  })
  const intel = madeUpTree({
    ...cpu(0, 'powersave', 'intel_pstate'),
    ...cpu(1, 'performance', 'intel_pstate'),
    [`${CPUS}/cpu0/cpufreq/energy_performance_preference`]: 'balance_performance\n',
    [`${CPUS}/intel_pstate/no_turbo`]: '0\n',
  })
  assert.deepEqual(frequency(intel, [0, 1]), {
    driver: 'intel_pstate',
    governors: ['performance', 'powersave'],
    preferences: ['balance_performance'],
    turbo: true,
  })
  assert.deepEqual(frequency(intel, [1])?.governors, ['performance'], 'of the CPUs in use alone')
  const other = madeUpTree({ ...cpu(0, 'schedutil', 'acpi-cpufreq'), [`${CPUS}/cpufreq/boost`]: '0\n' })
  assert.equal(frequency(other, [0])?.turbo, false)
  assert.equal(frequency(madeUpTree({}), [0]), null)
})

test('flags: those that matter to cryptography and that every CPU has', () => {
  const of = (...lines: string[]) => cryptoFlags(madeUpTree({ '/proc/cpuinfo': lines.join('\n') }))
  const x86 = 'flags\t\t: fpu vme sha_ni aes avx2 hypervisor'
  assert.deepEqual(of('processor\t: 0', x86, 'bugs\t\t: none'), ['aes', 'avx2', 'sha_ni'])
  assert.deepEqual(of(x86, '', 'flags\t\t: fpu aes'), ['aes'])
  assert.deepEqual(of('Features\t: fp asimd evtstrm aes pmull sha1 sha2 crc32'), [
    'aes',
    'asimd',
    'pmull',
    'sha1',
    'sha2',
  ])
  assert.deepEqual(of('flags\t\t: fpu'), [], 'none of them is not the same as not told')
  assert.equal(cryptoFlags(madeUpTree({})), null)
})

test('power: mains, battery, and what is not the machine’s own', () => {
  const of = (supplies: Record<string, Record<string, string>>) => {
    const files = Object.entries(supplies).flatMap(([name, of]) =>
      Object.entries(of).map(([file, text]) => [`/sys/class/power_supply/${name}/${file}`, `${text}\n`]),
    )
    return powerSource(madeUpTree(Object.fromEntries(files)))
  }
  const mains = (online: string) => ({ type: 'Mains', online })
  const battery = (status: string) => ({ type: 'Battery', status })
  assert.equal(of({ AC: mains('1'), BAT0: battery('Charging') }), 'mains')
  assert.equal(of({ AC: mains('0'), BAT0: battery('Discharging') }), 'battery')
  assert.equal(of({ BAT0: battery('Not charging'), BAT1: battery('Discharging') }), 'battery')
  assert.equal(of({ ucsi: { type: 'USB', online: '2' }, BAT0: battery('Discharging') }), 'mains')
  assert.equal(of({ mouse: { ...battery('Discharging'), scope: 'Device' } }), null)
  assert.equal(of({}), null)
})

test('lists of CPUs', () => {
  assert.deepEqual(parseCpuList('0-2,5\n'), [0, 1, 2, 5])
  assert.deepEqual(parseCpuList('\n'), [])
})

test('all of it is what the record wants, on a machine that tells nothing and on this one', () => {
  const nothing = readHost(madeUpTree({}), [0, 1], null)
  assert.deepEqual(hostSchema.parse(nothing), {
    ...Object.fromEntries(Object.keys(hostSchema.shape).map((name) => [name, null])),
    allowedCpus: [0, 1],
  })
  const here = readHost(thisMachine, [0], null)
  assert.deepEqual(hostSchema.parse(here), here)
})

test('what cannot be read is not there', () => {
  const missing = `${import.meta.dirname}/nothing-of-this-name`
  const { text, list, link, has } = thisMachine
  assert.deepEqual([text(missing), list(missing), link(missing), has(missing)], [null, [], null, false])
  assert.ok(list(import.meta.dirname).includes('tree.ts'))
  assert.match(text(import.meta.filename) ?? '', /what cannot be read/)
})
