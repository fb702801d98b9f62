/** What each warning means for a reader, and the marks that carry the gravest of them into the tables. */
import { instrumentLimit } from '../figures/comparisons.ts'
import type { Estimate, Warning } from '../record/types.ts'
import { ABSENT, withInterval } from './format.ts'

export const meaning: Readonly<Record<Warning, string>> = {
  'smoke-profile': 'the smoke profile shows that everything works; its windows are too short for figures',
  'few-blocks': 'fewer than five blocks: the interval is only the range of what was seen',
  'generator-saturated':
    'the load generator had no CPU left: the throughput is its ceiling, not the scheme’s',
  'proxy-saturated': 'the proxy had no CPU left: the throughput is its ceiling, not the scheme’s',
  'redis-saturated': 'Redis had no CPU left: more replicas would not serve more',
  'replica-not-saturated': 'the replicas had CPU to spare: something else held the throughput down',
  'replicas-share-cores': 'replicas shared cores: throughput says nothing about scaling',
  'replicas-uneven': 'the proxy did not spread the requests evenly',
  'placement-unpinned': 'processes were not pinned to cores: expect more noise',
  'foreign-cpu': 'other programs used the machine during the measurement',
  steal: 'the hypervisor took CPU time away during the measurement',
  'users-not-rotating': 'the load did not reach all users: caches look better than they are',
  'tier-not-measured': 'the CPU of a tier could not be read and is left out of sums',
  'generator-lag': 'the sender noticed arrivals late: latencies contain its own delay',
  'rate-missed': 'fewer or more arrivals were sent than the arrival rate asks for',
  throttled: 'a CPU quota held processes back during the measurement',
  'run-queue-wait': 'a replica was ready to run while its CPU ran something outside of this run',
  'littles-law': 'requests in flight are not throughput × latency: one of the three was measured wrongly',
  'warm-up-not-over': 'CPU a request was still changing: code was still being compiled',
  'rejects-matter': 'the figure would differ with the rejected trials',
}

/** Marks and the sentence below a table that has them. */
const marks = {
  '†': 'the generator or the proxy had no CPU left: this is what the load could bring, not what the scheme can serve',
  '‡': 'the replicas had CPU to spare: something else held the throughput down',
  '§': 'the CPU of a tier could not be read and is left out',
} as const

/**
 * A throughput, never shown as the scheme's own figure when the instrument was the limit: then it is a lower bound
 * with a mark.
 */
export function throughputText(
  estimate: Estimate | undefined,
  print: (estimate: Estimate) => string = (full) => withInterval(full),
): string {
  if (!estimate) return ABSENT
  if (instrumentLimit(estimate.warnings)) return `≥ ${print(estimate)} †`
  return estimate.warnings.includes('replica-not-saturated') ? `${print(estimate)} ‡` : print(estimate)
}

/** Adds § to a text about CPU when a tier is missing from it. */
export function cpuText(text: string, warnings: readonly Warning[]): string {
  return warnings.includes('tier-not-measured') && text !== ABSENT ? `${text} §` : text
}

/** The footnotes that `text` needs, in the order of the marks. */
export function footnotes(text: string): string[] {
  return Object.entries(marks).flatMap(([mark, sentence]) =>
    text.includes(mark) ? [`${mark} ${sentence}.`] : [],
  )
}
