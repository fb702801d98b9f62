/** What a report says of where a run was made: all that was recorded, and of older runs that it was not. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Environment, Run } from '../record/types.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { renderReport } from './index.ts'
import { summarize } from './summarize.ts'

const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 1 })
const { host } = run.environment
assert.ok(host)

/** @returns the rows of the table, by what they are about */
function rows(environment: Environment): Map<string, string> {
  const changed: Run = { ...run, environment }
  const report = renderReport(changed, summarize(changed, results))['report.md'] ?? ''
  const [, table = ''] = report.split('## Environment\n')
  return new Map(
    [...table.matchAll(/^\| (.+?) \| (.*) \|$/gm)].map(([, what = '', value = '']) => [what, value]),
  )
}

test('a machine that tells everything', () => {
  const found = rows({
    ...run.environment,
    cpuQuotaCores: 1.5,
    host: {
      ...host,
      hypervisor: 'firecracker',
      container: 'docker',
      cpuQuota: { value: 1.5, levelsUp: 2 },
      cores: [
        [0, 4],
        [1, 5],
      ],
      frequency: {
        driver: 'intel_pstate',
        governors: ['performance', 'powersave'],
        preferences: ['balance_performance'],
        turbo: true,
      },
      power: 'battery',
    },
    source: { version: '1.2.3', contentHash: 'sha256-0a' },
    serverVariables: { names: ['KEYS', 'UV_THREADPOOL_SIZE'], values: { UV_THREADPOOL_SIZE: ['1', '8'] } },
  })
  const expected = {
    'hypervisor; container': 'firecracker; docker',
    'limits of control groups': '1.5 cores by a group 2 above, 4.00 GB by a group 1 above',
    'CPUs by core': '0, 4; 1, 5',
    clock:
      'driver intel_pstate, governor performance and powersave, preference balance_performance, turbo on',
    'CPU flags for cryptography': 'aes, sha_ni',
    power: 'battery',
    'variables of servers': 'KEYS, UV_THREADPOOL_SIZE=1 or 8',
    version: '1.2.3',
    'hash of the code': 'sha256-0a',
  }
  for (const [what, value] of Object.entries(expected)) assert.equal(found.get(what), value, what)
})

test('a machine that tells nothing', () => {
  const nothing = Object.fromEntries(Object.keys(host).map((name) => [name, null]))
  const found = rows({ ...run.environment, host: { ...host, ...nothing, allowedCpus: [0, 1] } })
  assert.equal(found.get('hypervisor; container'), 'not told; not told')
  for (const what of ['CPUs by core', 'clock', 'CPU flags for cryptography', 'power'])
    assert.equal(found.get(what), 'not told', what)
  assert.equal(found.get('limits of control groups'), 'none')
})

test('a run from before it was recorded says so, and keeps its one word for what lies beneath', () => {
  const { host: _, source: __, serverVariables: ___, ...older } = run.environment
  const found = rows({ ...older, virtualization: 'docker' })
  assert.match(found.get('system') ?? '', /, virtualized \(docker\)$/)
  assert.equal(found.get('hypervisor, container, cores, clock, CPU flags, power'), 'not recorded')
  assert.equal(found.get('variables of servers'), 'not recorded')
  assert.doesNotMatch(rows({ ...older, virtualization: 'none' }).get('system') ?? '', /virtualized/)
})
