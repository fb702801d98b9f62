/** The claim that small sites do well with sessions: what users wait for at low arrival rates. */

import { histogramSet } from '../figures/histograms.ts'
import { clusterEstimate, type Ladder, windowsAt } from '../figures/ladders/climbs.ts'
import { flags } from '../figures/records.ts'
import type { Estimate } from '../record/types.ts'
import { addedMs, code, inUnit, list } from '../words/format.ts'
import { ARTICLE, type Claim, type Facts, SESSION, TOKEN } from './claim.ts'
import { laddersOf, notMeasured, undecided } from './facts.ts'
import { type Limits, type OwnError, type Ruling, ruling, together } from './verdict.ts'
import { basis, caveat, doubtText, measured, whole } from './wording.ts'

const DIFFERENCE_US = {
  supported: { op: '<=', value: 5_000 },
  refuted: { op: '>', value: 5_000 },
} as const satisfies Limits
const RATES_PER_SEC = [10, 100, 1_000] as const
/** Ten arrivals have to lie beyond a p99. */
const LEAST_ARRIVALS = 1_000
const TOO_FEW: Ruling = { verdict: 'inconclusive', doubt: 'few-blocks' }

/** No arm of a ladder is measured twice; instead, no difference is finer than the sender's timers. */
export const TIMERS: OwnError = { neutral: 0, error: 1_000 }

export const smallSites: Claim = {
  id: 'small-sites',
  quote: 'For smaller and medium websites … session authentication is usually good',
  source: ARTICLE,
  reading: null,
  metric: 'p99 difference to jwt-hs256 at 10, 100, 1,000 requests/s open loop',
  supportedIf: 'upper bound of the difference <= 5 ms',
  refutedIf: 'lower bound > 5 ms',
  thresholds: { differenceUs: DIFFERENCE_US, ratesPerSec: RATES_PER_SEC, leastArrivals: LEAST_ARRIVALS },
  // A window at 10 arrivals/s holds 100 of them.
  decidedBy:
    'npm run bench -- --only latency --rates 10,100,1000 --schemes session-redis,jwt-hs256 --trials 12',
  judge(facts) {
    const missing = notMeasured(facts, 'latency', [SESSION, TOKEN])
    if (missing) return missing
    const [session, token] = [SESSION, TOKEN].map((name) =>
      facts.ladders.find(({ arm }) => arm.scheme === name),
    )
    const found = RATES_PER_SEC.flatMap((rate) => {
      const compared = session && token && p99Of([session, token], rate, facts, DIFFERENCE)
      return compared ? [{ rate, ...compared, judged: judgedP99(compared, DIFFERENCE_US, TIMERS) }] : []
    })
    const absent = RATES_PER_SEC.filter((rate) => !found.some((one) => one.rate === rate))
    if (absent.length > 0)
      return undecided(`its ladder has no ${list(absent.map(whole))} arrivals/s in both schemes`)
    const verdict = together(found.map(({ judged }) => judged))
    return {
      verdict,
      boundary: verdict === 'depends' ? boundary(found) : null,
      sentence: sentence(found, facts),
      estimates: found.map(({ rate, estimate }) => ({
        label: `p99 of ${SESSION} minus p99 of ${TOKEN} at ${whole(rate)} arrivals/s`,
        estimate,
      })),
      evidence: laddersOf(facts, [SESSION, TOKEN]),
    }
  },
}

function sentence(found: readonly Judged[], facts: Facts): string {
  const each = found.map(({ rate, estimate }) => `${waits(estimate, facts)} at ${whole(rate)} arrivals/s`)
  const few = found.find(({ arrivals }) => arrivals < LEAST_ARRIVALS)
  const doubtful = found.find(({ judged }) => judged.verdict === 'inconclusive')
  const doubt = few
    ? `; ${whole(few.arrivals)} arrivals at ${whole(few.rate)}/s are too few for a p99, which takes ${whole(LEAST_ARRIVALS)}`
    : doubtful
      ? doubtText(doubtful.judged, DIFFERENCE_US, doubtful.estimate.n, milliseconds)
      : ''
  const flags = caveat(found.map(({ estimate }) => estimate))
  return `p99 with ${code(SESSION)} differs from that with ${code(TOKEN)} by ${list(each)}${flags}${doubt}`
}

function boundary(found: readonly Judged[]): string {
  const kept = found.filter(({ judged }) => judged.verdict === 'supported').map(({ rate }) => whole(rate))
  return `the rate: within ${milliseconds(DIFFERENCE_US.supported.value)} at ${list(kept)} arrivals/s, and not at the others`
}

const milliseconds = (us: number) => `${us / 1_000} ms`

interface ComparedP99 {
  /** n blocks. */
  estimate: Estimate
  /** Of the scheme that has fewer, over all blocks. */
  arrivals: number
}

/** At a rate, in arrivals a second. */
type Judged = ComparedP99 & { rate: number; judged: Ruling }

/** How two p99 in µs are compared, and in which unit. */
interface Comparing {
  of: (one: number, other: number) => number
  unit: string
}

const DIFFERENCE: Comparing = { of: (one, other) => one - other, unit: 'µs' }

/** Too few arrivals make no p99, whatever their interval. */
export function judgedP99({ estimate, arrivals }: ComparedP99, limits: Limits, own: OwnError): Ruling {
  return arrivals < LEAST_ARRIVALS ? TOO_FEW : ruling(estimate, limits, own)
}

/** Pooled as the summary's own p99, and resampled by blocks: both schemes of a block are drawn together. */
export function p99Of(
  [first, second]: readonly [Ladder, Ladder],
  rate: number,
  { run }: Facts,
  { of, unit }: Comparing,
): ComparedP99 | null {
  const [ofFirst, ofSecond] = [windowsAt(first, rate), windowsAt(second, rate)]
  const common = ofFirst.filter(({ block }) => ofSecond.some((one) => one.block === block))
  const blocks = [...new Set(common.map(({ block }) => block))]
  if (blocks.length === 0) return null
  const [one, other] = [pooled(blocks, ofFirst), pooled(blocks, ofSecond)]
  const all = blocks.flatMap((_, place) => [one, other].flatMap(({ own }) => own[place] ?? []))
  const estimate = clusterEstimate(
    blocks.map((_, place) => [place]),
    (drawn) => of(one.p99(drawn), other.p99(drawn)),
    unit,
    { seed: run.seed, warnings: flags(run, all) },
  )
  return { estimate, arrivals: Math.min(one.arrivals, other.arrivals) }
}

/** Of one scheme: the p99 of those blocks that are drawn, by their places, and the arrivals of all. */
function pooled(blocks: readonly number[], windows: ReturnType<typeof windowsAt>) {
  const own = blocks.map((block) => windows.flatMap((one) => (one.block === block ? [one.measurement] : [])))
  const set = histogramSet(own.flat().map(({ arrivals }) => arrivals?.histogram ?? ''))
  let next = 0
  const indices = own.map((some) => some.map(() => next++))
  return {
    own,
    p99(drawn: readonly number[]) {
      const chosen = drawn.flatMap((place) => indices[place] ?? [])
      return set.quantile(chosen, 0.99)
    },
    arrivals: own.flat().reduce((sum, { arrivals }) => sum + (arrivals?.account.scheduled ?? 0), 0),
  }
}

/** `+20.1 ms (19.5 to 20.4, 12 blocks)`. Below a millisecond the digits would be the timers’. */
function waits(difference: Estimate, facts: Facts): string {
  const { lo, hi } = difference
  if (Math.max(Math.abs(lo), Math.abs(hi)) < TIMERS.error)
    return `less than 1 ms (${basis(difference, facts, 'latency')})`
  return measured(difference, facts, 'latency', ADDED_MS)
}

const ADDED_MS = inUnit('ms', addedMs)
