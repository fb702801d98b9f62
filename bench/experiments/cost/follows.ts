/** What the auth tax follows, in words. */
import type { Follows } from '../../figures/curve-schema.ts'
import { list, percent } from '../../words/format.ts'

const SIGNIFICANT = 0.05
/** Beyond this multiple of what noise alone misses, something else shapes the tax as well. */
const POOR = 2
/** Less of a difference may be the shape of the line alone. */
export const CLEARLY = 1.5

type Candidate = Follows['candidates'][number]

export const FOLLOWED: Readonly<Record<Candidate['by'], string>> = {
  rate: 'the arrival rate',
  busy: 'the busy share of a replica',
  inFlight: 'the requests in flight',
}

/**
 * What predicts best with the rivals that are not told from it, and those that are; null where load explains nothing. A rival
 * is told from the best if p says so and if it misses by half as much again.
 */
export function rankOf({ candidates, flat }: Follows) {
  const [best, ...others] = candidates
  if (!best || flat.p === null || flat.p >= SIGNIFICANT || flat.missShare <= best.missShare) return null
  const isTold = ({ p, missShare }: Candidate) =>
    p !== null && p < SIGNIFICANT && missShare >= CLEARLY * best.missShare
  const worse = others.filter(isTold)
  return { best, like: [best, ...others.filter((one) => !isTold(one))], worse }
}

/** `a or b` */
export const either = (all: readonly Candidate[]) => all.map(({ by }) => FOLLOWED[by]).join(' or ')

/** Plainly, with how far each is off. */
export function followsText(follows: Follows | null): string | null {
  if (!follows) return null
  const { candidates, flat, noiseShare } = follows
  const off = candidates.map(({ by, missShare }) => `${FOLLOWED[by]} by ${percent(missShare)}`)
  const measure =
    `A line over the logarithm of each of three was fitted to all points of a scheme but one. It misses the tax of that one over ` +
    `${list(off)}, one figure for all loads by ${percent(flat.missShare)}; noise alone misses it by ${percent(noiseShare)}. ` +
    'All three are those of the control at the same point, since a scheme’s own have its tax in them.'
  return `${verdictText(follows)} ${measure}`
}

function verdictText(follows: Follows): string {
  const rank = rankOf(follows)
  if (!rank) return 'It could not be told that the tax depends on the load.'
  const { best, like, worse } = rank
  if (worse.length === 0) return `What the tax follows could not be told: ${either(like)}.`
  const doubt = like.length > 1 ? ', which could not be told apart,' : ''
  const rest = best.missShare > POOR * follows.noiseShare ? ' It does not explain all of the tax.' : ''
  return `The tax follows ${either(like)}${doubt} and not ${either(worse)}.${rest}`
}
