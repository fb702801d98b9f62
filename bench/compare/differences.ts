/** In what two runs differ besides their figures: whether a ratio between them means what its reader expects. */
import type { Arm, Run } from '../record/types.ts'
import { counted } from '../words/format.ts'

/**
 * machine: what the figures are made on. method: how they are made. code: what is usually compared on purpose, such as
 * a runtime, a package or a commit.
 */
type Kind = 'machine' | 'method' | 'code'

export interface RunDifference {
  kind: Kind
  what: string
  base: string
  other: string
}

type Reader = (run: Run) => string

const text = (value: unknown) => (value === null || value === undefined ? 'none' : String(value))

const facts: readonly { kind: Kind; what: string; of: Reader }[] = [
  { kind: 'machine', what: 'CPU', of: ({ environment: e }) => e.cpuModel },
  { kind: 'machine', what: 'cores', of: ({ environment: e }) => text(e.cores) },
  { kind: 'machine', what: 'CPU quota', of: ({ environment: e }) => text(e.cpuQuotaCores) },
  { kind: 'machine', what: 'architecture', of: ({ environment: e }) => e.arch },
  { kind: 'machine', what: 'virtualization', of: ({ environment: e }) => text(e.virtualization) },
  { kind: 'machine', what: 'system', of: ({ environment: e }) => `${e.os}, kernel ${e.kernel}` },
  { kind: 'method', what: 'profile', of: ({ profile }) => profile },
  { kind: 'method', what: 'placement', of: ({ environment: { placement } }) => placementText(placement) },
  { kind: 'method', what: 'rules', of: ({ rules }) => rulesText(rules) },
  {
    kind: 'code',
    what: 'Node',
    of: ({ environment: e }) => `${e.runtime.node}, OpenSSL ${e.runtime.openssl}`,
  },
  { kind: 'code', what: 'Node of the harness', of: ({ environment: e }) => e.harnessNode },
  { kind: 'code', what: 'Redis', of: ({ environment: e }) => text(e.redis?.version) },
  { kind: 'code', what: 'HAProxy', of: ({ environment: e }) => text(e.haproxy?.version) },
  { kind: 'code', what: 'commit', of: ({ environment: e }) => commitText(e.gitCommit, e.gitDirty) },
]

/** Empty where nothing is known to differ. */
export function runDifferences(base: Run, other: Run): RunDifference[] {
  const found = facts.map(({ kind, what, of }) => ({ kind, what, base: of(base), other: of(other) }))
  return [...found, ...packageDifferences(base, other), ...armDifferences(base, other)].filter(
    (one) => one.base !== one.other,
  )
}

function packageDifferences({ environment: a }: Run, { environment: b }: Run): RunDifference[] {
  const names = [...new Set([...Object.keys(a.packages), ...Object.keys(b.packages)])].sort()
  return names.map((what) => ({
    kind: 'code' as const,
    what,
    base: text(a.packages[what]),
    other: text(b.packages[what]),
  }))
}

/** Of the arms that both have: how each is loaded and for how long. One line a difference, however many arms share it. */
function armDifferences(base: Run, other: Run): RunDifference[] {
  const theirs = new Map(other.plan.map(({ arm }) => [arm.id, arm]))
  const ours = new Map(base.plan.map(({ arm }) => [arm.id, arm]))
  const groups = new Map<string, { a: string; b: string; what: string; arms: number }>()
  for (const [id, arm] of ours) {
    const same = theirs.get(id)
    if (!same) continue
    for (const [what, of] of Object.entries(conditions)) {
      const [a, b] = [of(arm), of(same)]
      if (a === b) continue
      const key = `${arm.experiment} ${what} ${a} ${b}`
      const group = groups.get(key) ?? { a, b, what: `${what} of ${arm.experiment}`, arms: 0 }
      groups.set(key, { ...group, arms: group.arms + 1 })
    }
  }
  return [...groups.values()].map(({ a, b, what, arms }) => ({
    kind: 'method' as const,
    what: `${what} (${counted(arms, 'arm')})`,
    base: a,
    other: b,
  }))
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

function placementText({ method, cores, replicaCpus }: Run['environment']['placement']): string {
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
  const of = (kind: Kind) => differences.filter((one) => one.kind === kind)
  const [machines, methods, code] = [of('machine'), of('method'), of('code')]
  if (differences.length === 0) return 'Comparable: no known condition of the two runs differs.'
  if (machines.length + methods.length === 0) {
    return `Comparable: the same machine and method; a ratio may show the change of ${whats(code)}.`
  }
  const both = [
    machines.length > 0 ? `the machine (${whats(machines)})` : null,
    methods.length > 0 ? `the method (${whats(methods)})` : null,
  ].filter((part) => part !== null)
  return `Not comparable as a change of code: ${both.join(' and ')} differ${both.length === 1 ? 's' : ''}, which a ratio shows as well.`
}

const whats = (differences: readonly RunDifference[]) => differences.map(({ what }) => what).join(', ')

/** Whether a machine or method stands between the two. */
export function isComparable(differences: readonly RunDifference[]): boolean {
  return differences.every(({ kind }) => kind === 'code')
}
