/** Plans beside what was measured, in 80 columns. */
import type { Range } from '../../plan/range.ts'
import type { PlanCheck } from '../../record/types.ts'
import { ABSENT, counted, figure, list, machine, percent, withRange } from '../../words/format.ts'
import { type Columns, markdownTable, tableOf, terminalTable } from '../../words/tables.ts'
import { conclusionOf, errorOf, isInRange, plannedFleet, smallestKept } from './judged.ts'

type Request = PlanCheck['requests'][number]

const COLUMNS = {
  request: ({ number, scheme, rps }: Request) => `${number} ${scheme} ${figure(rps)}/s`,
  cores: ({ replicaCores }: Request) => String(replicaCores),
  planned: ({ planned: { replicas } }: Request) => `${replicas.value} (${replicas.lo}–${replicas.hi})`,
  busy: ({ planned }: Request) => percent(planned.busy.replicas),
  measured: (request: Request) => busyText(plannedFleet(request)?.busy.replicas.atPace),
  off: (request: Request) => signed(errorOf(request, 'replicas')),
  Redis: (request: Request) => signed(errorOf(request, 'redis')),
  proxy: (request: Request) => signed(errorOf(request, 'proxy')),
  enough: (request: Request) =>
    `${smallestKept(request) ?? 'none'}${isInRange(request) === false ? ' (!)' : ''}`,
} satisfies Columns<Request>
const WIDTHS = [24, 5, 8, 5, 13, 6, 6, 6, 7]

const busyText = (busy: Range | undefined) =>
  busy
    ? `${percent(busy.value)} (${percent(busy.lo).replace(' %', '')}–${percent(busy.hi).replace(' %', '')})`
    : ABSENT

export const heldTable = ({ requests }: Pick<PlanCheck, 'requests'>): string =>
  terminalTable(tableOf(requests, COLUMNS), WIDTHS).join('\n')

/** One request, as soon as it is over. */
export const heldLine = (request: Request): string =>
  `planned ${COLUMNS.planned(request)} replicas, ${COLUMNS.busy(request)} busy; measured ${COLUMNS.measured(request)}; enough were ${COLUMNS.enough(request)}`

const signed = (share: number | null) =>
  share === null ? ABSENT : `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`

/** What a plan is worth, in a sentence with day and machine. */
export function heldText(check: PlanCheck): string {
  const { requests, medianErrors, worstError, inRange, told } = conclusionOf(check)
  return (
    `Plans for ${requests} loads that were not measured before were started on ${check.startedAt.slice(0, 10)}, ${machine(check.environment)}: ` +
    `replicas were ${percent(medianErrors.replicas)} more or less busy than planned in the median (at worst ${percent(worstError)}), and the ` +
    `range of replicas held the smallest fleet that sufficed in ${inRange} of ${told}.`
  )
}

/** Of the planned fleets whose replicas had a core each. */
function p99Text(requests: readonly Request[]): string {
  const pairs = requests.flatMap((one) => {
    const seen = plannedFleet(one)?.p99Ms
    const said = one.planned.p99Ms
    return seen && said
      ? [`${figure(seen)} ms where ${withRange(said, figure)} was planned (${one.number})`]
      : []
  })
  return pairs.length === 0 ? '' : ` p99 was ${list(pairs)}.`
}

const biasText = (bias: PlanCheck['bias']) =>
  bias.length === 0
    ? ''
    : ` Under its quota a replica took ${list(bias.map(({ replicaCores, ratio }) => `${withRange(ratio, figure)} times the CPU at ${replicaCores} of a core`))}.`

/** The same for a README. */
export const heldMarkdown = ({ requests }: Pick<PlanCheck, 'requests'>): string =>
  markdownTable(tableOf(requests, COLUMNS), 'text')

/** What it comes to, in a few sentences. */
export function heldSentences(check: Pick<PlanCheck, 'requests' | 'bias'>): string {
  const { requests: count, medianErrors, worstError, above, inRange, told, wide } = conclusionOf(check)
  const numbers = (of: readonly number[]) => list(of.map((number) => `request ${number}`))
  return (
    `Over ${counted(count, 'held-out request')} the busy share of replicas was ${percent(medianErrors.replicas)} off what was planned in the ` +
    `median, at equal pace (at worst ${percent(worstError)}), that of Redis ${percent(medianErrors.redis)} and that of the proxy ` +
    `${percent(medianErrors.proxy)}; ` +
    `${above.length === 0 ? 'none was busier than promised by more than its interval' : `${numbers(above)} busier than promised`}. ` +
    `The range of replicas held the smallest fleet that sufficed in ${inRange} of ${told} that could be told` +
    `${wide.length === 0 ? '' : `; it was wider than it should be in ${numbers(wide)}`}.` +
    p99Text(check.requests) +
    biasText(check.bias)
  )
}
