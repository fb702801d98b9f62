/** When a service is back, from a timeline of what was asked and what was answered well. Pure. */
import { sum } from './sums.ts'

/** A stretch of time of the same length as all others; times in ms, in order. */
interface Stretch {
  fromMs: number
  due: number
  good: number
}

/** Share of what was due in `[fromMs, toMs)` that was answered well; null where nothing was due. */
export function goodShare(stretches: readonly Stretch[], fromMs: number, toMs: number): number | null {
  const within = stretches.filter((one) => one.fromMs >= fromMs && one.fromMs < toMs)
  const due = sum(within.map(({ due }) => due))
  return due === 0 ? null : sum(within.map(({ good }) => good)) / due
}

/** What counts as being back: so much of the share of before, kept for so long. */
export const BACK = { ofBefore: 0.95, forMs: 1_000 }

/**
 * Time from `healedMs` to the first stretch of `BACK.forMs` with at least `BACK.ofBefore` of the good answers of
 * before. 0: from the start. Null: not while it was watched.
 *
 * @param before share of good answers before the fault
 */
export function recoveryMs(
  stretches: readonly Stretch[],
  stretchMs: number,
  healedMs: number,
  before: number,
): number | null {
  const end = (stretches.at(-1)?.fromMs ?? Number.NEGATIVE_INFINITY) + stretchMs
  for (const { fromMs } of stretches) {
    // The stretch in which it was healed begins before that.
    if (fromMs + stretchMs <= healedMs) continue
    if (fromMs + BACK.forMs > end) return null
    const share = goodShare(stretches, fromMs, fromMs + BACK.forMs)
    if (share !== null && share >= BACK.ofBefore * before) return Math.max(0, fromMs - healedMs)
  }
  return null
}
