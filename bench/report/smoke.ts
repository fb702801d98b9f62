/** What a smoke run is for: whether everything works here. It counts what did, and prints no figure. */
import type { Run, TrialResult } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { counted, list } from '../words/format.ts'

/**
 * Whether it is broken: it ended without an answer, and that not because a gate found the machine disturbed. What a neighbour did
 * has worked.
 */
export const isBroken = (result: TrialResult): result is Failed =>
  !result.ok && result.rejectedBy.length === 0

type Failed = Extract<TrialResult, { ok: false }>

/** What the terminal shows of it: a line for each experiment, and the verdict last. */
export function smokeText({ plan }: Pick<Run, 'plan'>, results: readonly TrialResult[]): string {
  // Of one that was measured again the last.
  const last = new Map(results.map((result) => [result.trial.id, result]))
  const rows = [...groupedBy(plan, ({ arm }) => arm.experiment)].map(([experiment, trials]) => {
    const seen = trials.flatMap(({ id }) => last.get(id) ?? [])
    const broken = seen.filter(isBroken)
    return { experiment, of: trials.length, worked: seen.length - broken.length, broken, seen }
  })
  const lines = rows.map(({ experiment, of, worked, broken, seen }) => {
    const gates = [...new Set(seen.flatMap((result) => (result.ok ? [] : result.rejectedBy)))]
    const disturbed = gates.length > 0 ? `; disturbed by the machine: ${list(gates)}` : ''
    const reasons = broken.map(({ trial, reason }) => `\n    ${trial.id}: ${reason}`)
    const tick = worked === of ? '✓' : '✗'
    return `${tick} ${experiment.padEnd(14)} ${worked} of ${of}${disturbed}${reasons.join('')}`
  })
  const faults = rows.flatMap(({ broken }) => broken).length
  const schemes = new Set(plan.map(({ arm }) => arm.scheme)).size
  const verdict =
    faults > 0
      ? `${counted(faults, 'trial')} of ${plan.length} did not work here.`
      : rows.every(({ worked, of }) => worked === of)
        ? `Everything works here: ${counted(rows.length, 'experiment')}, ${counted(schemes, 'scheme')}, ${counted(plan.length, 'trial')}.`
        : 'What was measured works here; the rest was not measured.'
  return `${lines.join('\n')}\n\n${verdict}\nA smoke run is too short for figures: take none from it. \`--profile quick\` has an answer in 90 seconds.`
}
