/** What a run was measured on, how, and what it cannot tell. */
import { CLEARLY } from '../experiments/cost/follows.ts'
import { WORST_RESIDUAL } from '../experiments/latency/demand.ts'
import { sloText } from '../experiments/latency/tables.ts'
import type { Environment, Host, Run, ServerVariables, Slo } from '../record/types.ts'
import { FEW_BLOCKS, rangeCoverage } from '../stats/median-interval.ts'
import { counted, figure, list, percent } from '../words/format.ts'
import { type Section, section } from '../words/section.ts'
import { bullets, markdownTable } from '../words/tables.ts'
import type { Summary } from './schema.ts'

/** What it ran on. */
export function environment({ environment: e, startedAt, profile, seed }: Run): Section {
  const part = (value: Environment['redis']) => (value ? `${value.version} (${value.source})` : 'none')
  const packages = Object.entries(e.packages).map(([name, version]) => `${name} ${version}`)
  const others = Object.values(e.otherRuntimes ?? {}).map(({ node }) => node)
  const commit = e.gitCommit
    ? `${e.gitCommit.slice(0, 12)}${e.gitDirty ? ', with uncommitted changes' : ''}`
    : 'unknown'
  const quota = e.cpuQuotaCores === null ? '' : `, quota ${e.cpuQuotaCores}`
  const beneath = isVirtual(e) && !e.host ? `, virtualized (${e.virtualization})` : ''
  const rows = [
    ['CPU', `${e.cpuModel}, ${counted(e.cores, 'core')}${quota}`],
    ['memory', `${figure(e.memoryBytes / 1e9)} GB`],
    ['system', `${e.os}, kernel ${e.kernel}, ${e.arch}${beneath}`],
    ...hostRows(e.host),
    ['placement', placement(e.placement)],
    ['measured runtime', `Node ${e.runtime.node}, OpenSSL ${e.runtime.openssl} (${e.runtime.source})`],
    ...(others.length > 0 ? [['other runtimes', `Node ${list(others)}`]] : []),
    ['harness runtime', `Node ${e.harnessNode}`],
    ['Redis', part(e.redis)],
    ['HAProxy', part(e.haproxy)],
    ['packages', packages.join(', ')],
    ['variables of servers', e.serverVariables ? variablesText(e.serverVariables) : NOT_RECORDED],
    ['commit', commit],
    ...sourceRows(e.source),
    ['started', startedAt],
    ['profile, seed', `${profile}, ${seed}`],
  ]
  return section('environment', 'Environment', markdownTable({ head: ['what', 'value'], rows }, 'text'))
}

const NOT_RECORDED = 'not recorded'
const NOT_TOLD = 'not told'

/** What is beneath it, by what the kernel tells. */
function hostRows(host: Host | undefined): string[][] {
  if (!host) return [['hypervisor, container, cores, clock, CPU flags, power', NOT_RECORDED]]
  const { hypervisor, container, cpuset, cores, numaNodes, cryptoFlags, power } = host
  return [
    ['hypervisor; container', `${hypervisor ?? NOT_TOLD}; ${container ?? NOT_TOLD}`],
    ['limits of control groups', limitsText(host)],
    ['CPUs by core', cores === null ? NOT_TOLD : setsText(cores)],
    ['CPUs by NUMA node', numaNodes === null ? NOT_TOLD : setsText(numaNodes)],
    ['CPUs of the cpuset', cpuset === null ? 'none' : cpuset.join(', ')],
    ['clock', clockText(host)],
    ['CPU flags for cryptography', cryptoFlags === null ? NOT_TOLD : cryptoFlags.join(', ')],
    ['power', power ?? NOT_TOLD],
  ]
}

const setsText = (sets: readonly (readonly number[])[]) => sets.map((cpus) => cpus.join(', ')).join('; ')

function limitsText({ cpuQuota, memoryLimit }: Host): string {
  const by = (levels: number) => (levels === 0 ? 'its own group' : `a group ${levels} above`)
  const limits = [
    cpuQuota && `${cpuQuota.value} cores by ${by(cpuQuota.levelsUp)}`,
    memoryLimit && `${figure(memoryLimit.value / 1e9)} GB by ${by(memoryLimit.levelsUp)}`,
  ].filter((limit) => limit !== null)
  return limits.length === 0 ? 'none' : limits.join(', ')
}

function clockText({ frequency }: Host): string {
  if (frequency === null) return NOT_TOLD
  const { driver, governors, preferences, turbo } = frequency
  const of = (what: string, names: readonly string[]) =>
    names.length === 0 ? [] : [`${what} ${list(names)}`]
  return [
    ...of('driver', driver === null ? [] : [driver]),
    ...of('governor', governors),
    ...of('preference', preferences),
    turbo === null ? 'turbo not told' : `turbo ${turbo ? 'on' : 'off'}`,
  ].join(', ')
}

function variablesText({ names, values }: ServerVariables): string {
  const shown = names.map((name) => (values[name] ? `${name}=${values[name].join(' or ')}` : name))
  return shown.join(', ')
}

function sourceRows(source: Environment['source']): string[][] {
  if (!source) return []
  const { version, contentHash } = source
  return [['version', version], ...(contentHash === null ? [] : [['hash of the code', contentHash]])]
}

const isVirtual = ({ virtualization }: Pick<Environment, 'virtualization'>) =>
  virtualization !== null && virtualization !== 'none'

function placement({ method, replicaCpus, sharedCpus }: Environment['placement']): string {
  if (method === 'none') return 'not pinned'
  if (method === 'remote') return 'on other machines or in containers'
  const cpus = (list: readonly number[]) => list.join(', ')
  const replicas = `replicas on CPU ${[...new Set(replicaCpus.map(cpus))].join('; ')}`
  return `${replicas}; generator on ${cpus(sharedCpus.generator)}, proxy on ${cpus(sharedCpus.proxy)}, Redis on ${cpus(sharedCpus.redis)}`
}

/** How figures came about, in plain words. */
export function method(run: Run, summary: Summary): Section {
  return section(
    'how-it-was-measured',
    'How it was measured',
    bullets([
      'Each trial has server processes of its own: logins, a warm-up, a measurement window. Arms are shuffled anew in each block.',
      intervals(summary),
      'The auth tax is the CPU of replicas, Redis and proxy a request, minus the mean of the controls (`none`) in the same block.',
      summary.aa
        ? 'A difference counts as detected when its interval excludes “no difference”, p (paired t-test over blocks, ' +
          'Holm-adjusted over the schemes) is below 5 %, and it exceeds the difference of the control from itself; ' +
          'all others stand behind `~`.'
        : 'A difference counts as detected only if the control was measured twice, and in this run it was not.',
      ...(run.plan.some(({ arm }) => arm.load.loop === 'turns')
        ? [TURNS, ...resting(run, summary), SWAPS]
        : []),
      ...(summary.costCurves.follows ? [FOLLOWS] : []),
      'Throughput and CPU a request are from closed-loop load: every connection waits for its reply. Each logged-in user sends a credential of its own. A trial with one wrong answer is rejected.',
      ...(summary.latency.length > 0 || summary.distance.length > 0 ? [responseTimes(run)] : []),
      ...(run.rules && summary.latency.length > 0 ? openLoop(run, run.rules.slo) : []),
      'Memory of a user is the least-squares slope, over numbers of users, of what the logins added: to used heap and external memory after a collection, and to `used_memory` of Redis.',
    ]),
  )
}

const TURNS =
  'Cost over load is from turns: the fleets of all arms are up at once, and each in turn gets a fraction of a second of Poisson ' +
  'arrivals, in shuffled order, the control in every handful of them; a fleet that waits is stopped, so that it takes no CPU. ' +
  'In a pass all arms meet the same arrivals. Each turn is compared with the nearest turn of the control at the same load. ' +
  'Figures are 20 % trimmed means over turns, their intervals know of the noise of turns and of what sets of processes ' +
  'differ by, which all arms of the run are taken to have in common.'

/** Processes that have just had a turn take less CPU for a request than equal ones that have rested. */
const RESTED =
  'Of many arms each handful had a control that had rested about as long as they had. With one control, asked more often than ' +
  'they are, their taxes would be some 20 µs too high.'
const UNRESTED =
  '**One control stood beside many arms here**, and was asked more often than they were. Processes that have just had a turn take ' +
  'less CPU for a request: taxes from generations of many arms are some 20 µs too high.'

const SWAPS =
  'Two schemes change places where each takes less than the other at some rate, with p below 5 % at both. That p is ' +
  'Holm-adjusted over all pairs of schemes and all rates with the same handler work: among so many comparisons some would ' +
  'look like a change by chance.'

const FOLLOWS =
  'What the tax follows is told by prediction. For each scheme a weighted straight line of the tax over the logarithm of the ' +
  'arrival rate, of the busy share or of the requests in flight is fitted to all points of the open loop but one, and has to ' +
  'predict that one; so for each point in turn. Points without handler work and with it have other busy shares at the same ' +
  'rate, so that the candidates can differ. Busy share and requests in flight are those of the control, since a scheme’s own ' +
  'contain its tax. A miss is the root mean square over all points and schemes, as a share of the tax. Two candidates count ' +
  `as told apart when the one misses ${CLEARLY} times as much as the other and the noise of the taxes, put on them a thousand times more, ` +
  'reverses their order in fewer than 2.5 % of cases (Holm-adjusted).'

/** Of the first arm that has an open loop. */
/** Nothing where no generation has more arms than stand beside one control. */
function resting({ plan }: Run, { costCurves }: Summary): string[] {
  const inTurns = plan.filter(({ arm }) => arm.load.loop === 'turns')
  const inBlock = (block: number) => inTurns.filter((trial) => trial.block === block).length
  if (inTurns.every(({ block }) => inBlock(block) <= FEW_ARMS)) return []
  return [costCurves.controlSets > 1 ? RESTED : UNRESTED]
}

/** A control and the handful that it stands beside. */
const FEW_ARMS = 4

function openLoad({ plan }: Run) {
  return plan.map(({ arm }) => arm.load).find((load) => load.loop === 'open')
}

function responseTimes(run: Run): string {
  const spaced = openLoad(run)?.spacing === 'even' ? 'evenly spaced' : 'Poisson'
  return `Response times are from open-loop load: ${spaced} arrivals at absolute times, sent whether or not earlier ones were answered, each timed from its intended send to its last byte. Nothing scheduled is left out: a request that was given up counts with at least the time it was waited for.`
}

function openLoop(run: Run, slo: Slo): string[] {
  const search = openLoad(run)?.ratesPerSec
    ? 'The rates were named beforehand.'
    : 'The rate doubles until the SLO breaks. From there it goes up after each window that kept the SLO and down after each that broke it, half way to the nearest rate that said otherwise.'
  return [
    `Capacity is the arrival rate at which half of the windows keep the SLO (${sloText(slo)}, and replies keep pace with arrivals), by the likelihood of all windows that were sent to the same server processes, whether they kept it or not. ${search} The figures of a rate are those of all its windows together. The knee is the rate with the most throughput ÷ mean latency (Kleinrock’s power).`,
    'D and U0 are the least-squares line U = U0 + D·X of busy cores over throughput, over rates that kept pace and left the tier under 90 % busy. ' +
      `Where that line is off by more than ${percent(WORST_RESIDUAL)} at one of them, neither is given, and CPU a request at each rate stands in their place.`,
  ]
}

/** What the intervals are, and how little they can be with the blocks that this run has. */
function intervals({ blocks }: Summary): string {
  const few = [...new Set(blocks.map(({ measured }) => measured))].filter((n) => n > 1 && n <= FEW_BLOCKS)
  const coverage = few.map((n) => `${Math.round(rangeCoverage(n) * 100)} % with ${n}`)
  const range =
    'Up to five blocks that is the range of what was seen, and holds the true median with a probability of'
  return [
    `Figures are medians over blocks (${blocks.map(({ experiment, measured }) => `${experiment}: ${measured}`).join(', ')}),`,
    'in brackets their 95 % interval.',
    ...(few.length > 0 ? [`${range} ${list(coverage)}.`] : []),
    'Quantiles of response times are those of all blocks together, D and U0 of all rates; their intervals come from a bootstrap that draws whole server processes.',
  ].join(' ')
}

/** What no figure here says. */
export function limits(
  { environment: { placement, virtualization } }: Run,
  { latency, journeys, distance, tls }: Summary,
): Section {
  return section(
    'what-this-cannot-tell',
    'What this cannot tell',
    bullets([
      'How the schemes compare on other hardware, runtimes or libraries: ratios move with all three.',
      ...(latency.length > 0 || journeys.length > 0 || distance.length > 0
        ? [
            'Response times below a millisecond, or under arrivals that come in bursts: these were independent of each other.',
          ]
        : ['Response times: this run has no open loop, and a closed loop does not show them.']),
      `The cost of ${tls ? '' : 'TLS, or of '}a real network, beyond that of a delay before Redis.`,
      'What a scheme is worth: revocation, readable payloads and failing with Redis are not counted in ' +
        'microseconds.',
      ...(isVirtual({ virtualization })
        ? ['How much neighbours on the same host disturbed it, beyond what steal and the two controls show.']
        : []),
      ...(placement.method === 'taskset'
        ? []
        : ['How much the parts disturbed each other: they were not pinned to cores of their own.']),
    ]),
  )
}
