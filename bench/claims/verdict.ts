/** What an interval says about a claim whose thresholds were fixed beforehand. */
import type { Interval } from '../stats/median-interval.ts'
import { MIN_BLOCKS_TO_DETECT } from '../stats/paired.ts'

const HOLDS = {
  '>=': (x: number, value: number) => x >= value,
  '>': (x: number, value: number) => x > value,
  '<=': (x: number, value: number) => x <= value,
  '<': (x: number, value: number) => x < value,
}

/** A threshold: the whole interval has to lie on this side of it. */
export interface Bound {
  op: keyof typeof HOLDS
  value: number
}

/** What a figure has to reach for either verdict; null where that verdict does not rest on this figure. */
export interface Limits {
  supported: Bound | null
  refuted: Bound | null
}

/** What two equal arms of the run may differ by: up to `error` around `neutral`, both in the unit of the figure. */
export interface OwnError {
  neutral: number
  error: number
}

/**
 * Why an interval decides nothing. `between`: all of it lies where neither verdict does. `no-base`: what a ratio is divided by is
 * not told from zero.
 */
type Doubt = 'few-blocks' | 'own-error-unknown' | 'own-error' | 'no-base' | 'straddles' | 'between'

export type Ruling =
  | { verdict: 'supported' | 'refuted'; doubt: null }
  | { verdict: 'inconclusive'; doubt: Doubt }

/**
 * Supported or refuted when the whole interval lies beyond that threshold, else inconclusive. A value inside the
 * run's own error around `neutral` may be any other value inside it, so there the interval is at least that wide:
 * a small difference then proves no difference, and equality is proved only where the error is small enough.
 *
 * @param effect n blocks; fewer than three decide nothing, since the range of two misses the truth half of the time
 * @param own null when the run holds no A/A comparison; then nothing is decided
 */
export function ruling(
  effect: Interval & { n: number },
  { supported, refuted }: Limits,
  own: OwnError | null,
): Ruling {
  if (effect.n < MIN_BLOCKS_TO_DETECT) return { verdict: 'inconclusive', doubt: 'few-blocks' }
  if (own === null) return { verdict: 'inconclusive', doubt: 'own-error-unknown' }
  const possible = asFarAsKnown(effect, own)
  if (supported && meets(possible, supported)) return { verdict: 'supported', doubt: null }
  if (refuted && meets(possible, refuted)) return { verdict: 'refuted', doubt: null }
  const bounds = [supported, refuted].filter((bound) => bound !== null)
  if (bounds.some((bound) => meets(effect, bound))) return { verdict: 'inconclusive', doubt: 'own-error' }
  const between = bounds.every((bound) => !reaches(possible, bound))
  return { verdict: 'inconclusive', doubt: between ? 'between' : 'straddles' }
}

/** Of several figures: where their verdicts differ, the answer depends on what they differ in. */
export function together(
  rulings: readonly { verdict: Ruling['verdict'] | 'depends' }[],
): Ruling['verdict'] | 'depends' {
  const verdicts = [...new Set(rulings.map(({ verdict }) => verdict))]
  if (verdicts.includes('inconclusive')) return 'inconclusive'
  return verdicts.length > 1 ? 'depends' : (verdicts[0] ?? 'inconclusive')
}

function asFarAsKnown({ value, lo, hi }: Interval, { neutral, error }: OwnError): Interval {
  if (Math.abs(value - neutral) > error) return { value, lo, hi }
  return { value, lo: Math.min(lo, neutral - error), hi: Math.max(hi, neutral + error) }
}

/** All of the interval. */
const meets = ({ lo, hi }: Interval, { op, value }: Bound) => HOLDS[op](isLower(op) ? lo : hi, value)

/** Any of the interval. */
const reaches = ({ lo, hi }: Interval, { op, value }: Bound) => HOLDS[op](isLower(op) ? hi : lo, value)

const isLower = (op: Bound['op']) => op.startsWith('>')
