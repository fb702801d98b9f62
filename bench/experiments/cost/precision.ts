/** How closely a run knows what its answer says, and what kept it from knowing more. Pure. */
import type { ComparedCurves, CurvePoint } from '../../figures/curve-schema.ts'
import { pointKey } from '../../figures/turns.ts'
import { list, percent } from '../../words/format.ts'
import { THE_TWO } from '../roles.ts'

/** Half-widths as shares of the tax: what is aimed at, and beyond what a value says nothing and only its range counts. */
const GOAL = 0.05
export const TOO_WIDE = 0.5

/** Those of the two that have a tax at the point at which the answer is taken. */
function answerPoints({ curves, everyday }: ComparedCurves): { scheme: string; point: CurvePoint }[] {
  if (!everyday) return []
  return THE_TWO.flatMap((scheme) => {
    const own = curves.find((one) => one.scheme === scheme && !one.twin)
    const point = own?.points.find((one) => pointKey(one) === pointKey(everyday))
    return point?.taxUs ? [{ scheme, point }] : []
  })
}

const halfWidth = ({ taxUs }: CurvePoint) => (taxUs ? (taxUs.estimate.hi - taxUs.estimate.lo) / 2 : 0)

/** Of the dearer of the two, as a share of what it adds: the other may add next to nothing. Null without both. */
export function answerWidth(curves: ComparedCurves): number | null {
  const points = answerPoints(curves).map(({ point }) => point)
  if (points.length < THE_TWO.length) return null
  const most = Math.max(...points.map(({ taxUs }) => Math.abs(taxUs?.estimate.value ?? 0)))
  return Math.max(...points.map(halfWidth)) / most
}

/** The widths that were reached, how uneven the machine was, and what held them back; empty where nothing is known of these. */
export function precisionText(
  curves: ComparedCurves,
  name: (scheme: string) => string = (scheme) => scheme,
): string {
  const { noise } = curves
  const points = answerPoints(curves)
  if (!noise || points.length === 0) return ''
  const shares = points.map(({ point }) => halfWidth(point) / Math.abs(point.taxUs?.estimate.value ?? 1))
  const widths = list(points.map(({ scheme }, i) => `± ${percent(shares[i] ?? 0)} for ${name(scheme)}`))
  const uneven =
    `The speed of this machine varied by ${percent(noise.hostSd)} (standard deviation) from turn to turn, ` +
    `and two equal arms side by side by ${percent(noise.pairedSd)}`
  if (shares.every((share) => share <= GOAL)) return `That is known to ${widths}. ${uneven}.`
  return `That is known to ${widths}, where ± ${percent(GOAL)} is aimed at. ${uneven}${heldBack(noise, points)}.`
}

/** Whichever adds more to the variance of a mean: the noise of its turns, or what its processes differ by. */
function heldBack(
  noise: NonNullable<ComparedCurves['noise']>,
  points: ReturnType<typeof answerPoints>,
): string {
  const habitSd = noise.habitSd ?? 0
  const turns = Math.max(...points.map(({ point }) => noise.pairedSd ** 2 / point.turns))
  const habit = Math.max(...points.map(({ point }) => (2 * habitSd ** 2) / point.generations))
  if (habit <= turns) return ', which is what holds it back'
  return `; what holds it back is that processes of one scheme differ by ${percent(habitSd)}: take more of them (--trials 6)`
}
