/** The claim that connect-redis makes express-session faster. */
import type { MeasuredSummary } from '../experiments/reports.ts'
import { instrumentLimit } from '../figures/comparisons.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { figure, inUnit, list, responseText } from '../words/format.ts'
import type { Claim, Facts, Finding } from './claim.ts'
import {
  armOf,
  code,
  laddersOf,
  MEMORY,
  notMeasured,
  ownRatioError,
  ratioOf,
  SESSION,
  trialsOf,
  undecided,
  valuesOf,
} from './facts.ts'
import { comment } from './sources.ts'
import { type Limits, ruling } from './verdict.ts'
import { caveat, doubtText, measured } from './wording.ts'

const FASTER: Limits = { supported: { op: '>=', value: 1.05 }, refuted: { op: '<=', value: 0.95 } }

export const redisFaster: Claim = {
  id: 'redis-faster',
  quote: 'connect-redis with express-session, which will make it faster',
  source: comment('khrisl33t'),
  reading: null,
  metric: 'throughput and p99, session-redis ÷ session-memory',
  supportedIf: 'ratio of throughput >= 1.05',
  refutedIf: '<= 0.95',
  thresholds: { ratio: FASTER },
  decidedBy: 'npm run bench -- --only cost,latency --schemes session-redis,session-memory',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [SESSION, MEMORY])
    if (missing) return missing
    const [redis, memory] = [armOf(facts, 'cost', SESSION), armOf(facts, 'cost', MEMORY)]
    const ratio = ratioOf(valuesOf(redis, 'throughputPerSec'), valuesOf(memory, 'throughputPerSec'), [
      redis,
      memory,
    ])
    if (!ratio) return undecided('no block of this run has both arms')
    const judged = oneSided(ratio, redis, memory, facts)
    const tails = p99Side(facts.summary)
    return {
      verdict: judged.verdict,
      boundary: null,
      sentence:
        `one replica serves ${measured(ratio, facts, 'cost', inUnit('times'))} as many requests/s with ${code(SESSION)} as with ` +
        `${code(MEMORY)}${tails.text}${caveat([ratio])}${judged.doubt}`,
      estimates: [{ label: `throughput, ${SESSION} ÷ ${MEMORY}`, estimate: ratio }, ...tails.estimates],
      evidence: [
        ...trialsOf(facts, [redis, memory]),
        ...(tails.estimates.length > 0 ? laddersOf(facts, [SESSION, MEMORY]) : []),
      ],
    }
  },
}

/**
 * A throughput that something else than the replica held down is a lower bound of the scheme's own. So a ratio above
 * one that is held down still supports, and a ratio over one still refutes, but not the other way round.
 */
function oneSided(ratio: Estimate, redis: ArmRecords, memory: ArmRecords, { summary }: Facts) {
  const own = ownRatioError(summary, 'throughputRatio')
  const known = {
    ...ratio,
    lo: isHeldDown(memory) ? Number.NEGATIVE_INFINITY : ratio.lo,
    hi: isHeldDown(redis) ? Number.POSITIVE_INFINITY : ratio.hi,
  }
  const judged = ruling(known, FASTER, own)
  const alone = ruling(ratio, FASTER, own)
  if (judged.verdict === alone.verdict) return { ...alone, doubt: doubtText(alone, FASTER, ratio.n) }
  const held = [redis, memory].filter(isHeldDown).map(({ arm }) => code(arm.scheme))
  return {
    verdict: judged.verdict,
    doubt:
      `; but with ${list(held)} something other than the replica held the throughput down, so the ratio is not ` +
      'that of the schemes',
  }
}

/** A Redis that is full on CPUs of its own is the scheme's limit, and no other. */
function isHeldDown({ warnings }: ArmRecords): boolean {
  const idle = warnings.includes('replica-not-saturated') && !warnings.includes('redis-saturated')
  return idle || instrumentLimit(warnings) !== null
}

/** p99 of both at the highest rate at which both kept the SLO in every block. */
function p99Side({ latency }: Facts['summary']): { text: string; estimates: Finding['estimates'] } {
  const [redis, memory] = [SESSION, MEMORY].map((name) => keptRungs(latency, name))
  const common = redis?.findLast(({ arrivalsPerSec }) =>
    memory?.some((rung) => rung.arrivalsPerSec === arrivalsPerSec),
  )
  const other = memory?.find(({ arrivalsPerSec }) => arrivalsPerSec === common?.arrivalsPerSec)
  if (!common || !other) return { text: '', estimates: [] }
  const at = `${figure(common.arrivalsPerSec)} arrivals/s`
  return {
    text: `; p99 at ${at} is ${responseText(common.p99Us)} against ${responseText(other.p99Us)} ms`,
    estimates: [
      { label: `p99 of ${SESSION} at ${at}`, estimate: common.p99Us },
      { label: `p99 of ${MEMORY} at ${at}`, estimate: other.p99Us },
    ],
  }
}

function keptRungs(latency: MeasuredSummary['latency'], name: string) {
  const entry = latency.find(({ scheme }) => scheme === name)
  return entry?.rungs.filter(({ metShare }) => metShare === 1)
}
