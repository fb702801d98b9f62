/** What the auth tax follows over the points of the load: the arrival rate, the busy share, or the requests in flight. */
import { groupedBy } from '../stats/groups.ts'
import { holm } from '../stats/holm.ts'
import { seededNormal } from '../stats/normal.ts'
import { missesLeftOut } from '../stats/regression.ts'
import { mean, sum } from '../stats/sums.ts'
import { SEEN_FOUR_TIMES_IN_FIVE } from './beside.ts'
import type { Curve, Follows } from './curve-schema.ts'
import { isControl } from './records.ts'
import { pointKey } from './turns.ts'

type Candidate = Follows['candidates'][number]['by']

/** A tax beside what it may follow. */
export interface Followed extends Record<Candidate, number> {
  perSec: number
  handlerUs: number
  taxUs: number
  /** Standard error of the tax. */
  error: number
}

/** What is simplest to know comes first: of equal ones it stays first. */
const CANDIDATES: readonly Candidate[] = ['rate', 'busy', 'inFlight']
/** Two amounts of handler work keep rate and busy share apart; with one rate each, a line would join the two. */
const LEAST_HANDLERS = 2
const LEAST_RATES_EACH = 2
const LEAST_RATES = 3
/** Finer than the p that are asked for. */
const DRAWS = 1_000

/**
 * The taxes of each scheme in the open loop, beside the load of the control at the same point. The scheme's own busy share and
 * its own requests in flight contain the tax (the latter by Little's law): a tax would be set against itself, and what is
 * noise in it would look like a law. Those of the control are what somebody knows who has no auth yet.
 */
export function followedBy(curves: readonly Curve[]): { scheme: string; points: Followed[] }[] {
  const control = curves.find((curve) => isControl(curve) && !curve.twin)
  const base = new Map((control?.points ?? []).map((point) => [pointKey(point), point]))
  return curves.flatMap(({ scheme, twin, points }) => {
    const own = points.flatMap((point): Followed[] => {
      const { perSec, handlerUs, taxUs } = point
      const error = (taxUs?.detectable ?? 0) / SEEN_FOUR_TIMES_IN_FIVE
      const { busy = 0, meanInFlight: inFlight = 0 } = base.get(pointKey(point)) ?? {}
      if (perSec === null || !taxUs || error === 0 || busy === 0 || inFlight === 0) return []
      return [{ perSec, handlerUs, taxUs: taxUs.estimate.value, error, rate: perSec, busy, inFlight }]
    })
    return twin || own.length === 0 ? [] : [{ scheme, points: own }]
  })
}

/**
 * For each candidate and scheme a least-squares line of the tax over the logarithm of the candidate, weighted by 1 ÷ error².
 * Of the tax and not of its logarithm: one that is not told from zero may come out below it. Each tax is then compared with
 * what the line through all other points says.
 *
 * The best is told from another by a parametric bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993,
 * §6.5): how often, with the noise of the taxes put on them once more, the other misses by less; two-sided, both by Holm. In
 * the same way, by itself, whether it is told from one figure at all loads: else there is nothing to follow.
 *
 * @param seed of that noise
 * @returns null where no scheme has enough points
 */
export function followsOf(curves: readonly Curve[], seed: number): Follows | null {
  const fits = followedBy(curves).flatMap(({ points }) => (isEnough(points) ? (fitsOf(points) ?? []) : []))
  if (fits.length === 0) return null
  const seen = squaresOf(
    fits.map(({ taxes }) => taxes),
    fits,
  )
  const size = sum(fits.flatMap(({ taxes }) => taxes.map((tax) => tax ** 2)))
  const share = (by: Rival) => Math.sqrt(seen[by] / size)
  const order = [...CANDIDATES].sort((a, b) => seen[a] - seen[b])
  const drawn = noisy(fits, seed).map((taxes) => squaresOf(taxes, fits))
  const pOf = (by: Rival) => {
    const more = (squares: Squares) => squares[by] - squares[order[0] ?? by]
    const put = drawn.map(more)
    // Noise put on twice adds to the miss of a steep line more than to that of a level one.
    const shift = mean(put) - more(seen)
    const less = put.filter((one) => one - shift <= 0).length
    return (2 * Math.max(1, Math.min(less, put.length - less))) / put.length
  }
  const adjusted = holm(order.slice(1).map(pOf))
  return {
    schemes: fits.length,
    points: new Set(fits.flatMap(({ keys }) => keys)).size,
    candidates: order.map((by, place) => ({ by, missShare: share(by), p: adjusted[place - 1] ?? null })),
    flat: { missShare: share('flat'), p: pOf('flat') },
    noiseShare: Math.sqrt(sum(fits.map(({ taxes }) => taxes.length)) / size),
  }
}

function isEnough(points: readonly Followed[]): boolean {
  const rates = new Set(points.map(({ perSec }) => perSec))
  const handlers = [...groupedBy(points, ({ handlerUs }) => handlerUs).values()]
  const filled = handlers.filter((own) => own.length >= LEAST_RATES_EACH)
  return rates.size >= LEAST_RATES && filled.length >= LEAST_HANDLERS
}

type Rival = Candidate | 'flat'
type Squares = Record<Rival, number>

/** One scheme: its taxes by point, in standard errors, and by how much each rival misses taxes at these points; those in µs. */
interface Fit {
  keys: string[]
  taxes: number[]
  errors: number[]
  missedBy: Record<Rival, (us: readonly number[]) => readonly number[]>
}

/** Null where a line cannot be told without one of the points. */
function fitsOf(points: readonly Followed[]): Fit | null {
  const errors = points.map(({ error }) => error)
  const weights = errors.map((error) => 1 / error ** 2)
  const total = sum(weights)
  const over = (candidate: Candidate) => {
    const loads = points.map((point) => Math.log(point[candidate]))
    return missesLeftOut(loads, weights)
  }
  const [rate, busy, inFlight] = [over('rate'), over('busy'), over('inFlight')]
  if (!rate || !busy || !inFlight) return null
  const flat = (us: readonly number[]) => {
    const middle = sum(us.map((one, i) => one * (weights[i] ?? 0))) / total
    return us.map((one, i) => (one - middle) / (1 - (weights[i] ?? 0) / total))
  }
  const taxes = points.map(({ taxUs, error }) => taxUs / error)
  return { keys: points.map(pointKey), taxes, errors, missedBy: { rate, busy, inFlight, flat } }
}

/** Sum of the squared misses of all schemes, in standard errors. @param taxes of each fit, likewise */
function squaresOf(taxes: readonly (readonly number[])[], fits: readonly Fit[]): Squares {
  const inUs = fits.map(({ errors }, i) => (taxes[i] ?? []).map((tax, j) => tax * (errors[j] ?? 0)))
  const of = (by: Rival) =>
    fits.reduce((before, { errors, missedBy }, i) => {
      const misses = missedBy[by](inUs[i] ?? [])
      return misses.reduce((total, miss, j) => total + (miss / (errors[j] ?? 1)) ** 2, before)
    }, 0)
  return { rate: of('rate'), busy: of('busy'), inFlight: of('inFlight'), flat: of('flat') }
}

/**
 * The taxes with their noise once more, drawn many times. Half of a tax's variance is the control's, whose turns all schemes
 * share at a point; the other half is the scheme's own.
 */
function noisy(fits: readonly Fit[], seed: number): number[][][] {
  const normal = seededNormal(seed)
  const keys = [...new Set(fits.flatMap((fit) => fit.keys))]
  return Array.from({ length: DRAWS }, () => {
    const shared = new Map(keys.map((key) => [key, normal()]))
    return fits.map((fit) =>
      fit.taxes.map((tax, i) => tax + Math.SQRT1_2 * ((shared.get(fit.keys[i] ?? '') ?? 0) + normal())),
    )
  })
}
