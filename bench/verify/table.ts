/** The verdicts as a table of 80 columns. */
import Table from 'cli-table3'
import { counted } from '../words/format.ts'
import type { Verdict } from './proof.ts'

const word = ({ passed }: Pick<Verdict, 'passed'>) =>
  passed === null ? 'unclear' : passed ? 'passed' : 'FAILED'

/** Without colours: the last column says it in words. */
export function verdictTable(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ['proof', 'expected', 'measured', 'verdict'],
    colWidths: [20, 23, 23, 9],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  })
  table.push(...verdicts.map((one) => [one.proof, one.expected, one.measured, word(one)]))
  return table.toString()
}

/** "10 proofs in 171 s: 9 passed, 1 could not be run here" */
export function conclusion(verdicts: readonly Verdict[], seconds: number): string {
  const count = (passed: Verdict['passed']) => verdicts.filter((verdict) => verdict.passed === passed).length
  const parts = [
    `${count(true)} passed`,
    ...(count(false) > 0 ? [`${count(false)} failed`] : []),
    ...(count(null) > 0 ? [`${count(null)} could not be decided here`] : []),
  ]
  return `${counted(verdicts.length, 'proof')} in ${Math.round(seconds)} s: ${parts.join(', ')}`
}

/** One line as soon as a proof is over. */
export function outcome(verdict: Verdict): string {
  return `  ${word(verdict)} in ${verdict.seconds.toFixed(0)} s: ${verdict.measured}`
}
