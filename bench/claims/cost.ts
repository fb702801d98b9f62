/** Claims about what requests cost in CPU. */
import { isStraight, WORST_RESIDUAL } from '../experiments/latency/demand.ts'
import { CONTROL } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { code, figure, inUnit, percent, styles } from '../words/format.ts'
import { ARTICLE, type Claim, SESSION, TOKEN } from './claim.ts'
import { costRatio, laddersOf, notMeasured, ownRatioError, taxRatio, undecided } from './facts.ts'
import { type Limits, ruling } from './verdict.ts'
import { caveat, doubtText, measured } from './wording.ts'

const TAX: Limits = { supported: { op: '>=', value: 1.5 }, refuted: { op: '<=', value: 1.1 } }

export const serverResources: Claim = {
  id: 'server-resources',
  quote: 'sessions can use a lot of the server resources if the application has a lot of traffic',
  source: ARTICLE,
  reading: null,
  metric: 'auth tax in CPU µs a request over all tiers, session-redis ÷ jwt-hs256',
  supportedIf: 'lower bound >= 1.5',
  refutedIf: 'upper bound <= 1.1',
  thresholds: { ratio: TAX },
  decidedBy: 'npm run bench -- --only cost --schemes session-redis,jwt-hs256',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [CONTROL, SESSION, TOKEN])
    if (missing) return missing
    const taxes = taxRatio(facts, SESSION, TOKEN, TAX)
    if (!taxes) return undecided('no block of this run has all of its arms')
    const { ratio, ofTax, toTax, judged, evidence } = taxes
    const found = {
      boundary: null,
      estimates: [
        { label: `auth tax, ${SESSION} ÷ ${TOKEN}`, estimate: ratio },
        { label: `auth tax of ${SESSION}`, estimate: ofTax.estimate },
        { label: `auth tax of ${TOKEN}`, estimate: toTax.estimate },
      ],
      evidence,
    }
    if (judged.verdict !== 'inconclusive' && !toTax.detected) {
      const sentence = `the auth tax of ${code(TOKEN)} could not be told from zero, so it is no measure for ${code(SESSION)}`
      return { ...found, verdict: 'inconclusive', sentence }
    }
    const both = `medians ${figure(ofTax.estimate.value)} and ${figure(toTax.estimate.value)} µs`
    return {
      ...found,
      verdict: judged.verdict,
      sentence:
        `${code(SESSION)} adds ${measured(ratio, facts, 'cost', inUnit('times'))} the CPU that ${code(TOKEN)} adds ` +
        `to a request (${both})${caveat([ratio])}${doubtText(judged, TAX, ratio.n)}`,
    }
  },
}

const COST: Limits = { supported: { op: '<', value: 0.67 }, refuted: { op: '>', value: 0.9 } }
/** Multiple of the rate at which one Redis is full. */
const BEYOND = 10

export const largeSites: Claim = {
  id: 'large-sites',
  quote: 'For larger web sites … JSON Web Token is much better because of scaling',
  source: ARTICLE,
  reading: null,
  metric:
    'requests/s at which one Redis saturates under session-redis, and cost per million requests beyond it',
  supportedIf: "JWT's cost is under 0.67 of the session's at 10 times that rate",
  refutedIf: 'above 0.9; `depends`: the rate',
  thresholds: { cost: COST, timesTheRate: BEYOND },
  decidedBy: 'npm run bench -- --only cost,latency --schemes session-redis,jwt-hs256 --trials 5',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [SESSION, TOKEN]) ?? notMeasured(facts, 'latency', [SESSION])
    if (missing) return missing
    const fit = facts.summary.demand.find(({ scheme, tier }) => scheme === SESSION && tier === 'redis')
    if (!fit || fit.demandUs.lo <= 0)
      return undecided('the ladder has too few rates for the service demand on Redis')
    if (!isStraight(fit))
      return undecided(
        'it cannot be told here when Redis is full: the straight line of its busy cores over the rates is off by ' +
          `${percent(fit.worstResidual)} at one of them, and a verdict rests on no line that is off by more than ` +
          `${percent(WORST_RESIDUAL)}`,
      )
    const full = redisFullAt(fit.demandUs)
    const costs = costRatio(facts, TOKEN, SESSION, 'cpuUsPerRequest.total')
    if (!costs) return undecided('no block of this run has both arms')
    const { ratio, evidence } = costs
    const judged = ruling(ratio, COST, ownRatioError(facts, 'cpuRatio'))
    // Wholly between the thresholds there is a saving that some sites would pay for and others would not.
    const verdict = judged.doubt === 'between' ? 'depends' : judged.verdict
    return {
      verdict,
      boundary:
        verdict === 'inconclusive'
          ? null
          : `the rate: up to about ${figure(full.value)} requests/s one core of Redis serves every session, beyond it Redis itself has to be split`,
      sentence:
        `one core of Redis is full at ${measured(full, facts, 'latency', inUnit('requests/s'))}; at ${BEYOND} ` +
        `times that, if requests cost as they do here and Redis is split, ${code(TOKEN)} takes ` +
        `${measured(ratio, facts, 'cost', styles.percent)} of the CPU of ` +
        `${code(SESSION)}${caveat([ratio, full])}${doubtText(judged, COST, ratio.n, percent)}`,
      estimates: [
        { label: `CPU a request, ${TOKEN} ÷ ${SESSION}`, estimate: ratio },
        { label: 'rate at which one core of Redis is full', estimate: full },
      ],
      evidence: [...evidence, ...laddersOf(facts, [SESSION])],
    }
  },
}

/** One core over what one more request takes of it (the utilization law, X ≤ 1/D). */
function redisFullAt(demandUs: Estimate): Estimate {
  const { value, lo, hi } = demandUs
  return { ...demandUs, value: 1e6 / value, lo: 1e6 / hi, hi: 1e6 / lo, unit: 'requests/s' }
}
