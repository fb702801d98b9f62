/** A made-up run of the experiment `timing`, with leaks of known size. */
import { planTrials } from '../experiments/index.ts'
import { timing } from '../experiments/timing/plan.ts'
import type { Run, TimingSeen, TrialResult } from '../record/types.ts'
import { seededNormal } from '../stats/normal.ts'
import { planOptions } from './plan-options.ts'
import { syntheticRun } from './synthetic-run.ts'

type Seen = TimingSeen['ways'][number]

interface Options {
  profile?: Run['profile']
  /** What a character that is right adds, in ns, to a lookup that should tell nothing. */
  leakNs?: number
  /** The same in the deliberate leak. */
  deliberateNs?: Partial<Record<Seen['way'], number>>
  /** How much slower the second class is that shares nothing. */
  twinNs?: number
  /** Standard deviation between batches, of the moment and of each class. */
  noiseNs?: number
  /** Of the noise. */
  seed?: number
  /** More records, as of the experiment `cost`. */
  beside?: { run: Run; results: TrialResult[] }
}

const BATCHES = 60
export const HASH_NS = 900

export async function syntheticTiming(options: Options = {}) {
  const { profile, leakNs = 0, deliberateNs = {}, twinNs = 0, noiseNs = 100, seed = 7, beside } = options
  const { trials, notes } = planTrials([timing], await planOptions(), 1)
  const template = beside ?? syntheticRun({ experiments: ['cost'], blocks: 1 })
  const [first] = template.results
  if (!first?.ok) throw new Error('the template has no measurement')
  const normal = seededNormal(seed)
  const ways = (['direct', 'http'] as const).map((way): Seen => {
    // All classes of a batch meet the same moment.
    const moments = Array.from({ length: BATCHES }, () => 30_000 + 10 * noiseNs * Math.abs(normal()))
    const classOf = (lookup: 'plain' | 'leaky', shared: number, twin: boolean) => {
      const perCharacter = lookup === 'plain' ? leakNs : (deliberateNs[way] ?? 500)
      const longer = shared * perCharacter + (twin ? twinNs : 0)
      return { lookup, shared, twin, batchNs: moments.map((ns) => ns + longer + noiseNs * normal()) }
    }
    const classes = (['plain', 'leaky'] as const).flatMap((lookup) => [
      ...[0, 8, 16, 24, 31].map((shared) => classOf(lookup, shared, false)),
      classOf(lookup, 0, true),
    ])
    return { way, classes }
  })
  const examined: TimingSeen = { kind: 'timing', node: '24.1.2', ways, hashNs: Array(BATCHES).fill(HASH_NS) }
  const own = trials.map((trial) => ({ ...first, trial, measurement: { ...first.measurement, examined } }))
  const plan = [...(beside?.run.plan ?? []), ...trials]
  const run: Run = { ...template.run, ...(profile && { profile }), plan, notes }
  return { run, results: [...(beside?.results ?? []), ...own] }
}
