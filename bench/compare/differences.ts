/** In what two runs differ besides their figures: whether a ratio between them means what its reader expects. */
import type { Arm, Host, Run, ServerVariables } from '../record/types.ts'
import { counted } from '../words/format.ts'

/**
 * machine: what the figures are made on. method: how they are made. code: what is usually compared on purpose, such as
 * a runtime, a package or a commit. unclear: the older record says it in another way, so that nothing follows.
 */
type Kind = 'machine' | 'method' | 'code' | 'unclear'

export interface RunDifference {
  kind: Kind
  what: string
  base: string
  other: string
}

type Environment = Run['environment']

const text = (value: unknown) => (value === null || value === undefined ? 'none' : String(value))

const NODE = 'Node'

/** Undefined where a run did not record it: then it is no difference, whatever the other one says. */
const facts: readonly {
  kind: Kind
  what: string
  of: (environment: Environment, run: Run) => string | undefined
}[] = [
  { kind: 'machine', what: 'CPU', of: (e) => e.cpuModel },
  { kind: 'machine', what: 'cores', of: (e) => text(e.cores) },
  { kind: 'machine', what: 'CPU quota', of: (e) => text(e.cpuQuotaCores) },
  { kind: 'machine', what: 'architecture', of: (e) => e.arch },
  { kind: 'machine', what: 'hypervisor', of: ofHost(({ hypervisor }) => hypervisor) },
  { kind: 'machine', what: 'container', of: ofHost(({ container }) => container) },
  { kind: 'machine', what: 'memory limit', of: ofHost(({ memoryLimit }) => text(memoryLimit?.value)) },
  {
    kind: 'machine',
    what: 'threads of each core',
    of: ofHost(({ cores }) => cores?.map((threads) => threads.length).join(' ')),
  },
  { kind: 'machine', what: 'NUMA nodes', of: ofHost(({ numaNodes }) => numaNodes?.length) },
  { kind: 'machine', what: 'clock', of: ofHost(clockText) },
  { kind: 'machine', what: 'CPU flags', of: ofHost(({ cryptoFlags }) => cryptoFlags?.join(' ')) },
  { kind: 'machine', what: 'power', of: ofHost(({ power }) => power) },
  { kind: 'machine', what: 'system', of: (e) => `${e.os}, kernel ${e.kernel}` },
  { kind: 'method', what: 'profile', of: (_, { profile }) => profile },
  { kind: 'method', what: 'placement', of: (e) => placementText(e.placement) },
  { kind: 'method', what: 'rules', of: (_, { rules }) => rulesText(rules) },
  {
    kind: 'method',
    what: 'variables of servers',
    of: (e) => e.serverVariables && valuesText(e.serverVariables),
  },
  { kind: 'code', what: NODE, of: (e) => `${e.runtime.node}, OpenSSL ${e.runtime.openssl}` },
  { kind: 'code', what: 'Node of the harness', of: (e) => e.harnessNode },
  { kind: 'code', what: 'Redis', of: (e) => text(e.redis?.version) },
  { kind: 'code', what: 'HAProxy', of: (e) => text(e.haproxy?.version) },
  { kind: 'code', what: 'commit', of: (e) => commitText(e.gitCommit, e.gitDirty) },
  { kind: 'code', what: 'version', of: (e) => e.source?.version },
  { kind: 'code', what: 'hash of the code', of: (e) => e.source?.contentHash ?? undefined },
]

/** What a machine does not tell is not recorded either. */
function ofHost(of: (host: Host) => string | number | null | undefined) {
  return ({ host }: Environment): string | undefined => {
    const told = host && of(host)
    return told === undefined || told === null ? undefined : String(told)
  }
}

/** What makes runs those of one machine: its CPU and how many cores of it. */
export const machineOf = ({ environment: { cpuModel, cores } }: Pick<Run, 'environment'>): string =>
  `${cpuModel}, ${counted(cores, 'core')}`

/** Empty where nothing is known to differ. */
export function runDifferences(base: Run, other: Run): RunDifference[] {
  const [ours, theirs] = [base.environment, other.environment]
  const found = facts.flatMap(({ kind, what, of }) => {
    const sides = { base: of(ours, base), other: of(theirs, other) }
    return sides.base === undefined || sides.other === undefined
      ? []
      : [{ kind, what, base: sides.base, other: sides.other }]
  })
  const all = [
    ...found,
    ...beneath(ours, theirs),
    ...packageDifferences(ours, theirs),
    ...armDifferences(base, other),
  ]
  return all.filter((one) => one.base !== one.other)
}

/** Of what runs and is not our own code: Node and packages. */
export function versionDifferences(base: Run, other: Run): RunDifference[] {
  const node = runDifferences(base, other).filter(({ what }) => what === NODE)
  return [...node, ...packageDifferences(base.environment, other.environment)]
}

function packageDifferences(ours: Environment, theirs: Environment): RunDifference[] {
  const names = [...new Set([...Object.keys(ours.packages), ...Object.keys(theirs.packages)])].sort()
  return names
    .map((what) => {
      const [base, other] = [text(ours.packages[what]), text(theirs.packages[what])]
      return { kind: 'code' as const, what, base, other }
    })
    .filter((one) => one.base !== one.other)
}

/**
 * Where a record has one word for hypervisor and container together. A container hid the hypervisor there, and a file that
 * Docker leaves in its images made a virtual machine a container; only whether there was anything can be relied on.
 */
function beneath(ours: Environment, theirs: Environment): RunDifference[] {
  if (ours.host && theirs.host) return []
  const [base, other] = [ours, theirs].map((one) => one.virtualization ?? 'not told') as [string, string]
  const isUnclear = Boolean(ours.host || theirs.host) && base !== 'none' && other !== 'none'
  return [{ kind: isUnclear ? 'unclear' : 'machine', what: 'virtualization', base, other }]
}

function clockText({ frequency }: Host): string {
  if (frequency === null) return 'none'
  const { driver, governors, preferences, turbo } = frequency
  return [driver, ...governors, ...preferences, `turbo ${turbo ?? 'not told'}`].join(' ')
}

/** Those that arms set are among their settings, and which names there are follows from the arms as well. */
function valuesText({ values }: ServerVariables): string {
  return Object.entries(values)
    .filter(([name]) => name !== 'UV_THREADPOOL_SIZE')
    .map(([name, some]) => `${name}=${some.join(' or ')}`)
    .join(' ')
}

/** Of the arms that both have: how each is loaded and for how long. One line a difference, however many arms share it. */
function armDifferences(base: Run, other: Run): RunDifference[] {
  const theirs = new Map(other.plan.map(({ arm }) => [arm.id, arm]))
  const ours = new Map(base.plan.map(({ arm }) => [arm.id, arm]))
  const groups = new Map<string, { what: string; base: string; other: string; arms: number }>()
  for (const [id, arm] of ours) {
    const same = theirs.get(id)
    if (!same) continue
    for (const [condition, of] of Object.entries(conditions)) {
      const found = { what: `${condition} of ${arm.experiment}`, base: of(arm), other: of(same) }
      const key = JSON.stringify(found)
      if (found.base !== found.other) groups.set(key, { ...found, arms: (groups.get(key)?.arms ?? 0) + 1 })
    }
  }
  return [...groups.values()].map(({ what, arms, ...values }) => {
    return { kind: 'method', what: `${what} (${counted(arms, 'arm')})`, ...values }
  })
}

const conditions: Readonly<Record<string, (arm: Arm) => string>> = {
  users: ({ users }) => text(users),
  replicas: ({ replicas }) => text(replicas),
  load: ({ load }) => JSON.stringify(load),
  window: ({ measureSec }) => `${measureSec} s`,
  'warm-up': ({ warmupSec, warmupRequests }) => `${warmupSec} s and ${warmupRequests} requests`,
  settings: ({ settings }) => JSON.stringify(settings),
  quotas: ({ quotas }) => JSON.stringify(quotas),
}

function placementText({ method, cores, replicaCpus }: Environment['placement']): string {
  return `${method}, ${counted(cores, 'core')}, ${counted(new Set(replicaCpus.flat()).size, 'CPU')} for replicas`
}

function rulesText(rules: Run['rules']): string {
  if (!rules) return 'none'
  const { slo, gates } = rules
  const limits = gates.map(({ id, limit }) => `${id} ${limit}`).join(', ')
  return `${slo.quantile} ≤ ${slo.limitMs} ms, errors ≤ ${slo.maxErrorShare}; ${limits}`
}

function commitText(commit: string | null, dirty: boolean | null): string {
  return commit === null ? 'unknown' : `${commit.slice(0, 12)}${dirty ? ', changed' : ''}`
}

/** Whether ratios are those of the code alone, in one sentence. */
export function comparability(differences: readonly RunDifference[]): string {
  const whats = (kind: Kind) => differences.flatMap((one) => (one.kind === kind ? [one.what] : [])).join(', ')
  const unclear = differences.some(({ kind }) => kind === 'unclear') ? ` ${UNCLEAR}` : ''
  if (differences.every(({ kind }) => kind === 'unclear'))
    return `Comparable: no known condition of the two runs differs.${unclear}`
  if (isComparable(differences))
    return `Comparable: the same machine and method; a ratio may show the change of ${whats('code')}.${unclear}`
  const [machine, method] = [whats('machine'), whats('method')]
  const both = [machine && `the machine (${machine})`, method && `the method (${method})`].filter(Boolean)
  return `Not comparable as a change of code: ${both.join(' and ')} differ${both.length === 1 ? 's' : ''}, which a ratio shows as well.${unclear}`
}

const UNCLEAR = 'What lies beneath is not judged: the older record did not tell hypervisors from containers.'

/** Whether a machine or method stands between the two. */
export function isComparable(differences: readonly RunDifference[]): boolean {
  return differences.every(({ kind }) => kind === 'code' || kind === 'unclear')
}
