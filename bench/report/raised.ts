/** Each warning of a run with what it means and where it was raised. */
import { ROLES } from '../experiments/roles.ts'
import type { Warning } from '../record/types.ts'
import type { Table } from '../words/tables.ts'
import { meaning } from '../words/warnings.ts'
import type { Summary } from './schema.ts'

/** Each warning of the run with what it means and where it was raised. */
export function warningsTable(summary: Summary): Table {
  const raised = raisedIn(summary)
  const names = [...new Set(raised.map(({ warning }) => warning))].sort()
  return {
    head: ['warning', 'what it means', 'where'],
    rows: names.map((name) => {
      const arms = raised.filter(({ warning }) => warning === name).map(({ arm }) => arm)
      return [name, meaning[name], where(arms, summary)]
    }),
  }
}

function raisedIn({ arms, latency, distance }: Summary): { warning: Warning; arm: string }[] {
  const closed = arms.map(({ arm, metrics, warnings }) => ({
    arm: arm.id,
    all: [...warnings, ...Object.values(metrics).flatMap((estimate) => estimate.warnings)],
  }))
  const open = latency.map(({ scheme, rungs, capacityPerSec }) => ({
    arm: ladderId(scheme),
    all: [...rungs.flatMap(({ p99Us }) => p99Us.warnings), ...(capacityPerSec?.warnings ?? [])],
  }))
  const far = distance.flatMap(({ levels }) =>
    levels.map(({ arm, rungs }) => ({ arm, all: rungs.flatMap(({ p99Us }) => p99Us.warnings) })),
  )
  return [...closed, ...open, ...far].flatMap(({ arm, all }) =>
    [...new Set(all)].map((warning) => ({ warning, arm })),
  )
}

const ladderId = (scheme: string) => `${ROLES.latency}/${scheme}`

/** Few arms by name, many by experiment. */
function where(arms: readonly string[], summary: Summary): string {
  if (arms.length <= 3) return arms.join(', ')
  const all = [
    ...summary.arms.map(({ arm }) => ({ id: arm.id, experiment: arm.experiment })),
    ...summary.latency.map(({ scheme }) => ({ id: ladderId(scheme), experiment: ROLES.latency })),
    ...summary.distance.flatMap(({ levels }) =>
      levels.map(({ arm }) => ({ id: arm, experiment: ROLES.distance })),
    ),
  ]
  return [...new Set(all.map(({ experiment }) => experiment))]
    .flatMap((experiment) => {
      const planned = all.filter((one) => one.experiment === experiment)
      const flagged = planned.filter(({ id }) => arms.includes(id))
      return flagged.length > 0 ? [`${experiment}: ${flagged.length} of ${planned.length} arms`] : []
    })
    .join('; ')
}
