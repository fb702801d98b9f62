/** The words that findings share: a figure with its interval and n, and why an interval decided nothing. */
import type { Estimate, Warning } from '../record/types.ts'
import { FEW_BLOCKS, rangeCoverage } from '../stats/median-interval.ts'
import { code, counted, inUnit, list, type Style, styles, withInterval } from '../words/format.ts'
import type { Facts } from './claim.ts'
import type { Bound, Limits, Ruling } from './verdict.ts'

/** `2.8 (2.0 to 3.9, 5 blocks)`; `1 (5 blocks)` where both ends print as the value does. */
export function measured(
  estimate: Estimate,
  facts: Facts,
  experiment: string,
  style: Style = styles.plain,
): string {
  const print = (value: number) => style.value(value, value)
  const value = print(estimate.value)
  if (print(estimate.lo) === value && print(estimate.hi) === value)
    return `${value} (${blocksText(estimate, facts, experiment)})`
  return withInterval(estimate, style, ' to ', basis(estimate, facts, experiment))
}

/** What an interval rests on: a range, where there are too few blocks for more. */
export function basis(estimate: Estimate, facts: Facts, experiment: string): string {
  const blocks = blocksText(estimate, facts, experiment)
  return estimate.n > 1 && estimate.n < FEW_BLOCKS ? `the range of ${blocks}` : blocks
}

/** `4 of 5 blocks` where trials of the others were rejected. */
function blocksText({ n }: Estimate, { summary }: Facts, experiment: string): string {
  const tried = summary.blocks.find((one) => one.experiment === experiment)?.measured ?? n
  return n < tried ? `${n} of ${counted(tried, 'block')}` : counted(n, 'block')
}

/**
 * What is added to a sentence whose interval decided nothing; empty where it did.
 *
 * @param n blocks behind the interval
 * @param print a threshold, with its unit
 */
export function doubtText(
  { doubt }: Ruling,
  limits: Limits,
  n: number,
  print: (threshold: number) => string = String,
): string {
  switch (doubt) {
    case null:
      return ''
    case 'few-blocks':
      return n < 2
        ? '; one block decides nothing'
        : `; ${n} blocks decide nothing, since their range holds the true median in ${Math.round(100 * rangeCoverage(n))} of 100 cases`
    case 'own-error-unknown':
      return '; the control was not measured twice, so this machine’s own error is not known'
    case 'own-error':
      return '; two equal arms of this run may differ by as much'
    case 'no-base':
      return '; what it is compared with could not be told from zero'
    case 'straddles':
    case 'between':
      return `; ${limitsText(limits, print)}`
  }
}

/** `supported needs all of the interval ≥ 1.5 and refuted all of it ≤ 1.1` */
function limitsText({ supported, refuted }: Limits, print: (threshold: number) => string): string {
  const text = ({ op, value }: Bound) => `${SIGNS[op]} ${print(value)}`
  return list([
    ...(supported ? [`supported needs all of the interval ${text(supported)}`] : []),
    ...(refuted ? [`refuted all of it ${text(refuted)}`] : []),
  ])
}

const SIGNS: Readonly<Record<Bound['op'], string>> = { '>=': '≥', '>': '>', '<=': '≤', '<': '<' }

/** Flags that weaken any figure; those about throughput alone weaken only throughput, and are judged there. */
const WEAKENING: readonly Warning[] = [
  'rejects-matter',
  'warm-up-not-over',
  'tier-not-measured',
  'users-not-rotating',
  'placement-unpinned',
]

/** What a sentence has to say of the figures in it; the report explains each flag. */
export function caveat(estimates: readonly Estimate[]): string {
  const raised = WEAKENING.filter((warning) => estimates.some(({ warnings }) => warnings.includes(warning)))
  return raised.length === 0 ? '' : ` (flagged ${list(raised.map(code))})`
}

export const BYTES = inUnit('bytes', styles.whole)

/** A count without decimals. */
export const whole = (count: number) => styles.whole.value(count)
