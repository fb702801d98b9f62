/** Runs against each other: what was put in comes out, noise does not, and what differs besides is said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import type { Host, Run } from '../record/types.ts'
import { syntheticLadders } from '../testing/synthetic-ladders.ts'
import { type SyntheticOptions, syntheticRun } from '../testing/synthetic-run.ts'
import { compareRuns, type RunRatio } from './compare.ts'
import { conditionOf, failures } from './conditions.ts'
import { comparability, isComparable, runDifferences } from './differences.ts'
import { comparisons, markdownComparison, terminalComparison } from './text.ts'

function made(options: SyntheticOptions = {}, change: (run: Run) => Run = (run) => run): RunWithRows {
  const { run, results } = syntheticRun({ experiments: ['cost', 'users'], ...options })
  return { ...runWithRows(run, results), run: change(run) }
}

const find = (ratios: readonly RunRatio[], metric: string, scheme: string) =>
  ratios.find((one) => one.metric === metric && one.scheme === scheme)

test('a scheme that became a fifth dearer is seen, with its interval around the truth; the others are not', () => {
  // CPU of its replica is 81 µs of 100 with proxy, so that the whole is 1.2 times as much.
  const dearer = made({ seed: 2, model: { 'jwt-hs256': { cpuUs: 101 } } })
  const ratios = compareRuns(made(), dearer)
  const cpu = find(ratios, 'cpu', 'jwt-hs256')
  assert.ok(cpu?.ratio && cpu.detected)
  assert.ok(cpu.ratio.lo < 1.2 && 1.2 < cpu.ratio.hi, JSON.stringify(cpu.ratio))
  assert.ok(find(ratios, 'authTax', 'jwt-hs256')?.detected)
  for (const scheme of ['session-redis', 'jwt-eddsa', 'jwt-cookie']) {
    assert.equal(find(ratios, 'cpu', scheme)?.detected, false, scheme)
  }
})

test('two runs of the same: in a hundred pairs fewer than one in ten calls anything different', () => {
  let alarms = 0
  for (let seed = 1; seed <= 100; seed++) {
    const options = { noise: 0.05, experiments: ['cost'] }
    const ratios = compareRuns(made({ ...options, seed }), made({ ...options, seed: 1_000 + seed }))
    if (ratios.some(({ detected }) => detected)) alarms++
  }
  assert.ok(alarms < 10, `${alarms} of 100`)
})

test('the other way round each ratio is its inverse', () => {
  const [a, b] = [made(), made({ seed: 2, model: { 'session-redis': { cpuUs: 200 } } })]
  const [there, back] = [compareRuns(a, b), compareRuns(b, a)]
  for (const one of there) {
    const inverse = find(back, one.metric, one.scheme)
    assert.equal(inverse?.detected, one.detected)
    if (one.ratio && inverse?.ratio) assert.ok(Math.abs(one.ratio.value * inverse.ratio.value - 1) < 1e-9)
  }
})

test('without a second control nothing that it would have to back counts as seen', () => {
  const dearer = made({ model: { 'jwt-hs256': { cpuUs: 300 } } })
  const alone = { ...dearer, rows: dearer.rows.filter(({ twin }) => !twin) }
  const found = find(compareRuns(made({ seed: 2 }), alone), 'cpu', 'jwt-hs256')
  assert.deepEqual([found?.judged, found?.detected], [false, false])
})

test('one block gives ratios without intervals, of which none is seen', () => {
  for (const { p, detected, ratio } of compareRuns(made({ blocks: 1 }), made({ blocks: 1, seed: 2 }))) {
    assert.equal(detected, false)
    if (ratio) assert.deepEqual([p, ratio.lo], [null, ratio.value])
  }
})

test('one block that was capped makes the capacity a lower bound: shown as one, and compared with nothing', () => {
  const { run, results } = syntheticLadders({ blocks: 5 })
  const whole = runWithRows(run, results)
  const isLadder = ({ experiment, scheme }: (typeof whole.rows)[number]) =>
    experiment === 'latency' && scheme === 'jwt-hs256'
  const first = whole.rows.findIndex(isLadder)
  const rows = whole.rows.map((row, i) => (i === first ? { ...row, capacityNote: 'wide-gap' as const } : row))
  const capped = { ...whole, rows }
  const found = find(compareRuns(whole, capped), 'capacity', 'jwt-hs256')
  assert.deepEqual([found?.base.isAtLeast, found?.other.isAtLeast, found?.ratio], [undefined, true, null])
  assert.equal(found?.other.n, 5, 'the block counts as it does in the summary')
  const never = {
    ...whole,
    rows: whole.rows.map((row, i) =>
      i === first ? { ...row, values: {}, capacityNote: 'slo-never-met' as const } : row,
    ),
  }
  assert.equal(find(compareRuns(whole, never), 'capacity', 'jwt-hs256'), undefined, 'no capacity to promise')
})

test('capacities of ladders are compared too; memory only where there is any', () => {
  const { run, results } = syntheticLadders({ blocks: 5 })
  const ladders = runWithRows(run, results)
  const found = find(compareRuns(ladders, ladders), 'capacity', 'jwt-hs256')
  assert.equal(found?.ratio?.value, 1)
  const ratios = compareRuns(made(), made({ seed: 2 }))
  assert.ok(find(ratios, 'replicaMemory', 'session-memory')?.ratio)
  assert.equal(find(ratios, 'replicaMemory', 'jwt-hs256'), undefined)
})

test('a trial that was measured again counts once, by its first valid record', () => {
  const run = made()
  const worse = run.rows.map((row) => ({ ...row, values: { ...row.values, 'cpuUsPerRequest.total': 1e6 } }))
  assert.deepEqual(compareRuns(run, { ...run, rows: [...run.rows, ...worse] }), compareRuns(run, run))
})

test('machine and method are told from code, and named', () => {
  const base = made().run
  const [cpu] = runDifferences(base, {
    ...base,
    environment: { ...base.environment, cpuModel: 'Another CPU' },
  })
  assert.deepEqual([cpu?.kind, cpu?.what, cpu?.other], ['machine', 'CPU', 'Another CPU'])
  const node = { ...base.environment, runtime: { ...base.environment.runtime, node: 'v26.0.0' } }
  const code = runDifferences(base, { ...base, environment: node })
  assert.equal(isComparable(code), true)
  assert.match(comparability(code), /^Comparable: the same machine and method; .*the change of Node\./)
  const longer = base.plan.map((trial) => ({ ...trial, arm: { ...trial.arm, measureSec: 9 } }))
  const method = runDifferences(base, { ...base, plan: longer })
  assert.equal(isComparable(method), false)
  // One line for all arms of an experiment.
  assert.deepEqual(
    method.map(({ what }) => what.replace(/\d+/, 'N')),
    ['window of cost (N arms)', 'window of users (N arms)'],
  )
  assert.match(comparability([...(cpu ? [cpu] : []), ...method]), /^Not comparable .*machine \(CPU\).*method/)
  assert.deepEqual(runDifferences(base, base), [])
})

/** The same run with something else recorded of where it ran. */
const elsewhere = (run: Run, change: Partial<Run['environment']>): Run => {
  return { ...run, environment: { ...run.environment, ...change } }
}

test('of what lies beneath, what both recorded is compared', () => {
  const { environment, ...rest } = made().run
  assert.ok(environment.host)
  const host: Host = { ...environment.host, power: 'mains' }
  const base = { ...rest, environment: { ...environment, host } }
  const changes: [string, Partial<typeof host>][] = [
    ['hypervisor', { hypervisor: 'firecracker' }],
    ['container', { container: 'docker' }],
    ['memory limit', { memoryLimit: null }],
    ['threads of each core', { cores: [[0, 1]] }],
    ['NUMA nodes', { numaNodes: [[0], [1]] }],
    ['clock', { frequency: null }],
    ['CPU flags', { cryptoFlags: ['aes'] }],
    ['power', { power: 'battery' }],
  ]
  for (const [what, change] of changes) {
    const found = runDifferences(base, elsewhere(base, { host: { ...host, ...change } }))
    assert.deepEqual(
      found.map((one) => [one.kind, one.what]),
      [['machine', what]],
    )
  }
  const untold = {
    hypervisor: null,
    container: null,
    cores: null,
    numaNodes: null,
    cryptoFlags: null,
    power: null,
  }
  assert.deepEqual(runDifferences(base, elsewhere(base, { host: { ...host, ...untold } })), [])
  // How its CPUs are numbered is no property of a machine.
  const renumbered = { ...host, cores: [[4], [6]], numaNodes: [[4, 6]], allowedCpus: [4, 6], cpuset: [4, 6] }
  assert.deepEqual(runDifferences(base, elsewhere(base, { host: renumbered })), [])
})

test('an older record called a virtual machine a container: no other machine by that, and it is said', () => {
  const { host: _, ...older } = made().run.environment
  const newer = elsewhere(made().run, { virtualization: 'firecracker' })
  const of = (virtualization: string | null): Run => ({
    ...newer,
    environment: { ...older, virtualization },
  })
  const unclear = runDifferences(of('docker'), newer)
  assert.deepEqual(unclear, [
    { kind: 'unclear', what: 'virtualization', base: 'docker', other: 'firecracker' },
  ])
  assert.equal(isComparable(unclear), true)
  assert.match(
    comparability(unclear),
    /^Comparable: no known condition.*did not tell hypervisors from containers/,
  )
  assert.equal(runDifferences(of(null), newer)[0]?.kind, 'unclear')
  // Something and nothing are told apart by both.
  for (const [base, other] of [
    [of('none'), newer],
    [newer, of('none')],
    [of('docker'), of('kvm')],
  ] as const) {
    const [found] = runDifferences(base, other)
    assert.deepEqual([found?.kind, found?.what], ['machine', 'virtualization'])
  }
})

test('code without a commit is told by its hash; thread pools that arms ask for are no other method', () => {
  const base = made().run
  const of = (contentHash: string | null) => ({ source: { version: '1.2.3', contentHash } })
  const [hash, ...others] = runDifferences(elsewhere(base, of('sha256-a')), elsewhere(base, of('sha256-b')))
  assert.deepEqual([hash?.kind, hash?.what, others], ['code', 'hash of the code', []])
  const variables = (values: Record<string, string[]>) => ({ serverVariables: { names: [], values } })
  const pools = elsewhere(base, variables({ NODE_ENV: ['production'], UV_THREADPOOL_SIZE: ['1', '8'] }))
  assert.deepEqual(runDifferences(base, pools), [])
  const [mode] = runDifferences(base, elsewhere(base, variables({ NODE_ENV: ['development'] })))
  assert.deepEqual([mode?.kind, mode?.other], ['method', 'NODE_ENV=development'])
})

test('conditions: what is seen beyond them fails, noise does not, and nonsense is none', () => {
  assert.deepEqual(conditionOf('authTax>10%'), { metric: 'authTax', direction: '>', change: 0.1 })
  assert.deepEqual(conditionOf(' throughput < -5 % '), {
    metric: 'throughput',
    direction: '<',
    change: -0.05,
  })
  for (const text of ['authTax', 'authTax>10', 'speed>10%', 'authTax=10%', ''])
    assert.equal(conditionOf(text), null)
  const ratio = { value: 1.2, lo: 1.1, hi: 1.3 }
  const side = { value: 1, lo: 1, hi: 1, n: 5 }
  const one = {
    metric: 'cpu',
    scheme: 'jwt-hs256',
    at: null,
    base: side,
    other: side,
    ratio,
    p: 0.001,
    judged: true,
    detected: true,
  }
  const fails = (text: string, ratios = [one]) => {
    const condition = conditionOf(text)
    assert.ok(condition)
    return failures(ratios, [condition]).length
  }
  assert.equal(fails('cpu>10%'), 1)
  assert.equal(fails('cpu>25%'), 0)
  assert.equal(fails('cpu<-10%'), 0)
  assert.equal(fails('authTax>10%'), 0)
  assert.equal(fails('cpu>10%', [{ ...one, detected: false }]), 0)
})

test('the texts: 80 columns, ~ where nothing was seen, everything named', () => {
  const [compared] = comparisons([made(), made({ seed: 2, model: { 'jwt-hs256': { cpuUs: 140 } } })])
  assert.ok(compared)
  const terminal = terminalComparison(compared)
  for (const line of terminal.split('\n')) assert.ok(line.length <= 80, `${line.length}: ${line}`)
  assert.match(terminal, /^ {2}Comparable: no known|^Comparable: no known/m)
  assert.match(terminal, /^jwt-hs256 .* 1\.[56]\d \(1\.\d\d to 1\.\d\d\)$/m)
  assert.match(terminal, /^jwt-cookie .*~ [01]\.\d\d \([01]\.\d\d to [01]\.\d\d, p [01]\.\d\d\)$/m)
  const markdown = markdownComparison(compared)
  assert.match(markdown, /\| jwt-hs256 \| [^|]+ \| [^|]+ \| 1\.[56]\d/)
  assert.equal(comparisons([made()]).length, 0)
})
