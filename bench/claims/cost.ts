/** Claims about what requests cost in CPU. */
import { isStraight, WORST_RESIDUAL } from '../experiments/latency/demand.ts'
import { THE_TWO } from '../experiments/roles.ts'
import { CONTROL } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { code, figure, inUnit, percent, styles } from '../words/format.ts'
import { ARTICLE, type Claim, SESSION, TOKEN } from './claim.ts'
import {
  costRatio,
  costTrials,
  laddersOf,
  notMeasured,
  saturationAlone,
  taxRatio,
  undecided,
} from './facts.ts'
import {
  AT_EACH_RATE,
  everydayTax,
  type OnCurves,
  onCurves,
  onCurvesEntries,
  onCurvesText,
  turnBoundary,
} from './rates.ts'
import type { Limits } from './verdict.ts'
import { caveat, measured } from './wording.ts'

const TAX: Limits = { supported: { op: '>=', value: 1.5 }, refuted: { op: '<=', value: 1.1 } }

export const serverResources: Claim = {
  id: 'server-resources',
  quote: 'sessions can use a lot of the server resources if the application has a lot of traffic',
  source: ARTICLE,
  reading: null,
  metric: `auth tax in CPU µs a request over all tiers, session-redis ÷ jwt-hs256, ${AT_EACH_RATE}`,
  supportedIf: 'lower bound >= 1.5',
  refutedIf: 'upper bound <= 1.1',
  thresholds: { ratio: TAX },
  decidedBy: 'npm run bench -- --only cost --schemes session-redis,jwt-hs256',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [CONTROL, SESSION, TOKEN])
    if (missing) return missing
    const adds = `of the CPU that ${code(TOKEN)} adds to a request ${code(SESSION)} adds`
    const curves = onCurves(facts.summary.costCurves, THE_TWO, 'tax', TAX)
    if (!curves) {
      const ratio = taxRatio(facts, SESSION, TOKEN)
      return saturationAlone(ratio && `${adds} ${measured(ratio, facts, 'cost', TIMES)}`)
    }
    const { verdict, turn } = curves.cases[0]
    const estimates = [
      ...onCurvesEntries(curves, `auth tax, ${SESSION} ÷ ${TOKEN}`),
      ...THE_TWO.flatMap((scheme) => everydayTax(facts.summary.costCurves, scheme)?.entry ?? []),
    ]
    return {
      verdict,
      boundary: turnBoundary(curves),
      turnsAtPerSec: turn,
      sentence: `${adds} ${onCurvesText(curves, TIMES)}${caveat(estimates.map(({ estimate }) => estimate))}`,
      estimates,
      evidence: costTrials(facts, THE_TWO),
    }
  },
}

const TIMES = inUnit('times')

const COST: Limits = { supported: { op: '<', value: 0.67 }, refuted: { op: '>', value: 0.9 } }
/** Multiple of the rate at which one Redis is full. */
const BEYOND = 10

export const largeSites: Claim = {
  id: 'large-sites',
  quote: 'For larger web sites … JSON Web Token is much better because of scaling',
  source: ARTICLE,
  reading: null,
  metric: `requests/s at which one Redis saturates under session-redis, and cost per million requests beyond it, ${AT_EACH_RATE}`,
  supportedIf: "JWT's cost is under 0.67 of the session's at 10 times that rate",
  refutedIf: 'above 0.9; `depends`: the rate',
  thresholds: { cost: COST, timesTheRate: BEYOND },
  decidedBy: 'npm run bench -- --only cost,latency --schemes session-redis,jwt-hs256 --trials 5',
  judge(facts) {
    const missing = notMeasured(facts, 'cost', [SESSION, TOKEN]) ?? notMeasured(facts, 'latency', [SESSION])
    if (missing) return missing
    const takes = `of the CPU that a request takes with ${code(SESSION)} it takes with ${code(TOKEN)}`
    const curves = onCurves(facts.summary.costCurves, THE_TWO, 'cpu', COST, inverse)
    if (!curves) {
      const ratio = costRatio(facts, TOKEN, SESSION, 'cpuUsPerRequest.total')?.ratio
      return saturationAlone(ratio ? `${takes} ${measured(ratio, facts, 'cost', styles.percent)}` : null)
    }
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
    const { verdict, turn } = curves.cases[0]
    const isBetween = verdict === 'inconclusive' && isMostlyBetween(curves)
    const entries = onCurvesEntries(curves, `CPU a request, ${TOKEN} ÷ ${SESSION}`)
    const atFull = `up to about ${figure(full.value)} requests/s one core of Redis serves every session, beyond it Redis itself has to be split`
    return {
      verdict: isBetween ? 'depends' : verdict,
      boundary:
        turnBoundary(curves) ?? (verdict === 'inconclusive' && !isBetween ? null : `the rate: ${atFull}`),
      turnsAtPerSec: turn,
      sentence:
        `one core of Redis is full at ${measured(full, facts, 'latency', inUnit('requests/s'))}; at ${BEYOND} times that, ` +
        `if Redis is split and each replica has the rate that is named, ${takes} ` +
        `${onCurvesText(curves, styles.percent)}${caveat([full, ...entries.map(({ estimate }) => estimate)])}`,
      estimates: [...entries, { label: 'rate at which one core of Redis is full', estimate: full }],
      evidence: [...costTrials(facts, THE_TWO), ...laddersOf(facts, [SESSION])],
    }
  },
}

/** At half of the rates or more the saving lies wholly between the thresholds: some sites would pay for it and others not. */
const isMostlyBetween = ({ cases: [{ rates }] }: OnCurves) =>
  2 * rates.filter(({ judged }) => judged.doubt === 'between').length >= rates.length

/** Of a ratio above zero. */
function inverse(ratio: Estimate): Estimate {
  const { value, lo, hi } = ratio
  return { ...ratio, value: 1 / value, lo: 1 / hi, hi: 1 / lo }
}

/** One core over what one more request takes of it (the utilization law, X ≤ 1/D). */
function redisFullAt(demandUs: Estimate): Estimate {
  const { value, lo, hi } = demandUs
  return { ...demandUs, value: 1e6 / value, lo: 1e6 / hi, hi: 1e6 / lo, unit: 'requests/s' }
}
