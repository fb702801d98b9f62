/** Shares of cores, and what stands in brackets behind a figure over runs, as decisions and their charts print them. */
import type { OverRuns } from '../figures/runs/over-runs.ts'
import type { Interval } from '../stats/median-interval.ts'
import { counted, figure } from '../words/format.ts'

/** Cores finer than this are the noise of any run. */
const FINEST = 0.01

/**
 * `0.13`, `2.4`, `36`
 *
 * @param more digits behind the point than that
 */
export function coresFigure(value: number, more = 0): string {
  const size = Math.abs(value)
  if (size > 0 && size < FINEST) return `${value < 0 ? '−' : ''}< ${FINEST}`
  const text =
    size >= 10 ? figure(Math.round(size), Math.max(100, size)) : size.toFixed((size < 1 ? 2 : 1) + more)
  return `${value < 0 && Number(text) !== 0 ? '−' : ''}${text}`
}

/** `0.13 of a core`, `2.4 cores` */
export const coresText = (value: number): string => inUnit(Math.abs(value), coresFigure(Math.abs(value)))

/**
 * `0.137 of a core (0.124 to 0.141)`: with one digit more where the value would else read like one of its ends.
 *
 * @param ends what the two are, where that stands nowhere near: `(range of 4 runs: 0.124 to 0.141)`
 */
export function coresRange({ value, lo, hi }: Interval, ends?: string): string {
  const [shown, from, to] = [value, lo, hi].map((one) => coresFigure(one))
  const more = shown === from || shown === to ? 1 : 0
  const said = ends === undefined ? '' : `${ends}: `
  return `${inUnit(Math.abs(value), coresFigure(value, more))} (${said}${coresFigure(lo, more)} to ${coresFigure(hi, more)})`
}

const inUnit = (size: number, shown: string) => {
  if (size < FINEST) return `less than ${FINEST} of a core`
  return size < 1 ? `${shown} of a core` : `${shown} cores`
}

/** What the two ends are: `range of 4 runs`, `95 % interval over 6 runs`. */
export function endsText({ runs, ends }: Pick<OverRuns, 'runs' | 'ends'>): string {
  if (runs === 1) return '95 % interval'
  return ends === 'interval'
    ? `95 % interval over ${counted(runs, 'run')}`
    : `range of ${counted(runs, 'run')}`
}

/** The same difference, the other way round where that makes it one above zero. */
export const upwards = ({ value, lo, hi }: Interval): Interval =>
  value < 0 ? { value: -value, lo: -hi, hi: -lo } : { value, lo, hi }
