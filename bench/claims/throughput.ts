/** The claim that connect-redis makes express-session faster. */
import { instrumentLimit } from '../figures/comparisons.ts'
import type { ArmRecords } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { code, figure, inUnit, list, responseText } from '../words/format.ts'
import { type Claim, comment, type Facts, type Finding, MEMORY, SESSION } from './claim.ts'
import { costRatio, laddersOf, notMeasured, ownRatioError, undecided } from './facts.ts'
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
    const served = costRatio(facts, SESSION, MEMORY, 'throughputPerSec')
    if (!served) return undecided('no block of this run has both arms')
    const { ratio, of, to, evidence } = served
    const judged = oneSided(ratio, of, to, facts)
    const tails = p99Side(facts)
    return {
      verdict: judged.verdict,
      boundary: null,
      sentence:
        `one replica serves ${measured(ratio, facts, 'cost', inUnit('times'))} as many requests/s with ${code(SESSION)} as with ` +
        `${code(MEMORY)}${tails.text}${caveat([ratio])}${judged.doubt}`,
      estimates: [{ label: `throughput, ${SESSION} ÷ ${MEMORY}`, estimate: ratio }, ...tails.estimates],
      evidence: [...evidence, ...tails.evidence],
    }
  },
}

/**
 * A throughput that something else than the replica held down is a lower bound of the scheme's own. So a ratio above
 * one that is held down still supports, and a ratio over one still refutes, but not the other way round.
 */
function oneSided(ratio: Estimate, redis: ArmRecords, memory: ArmRecords, facts: Facts) {
  const own = ownRatioError(facts, 'throughputRatio')
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
function p99Side(facts: Facts): Pick<Finding, 'estimates' | 'evidence'> & { text: string } {
  const kept = (name: string) =>
    facts.summary.latency
      .find(({ scheme }) => scheme === name)
      ?.rungs.filter(({ metShare }) => metShare === 1)
  const others = new Map(kept(MEMORY)?.map(({ arrivalsPerSec, p99Us }) => [arrivalsPerSec, p99Us]))
  const rung = kept(SESSION)?.findLast(({ arrivalsPerSec }) => others.has(arrivalsPerSec))
  const other = rung && others.get(rung.arrivalsPerSec)
  if (!rung || !other) return { text: '', estimates: [], evidence: [] }
  const at = `${figure(rung.arrivalsPerSec)} arrivals/s`
  return {
    text: `; p99 at ${at} is ${responseText(rung.p99Us)} against ${responseText(other)} ms`,
    estimates: [
      { label: `p99 of ${SESSION} at ${at}`, estimate: rung.p99Us },
      { label: `p99 of ${MEMORY} at ${at}`, estimate: other },
    ],
    evidence: laddersOf(facts, [SESSION, MEMORY]),
  }
}
