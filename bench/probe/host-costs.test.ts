/** What a machine costs, and that one which costs nothing is left in peace. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Host, Placement } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { hostCosts } from './host-costs.ts'

const { environment } = syntheticRun().run
const quiet: Host = { ...(environment.host as Host), frequency: null, power: 'mains' }
const clock = (change: Partial<NonNullable<Host['frequency']>>): Partial<Host> => {
  return { frequency: { driver: null, governors: ['performance'], preferences: [], turbo: null, ...change } }
}

/** `name: detail; cost` of each. */
function costs(change: Partial<Host>, placement: Partial<Placement> = {}): string[] {
  const found = hostCosts({ ...quiet, ...change }, { ...environment.placement, ...placement })
  return found.map(({ name, detail, cost }) => `${name}: ${detail}; ${cost}`)
}

const table: [string, Partial<Host>, RegExp | null][] = [
  ['nothing', {}, null],
  [
    'a quota of an outer group',
    { cpuQuota: { value: 1.5, levelsUp: 2 } },
    /^CPU quota: 1\.5 cores for 2 CPUs, by .* 2 above its own; .*throttles/,
  ],
  ['a quota of its own group', { cpuQuota: { value: 0.5, levelsUp: 0 } }, /by its own control group;/],
  ['a quota that limits nothing', { cpuQuota: { value: 2, levelsUp: 1 } }, null],
  [
    'one core of two threads',
    { cores: [[0, 1]] },
    /^SMT: 2 CPUs are threads of 1 core; a replica shares its core/,
  ],
  [
    'two cores of two threads',
    {
      allowedCpus: [0, 1, 2, 3],
      cores: [
        [0, 2],
        [1, 3],
      ],
    },
    /^SMT: 4 CPUs are threads of 2 cores; .*whose other thread rests/,
  ],
  ['cores not told', { cores: null }, null],
  ['two nodes', { numaNodes: [[0], [1]] }, /^NUMA: .*2 nodes;/],
  [
    'powersave of the old kind',
    clock({ driver: 'acpi-cpufreq', governors: ['powersave'] }),
    /^governor: powersave \(acpi-cpufreq\); the clock stays at its lowest/,
  ],
  [
    'powersave of hardware that sets the clock',
    clock({ driver: 'intel_pstate', governors: ['powersave'], preferences: ['balance_power'] }),
    /^governor: powersave \(intel_pstate, preference balance_power\); the clock follows the load/,
  ],
  [
    'schedutil',
    clock({ governors: ['schedutil'] }),
    /^governor: schedutil \(unknown driver\); the clock follows/,
  ],
  ['turbo', clock({ turbo: true }), /^turbo: on; .*heat/],
  ['performance without turbo', clock({ turbo: false }), null],
  ['battery', { power: 'battery' }, /^power: on battery;/],
]
for (const [title, change, says] of table) {
  test(`costs something or not: ${title}`, () => {
    const found = costs(change)
    assert.equal(found.length, says === null ? 0 : 1, found.join('\n'))
    if (says) assert.match(found[0] ?? '', says)
  })
}

test('where nothing is pinned, threads of a core are not kept apart, and that is said', () => {
  assert.match(costs({ cores: [[0, 1]] }, { method: 'none' })[0] ?? '', /nothing is pinned/)
})
