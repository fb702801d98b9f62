/** What short lifetimes of access tokens cost: the CPU of one refresh, times how many of them an hour brings. */
import { converted, estimateOf, metrics } from '../../figures/metrics.ts'
import type { ArmRecords } from '../../figures/records.ts'
import { ofServing, SERVING, type ServingTier } from '../../record/tiers.ts'
import type { Estimate } from '../../record/types.ts'
import { code, counted, figure, list, withInterval } from '../../words/format.ts'
import type { ChartLink, Part } from '../../words/section.ts'
import { markdownTable, type Table, tableOf } from '../../words/tables.ts'
import { REFRESHING } from './plan.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['refresh'][number]

/** Minutes; those that the claim about short lifetimes names. */
export const LIFETIMES_MIN = [1, 5, 15, 60]
const HOUR_MIN = 60

/** Empty where no refresh was measured. */
export function refresh(all: readonly ArmRecords[]): Summary['refresh'] {
  return all.flatMap((records) => {
    const { arm, measured } = records
    if (arm.experiment !== 'revocation' || arm.variant !== REFRESHING || measured.size === 0) return []
    const cpuOf = (tier: ServingTier | 'total') =>
      estimateOf(records, metrics[`cpuUsPerRequest.${tier}`].of, 'µs/refresh')
    const total = cpuOf('total')
    const curve = total ? LIFETIMES_MIN.map((lifetimeMin) => pointOf(lifetimeMin, total)) : []
    return [{ arm: arm.id, scheme: arm.scheme, cpuUs: { ...ofServing(cpuOf), total }, curve }]
  })
}

/** A user who is there all the time refreshes once a lifetime. */
function pointOf(lifetimeMin: number, cpuUs: Estimate): Entry['curve'][number] {
  const requestsPerHour = HOUR_MIN / lifetimeMin
  const cpuMsPerHour = converted(cpuUs, 'ms/user-hour', (us) => (requestsPerHour * us) / 1e3)
  return { lifetimeMin, requestsPerHour, cpuMsPerHour }
}

/** What a section about revocation says of it; nothing where no refresh was measured. */
export function refreshParts({ refresh: entries }: Summary, chart: ChartLink): Part[] {
  return entries.flatMap((entry) => {
    const { total } = entry.cpuUs
    if (!total) return []
    return [
      `### What a short lifetime costs: ${code(entry.scheme)}`,
      `A refresh takes ${withInterval(total)} µs of CPU (${tiersText(entry)}; ${counted(total.n, 'block')}, a ` +
        'closed loop). A user who is active all the time needs one refresh each lifetime, and a revoked credential ' +
        'is accepted for a lifetime:',
      markdownTable(curveTable(entry)),
      chart(
        'charts/refresh.svg',
        'CPU of the refreshes of a user-hour against how long a revoked token is accepted',
      ),
      'Only the refreshes are extra: between them a token is verified like any other. A user who comes for a ' +
        'moment needs none.',
    ]
  })
}

function tiersText({ cpuUs }: Entry): string {
  return list(SERVING.flatMap(({ key, name }) => (cpuUs[key] ? [`${name} ${figure(cpuUs[key].value)}`] : [])))
}

function curveTable({ curve }: Entry): Table {
  return tableOf(curve, [
    ['access token lives', ({ lifetimeMin }) => `${lifetimeMin} min`],
    ['accepted after its revocation for up to', ({ lifetimeMin }) => `${lifetimeMin} min + 1 s`],
    ['extra requests/user-hour', ({ requestsPerHour }) => figure(requestsPerHour)],
    ['extra CPU, ms/user-hour', ({ cpuMsPerHour }) => withInterval(cpuMsPerHour)],
  ])
}
