/** The claim that connect-redis makes express-session faster. */

import { capacityIn } from '../figures/ladders/capacity.ts'
import type { Ladder } from '../figures/ladders/climbs.ts'
import { WITHIN_STEPS } from '../figures/ladders/ladder.ts'
import { estimate } from '../figures/metrics.ts'
import { flags } from '../figures/records.ts'
import type { Estimate, Rung, Slo } from '../record/types.ts'
import { rising } from '../stats/groups.ts'
import { ratios } from '../stats/paired.ts'
import { code, figure, inUnit, list, responseTime } from '../words/format.ts'
import { type Claim, comment, type Facts, MEMORY, SESSION } from './claim.ts'
import { costRatio, laddersOf, measuredSchemes, notMeasured, saturationAlone, undecided } from './facts.ts'
import { judgedP99, p99Of, TIMERS } from './latency.ts'
import { overRates } from './rates.ts'
import { type Limits, type Ruling, ruling } from './verdict.ts'
import { caveat, doubtText, measured } from './wording.ts'

const FASTER: Limits = { supported: { op: '>=', value: 1.05 }, refuted: { op: '<=', value: 0.95 } }

export const redisFaster: Claim = {
  id: 'redis-faster',
  quote: 'connect-redis with express-session, which will make it faster',
  source: comment('khrisl33t'),
  reading: null,
  metric:
    'capacity at the SLO, session-redis ÷ session-memory, and p99 at each rate that both keep, session-memory ÷ session-redis',
  supportedIf: 'ratio of throughput at the SLO >= 1.05',
  refutedIf: '<= 0.95',
  thresholds: { ratio: FASTER },
  decidedBy: 'npm run bench -- --only latency --schemes session-redis,session-memory --trials 5',
  judge(facts) {
    const missing = notMeasured(facts, 'latency', [SESSION, MEMORY])
    if (missing) return atSaturation(facts) ?? missing
    const capacity = capacityRatio(facts)
    if (!capacity) return undecided('no block of this run has a capacity of both')
    const { ratio, judged, doubt } = capacity
    const tails = p99Sides(facts)
    const overall = overRates(tails)
    // Where the capacity decides nothing, neither does a p99: it is one of a rate that both keep easily.
    const isOther = overall.verdict !== 'inconclusive' && overall.verdict !== judged.verdict
    const verdict = judged.verdict !== 'inconclusive' && isOther ? 'depends' : judged.verdict
    const told = tails.map(({ perSec, both: [redis, memory] }) => {
      const [one, other] = [redis.value, memory.value].map((us) => responseTime(us))
      return `${one} against ${other} ms at ${figure(perSec)}/s`
    })
    return {
      verdict,
      boundary:
        verdict === 'depends'
          ? `what faster means: by the capacity it is ${judged.verdict}, by p99 ${overall.turn ? `that turns between ${figure(overall.turn.lo)} and ${figure(overall.turn.hi)} arrivals/s` : `${overall.verdict}`}`
          : null,
      sentence:
        `within the SLO one replica takes ${measured(ratio, facts, 'latency', inUnit('times'))} as many requests/s with ${code(SESSION)} ` +
        `as with ${code(MEMORY)}${told.length > 0 ? `; p99 is ${list(told)}` : ''}${caveat([ratio])}${doubt}`,
      estimates: [
        { label: `capacity at the SLO, ${SESSION} ÷ ${MEMORY}`, estimate: ratio },
        ...tails.map(({ perSec, estimate }) => ({
          label: `p99 at ${figure(perSec)} arrivals/s, ${MEMORY} ÷ ${SESSION}`,
          estimate,
        })),
      ],
      evidence: laddersOf(facts, [SESSION, MEMORY]),
    }
  },
}

/** Of a run without ladders of both; null where it has no closed loop of both either. */
function atSaturation(facts: Facts) {
  const measuredBoth = [SESSION, MEMORY].every((name) => measuredSchemes(facts, 'cost').includes(name))
  const served = measuredBoth ? costRatio(facts, SESSION, MEMORY, 'throughputPerSec') : null
  if (!served) return null
  const times = measured(served.ratio, facts, 'cost', inUnit('times'))
  return saturationAlone(
    `one replica serves ${times} as many requests/s with ${code(SESSION)} as with ${code(MEMORY)}`,
    'has no capacity of both at the SLO',
  )
}

/**
 * Within blocks. Where a ladder ended before the SLO was broken the capacity is a lower bound: a ratio above one that is held
 * down still supports, and a ratio over one still refutes, but not the other way round.
 */
function capacityRatio(facts: Facts): { ratio: Estimate; judged: Ruling; doubt: string } | null {
  const slo = facts.run.rules?.slo
  const ladders = [SESSION, MEMORY].map((name) => facts.ladders.find(({ arm }) => arm.scheme === name))
  const [redis, memory] = ladders.flatMap((ladder) => (ladder && slo ? [capacities(ladder, slo)] : []))
  if (!redis || !memory) return null
  const perSec = (all: Capacities) => new Map([...all].map(([block, one]) => [block, one.perSec]))
  const common = ladders.flatMap((ladder) => ladder?.climbs.flatMap(({ rungs }) => rungs) ?? [])
  const warnings = flags(
    facts.run,
    common.map(({ measurement }) => measurement),
  )
  const ratio = estimate(ratios(perSec(redis), perSec(memory)), 'ratio', { warnings })
  if (!ratio) return null
  const step = Math.max(...[...redis.values(), ...memory.values()].map((one) => one.step))
  const [redisHeld, memoryHeld] = [redis, memory].map((all) => [...all.values()].some((one) => one.isAtLeast))
  const known = {
    ...ratio,
    lo: memoryHeld ? Number.NEGATIVE_INFINITY : ratio.lo,
    hi: redisHeld ? Number.POSITIVE_INFINITY : ratio.hi,
  }
  const own = { neutral: 1, error: step }
  const [judged, alone] = [ruling(known, FASTER, own), ruling(ratio, FASTER, own)]
  if (judged.verdict === alone.verdict) return { ratio, judged, doubt: doubtText(judged, FASTER, ratio.n) }
  const held = [...(redisHeld ? [SESSION] : []), ...(memoryHeld ? [MEMORY] : [])].map(code)
  const doubt = `; but with ${list(held)} the capacity is only known to be as much at least, so the ratio is not that of the schemes`
  return { ratio, judged, doubt }
}

/** By block. `step`: how far apart two equal schemes may end, as a share. */
type Capacities = ReadonlyMap<number, { perSec: number; isAtLeast: boolean; step: number }>

function capacities({ climbs }: Ladder, slo: Slo): Capacities {
  return new Map(
    climbs.flatMap(({ block, rungs }) => {
      const { perSec, note } = capacityIn(rungs, slo)
      if (perSec === null) return []
      return [
        [
          block,
          {
            perSec,
            isAtLeast: note !== 'found',
            step: Math.expm1(2 * WITHIN_STEPS * Math.log1p(stepAround(rungs, perSec))),
          },
        ] as const,
      ]
    }),
  )
}

/** Between the rates that were tried around it. */
function stepAround(rungs: readonly Rung[], perSec: number): number {
  const rates = rising(rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))
  const [below, above] = [rates.findLast((rate) => rate <= perSec), rates.find((rate) => rate > perSec)]
  return below && above ? above / below - 1 : 0
}

/** p99 of the one ÷ that of the other at each rate at which both kept the SLO in every block; n blocks. */
function p99Sides(facts: Facts) {
  const rungs = (name: string) =>
    facts.summary.latency
      .find(({ scheme }) => scheme === name)
      ?.rungs.filter(({ metShare }) => metShare === 1) ?? []
  const [redis, memory] = [SESSION, MEMORY].map((name) =>
    facts.ladders.find(({ arm }) => arm.scheme === name),
  )
  if (!redis || !memory) return []
  const others = new Map(rungs(MEMORY).map(({ arrivalsPerSec, p99Us }) => [arrivalsPerSec, p99Us]))
  return rungs(SESSION).flatMap(({ arrivalsPerSec: perSec, p99Us }) => {
    const other = others.get(perSec)
    const compared =
      other && p99Of([memory, redis], perSec, facts, { of: (one, two) => one / two, unit: 'ratio' })
    if (!other || !compared) return []
    // As a share of what it is divided by.
    const own = { neutral: 1, error: TIMERS.error / p99Us.value }
    return [
      {
        perSec,
        both: [p99Us, other] as const,
        estimate: compared.estimate,
        judged: judgedP99(compared, FASTER, own),
      },
    ]
  })
}
