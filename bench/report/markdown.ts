/** `report.md`: the answer first, then every figure, then what weakens it. */
import { FEW_BLOCKS, rangeCoverage } from '../stats/bootstrap.ts'
import type { Environment, Run, Summary } from '../types.ts'
import { answer } from './answer.ts'
import { counted, figure, list } from './format.ts'
import {
  costTable,
  markdownTable,
  memoryTable,
  replicasTable,
  requestTable,
  type Table,
  warningsTable,
} from './tables.ts'

/** @param charts file names of the charts that exist, relative to the report */
export function markdownReport(run: Run, summary: Summary, charts: readonly string[]): string {
  const chart = (name: string, alt: string) => (charts.includes(name) ? `![${alt}](${name})` : null)
  const section = (title: string, table: Table, ...rest: (string | null)[]) =>
    table.rows.length === 0 ? [] : [`## ${title}`, markdownTable(table), ...rest]
  const parts = [
    `# authscale: ${run.id}`,
    answer(summary, run.environment).join(' '),
    progress(summary),
    ...section(
      'Cost of a request',
      costTable(summary),
      chart('charts/throughput.svg', 'Throughput of each scheme with its interval'),
      chart('charts/cpu.svg', 'CPU per request of each scheme, by tier'),
    ),
    ...section('What else a request brings', requestTable(summary), LATENCY_NOTE),
    ...section(
      'Replicas',
      replicasTable(summary),
      chart('charts/replicas.svg', 'Throughput against the number of replicas'),
    ),
    ...section(
      'Memory of logged-in users',
      memoryTable(summary),
      chart('charts/memory.svg', 'Memory against logged-in users'),
    ),
    ...notes(summary),
    ...warnings(summary),
    ...rejected(summary),
    ...environment(run),
    ...method(run, summary),
    ...limits(run.environment),
  ]
  return `${parts.filter((part) => part !== null).join('\n\n')}\n`
}

const LATENCY_NOTE =
  'Latency is from send to last byte while every connection sends again as soon as it has its answer. It is the ' +
  'other face of throughput, not the response time of a service with load to spare.'

function progress({ trials: { planned, ok, failed } }: Summary): string | null {
  if (ok === planned) return null
  const open = planned - ok - failed
  const parts = [failed > 0 ? `${failed} rejected` : null, open > 0 ? `${open} not measured yet` : null]
  return `**Incomplete:** ${ok} of ${counted(planned, 'trial')} measured, ${parts.filter(Boolean).join(', ')}.`
}

function notes(summary: Summary): string[] {
  return summary.notes.length === 0 ? [] : ['## Notes', bullets(summary.notes)]
}

function warnings(summary: Summary): string[] {
  const table = warningsTable(summary)
  return table.rows.length === 0 ? ['## Warnings', 'None.'] : ['## Warnings', markdownTable(table, 'text')]
}

function rejected(summary: Summary): string[] {
  if (summary.rejected.length === 0) return ['## Rejected trials', 'None.']
  const rows = summary.rejected.map(({ trial, reason }) => [trial, reason])
  return ['## Rejected trials', markdownTable({ head: ['trial', 'reason'], rows }, 'text')]
}

function environment({ environment: e, startedAt, profile, seed }: Run): string[] {
  const part = (value: Environment['redis']) => (value ? `${value.version} (${value.source})` : 'none')
  const packages = Object.entries(e.packages).map(([name, version]) => `${name} ${version}`)
  const commit = e.gitCommit
    ? `${e.gitCommit.slice(0, 12)}${e.gitDirty ? ', with uncommitted changes' : ''}`
    : 'unknown'
  const rows = [
    [
      'CPU',
      `${e.cpuModel}, ${counted(e.cores, 'core')}${e.cpuQuotaCores === null ? '' : `, quota ${e.cpuQuotaCores}`}`,
    ],
    ['memory', `${figure(e.memoryBytes / 1e9)} GB`],
    [
      'system',
      `${e.os}, kernel ${e.kernel}, ${e.arch}${e.virtualization ? `, virtualized (${e.virtualization})` : ''}`,
    ],
    ['placement', placement(e.placement)],
    ['measured runtime', `Node ${e.runtime.node}, OpenSSL ${e.runtime.openssl} (${e.runtime.source})`],
    ['harness runtime', `Node ${e.harnessNode}`],
    ['Redis', part(e.redis)],
    ['HAProxy', part(e.haproxy)],
    ['packages', packages.join(', ')],
    ['commit', commit],
    ['started', startedAt],
    ['profile, seed', `${profile}, ${seed}`],
  ]
  return ['## Environment', markdownTable({ head: ['what', 'value'], rows }, 'text')]
}

function placement({ method, replicaCpus, sharedCpus }: Environment['placement']): string {
  if (method === 'none') return 'not pinned'
  if (method === 'remote') return 'on other machines or in containers'
  const cpus = (list: readonly number[]) => list.join(', ')
  const replicas = `replicas on CPU ${[...new Set(replicaCpus.map(cpus))].join('; ')}`
  return `${replicas}; generator on ${cpus(sharedCpus.generator)}, proxy on ${cpus(sharedCpus.proxy)}, Redis on ${cpus(sharedCpus.redis)}`
}

function method(run: Run, summary: Summary): string[] {
  return [
    '## How it was measured',
    bullets([
      'Each trial has server processes of its own: logins, a warm-up, a measurement window. Arms are shuffled anew in each block.',
      intervals(run),
      'The auth tax is the CPU of replicas, Redis and proxy a request, minus the mean of the controls (`none`) in the same block.',
      summary.aa
        ? 'A difference counts as detected when its interval excludes none and it exceeds what the control showed against itself; all others are printed as `~`.'
        : 'A difference counts as detected only beside a control measured twice, which this run has not.',
      'Load is closed-loop: every connection waits for its reply, and each logged-in user sends a credential of its own. A trial with one wrong answer is rejected.',
      'Memory of a user is the least-squares slope, over numbers of users, of what the logins added: to used heap and external memory after a collection, and to `used_memory` of Redis.',
    ]),
  ]
}

/** What the intervals are, and how little they can be with the blocks that this run has. */
function intervals({ plan }: Run): string {
  const experiments = [...new Set(plan.map(({ arm }) => arm.experiment))]
  const counts = experiments.map((name) => ({
    name,
    blocks: new Set(plan.filter(({ arm }) => arm.experiment === name).map(({ block }) => block)).size,
  }))
  const few = [...new Set(counts.map(({ blocks }) => blocks))].filter((n) => n > 1 && n <= FEW_BLOCKS)
  const coverage = few.map((n) => `${Math.round(rangeCoverage(n) * 100)} % with ${n}`)
  const range =
    'Up to five blocks that is the range of what was seen, and holds the true median with a probability of'
  return [
    `Figures are medians over blocks (${counts.map(({ name, blocks }) => `${name}: ${blocks}`).join(', ')}),`,
    'in brackets their 95 % percentile bootstrap interval.',
    ...(few.length > 0 ? [`${range} ${list(coverage)}.`] : []),
  ].join(' ')
}

function limits({ placement: { method: pinned }, virtualization }: Environment): string[] {
  return [
    '## What this cannot tell',
    bullets([
      'How the schemes compare on other hardware, runtimes or libraries: ratios move with all three.',
      'Response times under an arrival rate that leaves room: closed-loop latency is not that.',
      'The cost of TLS, or of a real network between client, proxy, replicas and Redis.',
      'What a scheme is worth: revocation, readable payloads and what fails with Redis are no microseconds.',
      ...(virtualization
        ? ['How much neighbours on the same host disturbed it, beyond what steal and the two controls show.']
        : []),
      ...(pinned === 'taskset'
        ? []
        : ['How much the parts disturbed each other: they were not pinned to cores of their own.']),
    ]),
  ]
}

function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
