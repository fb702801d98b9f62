/** What a failover of Redis did to the users of a scheme, for whoever plans with one. Pure. */
import type { Run, TrialResult } from '../../record/types.ts'
import { figure, percent } from '../../words/format.ts'
import { faults } from './summary.ts'

type Entry = ReturnType<typeof faults>[number]

/** With the standby cut off beforehand, and with a primary that then takes no writes. */
const FAILOVERS: readonly Entry['fault'][] = ['failover', 'failover-guarded']

export const hasFailover = ({ plan }: Pick<Run, 'plan'>, scheme: string): boolean =>
  plan.some(
    ({ arm }) =>
      arm.scheme === scheme && arm.observe?.kind === 'faults' && FAILOVERS.includes(arm.observe.fault),
  )

/** A sentence for each way in which it was tried; empty for a scheme that was not. */
export function failoverSentences(run: Run, results: readonly TrialResult[], scheme: string): string[] {
  const all = faults(run, results).filter((entry) => entry.scheme === scheme)
  return FAILOVERS.flatMap((fault) => {
    const entry = all.find((one) => one.fault === fault)
    return entry ? [sentenceOf(entry)] : []
  })
}

const HOW: Partial<Record<Entry['fault'], string>> = {
  failover: 'A failover to a standby that was cut off before',
  'failover-guarded': 'With min-replicas-to-write 1 in the same failover',
}

function sentenceOf({ fault, measured, perSec }: Entry): string {
  const { failed, due, recoveryMs, watchedMs, before, loggedOutBefore, revoked, late } = measured
  const back =
    recoveryMs === null
      ? `was not back within ${figure(watchedMs / 1_000)} s`
      : `was back ${figure(recoveryMs / 1_000)} s after it was healed`
  return (
    `${HOW[fault] ?? fault}, at ${figure(perSec)} requests/s: ${percent(due === 0 ? 0 : failed / due)} of requests failed, the service ${back}, ` +
    `${loggedOutBefore} of ${before} users were logged out, and ${late} of ${revoked} logouts that were acknowledged did not hold.`
  )
}
