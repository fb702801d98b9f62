/** Shares of cores, as decisions and their charts print them. */
import { figure } from '../words/format.ts'

/** Cores finer than this are the noise of any run. */
const FINEST = 0.01

/** `0.13`, `2.4`, `36` */
export function coresFigure(value: number): string {
  const size = Math.abs(value)
  if (size > 0 && size < FINEST) return `${value < 0 ? '−' : ''}< ${FINEST}`
  const text = size >= 10 ? figure(Math.round(size), Math.max(100, size)) : size.toFixed(size < 1 ? 2 : 1)
  return `${value < 0 && Number(text) !== 0 ? '−' : ''}${text}`
}

/** `0.13 of a core`, `2.4 cores` */
export function coresText(value: number): string {
  const size = Math.abs(value)
  if (size < FINEST) return `less than ${FINEST} of a core`
  return size < 1 ? `${coresFigure(size)} of a core` : `${coresFigure(size)} cores`
}
