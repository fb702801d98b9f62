/** Plans beside what was measured, in 80 columns. */
import type { PlanCheck } from '../../record/types.ts'
import { ABSENT, counted, figure, list, percent, withRange } from '../../words/format.ts'
import { markdownTable, terminalTable } from '../../words/tables.ts'
import { conclusionOf, errorOf, isInRange, plannedFleet, smallestKept } from './judged.ts'

type Request = PlanCheck['requests'][number]

const HEAD = ['request', 'cores', 'planned', 'replicas busy: planned, measured', 'Redis, proxy', 'enough']
const WIDTHS = [13, 6, 11, 25, 15, 10]

export const heldTable = ({ requests }: Pick<PlanCheck, 'requests'>): string =>
  terminalTable({ head: HEAD, rows: requests.map(row) }, WIDTHS).join('\n')

/** One request, as soon as it is over. */
export const heldLine = (request: Request): string => `  ${row(request).slice(2).join(' · ')}`

function row(request: Request): string[] {
  const { scheme, rps, replicaCores, planned } = request
  const { value, lo, hi } = planned.replicas
  const seen = plannedFleet(request)
  const error = (tier: 'redis' | 'proxy') => signed(errorOf(request, tier))
  const smallest = smallestKept(request)
  const said = { true: 'in range', false: 'NOT in range', null: 'not told' }[String(isInRange(request))]
  const busy = seen ? withRange(seen.busy.replicas.atPace, percent) : ABSENT
  return [
    `${scheme} ${figure(rps)}/s`,
    String(replicaCores),
    `${value} (${lo}–${hi})`,
    `${percent(planned.busy.replicas)}, ${busy}: ${signed(errorOf(request, 'replicas'))}`,
    `${error('redis')}, ${error('proxy')}`,
    `${smallest ?? 'none'}: ${said}`,
  ]
}

const signed = (share: number | null) =>
  share === null ? ABSENT : `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`

const biasText = (bias: PlanCheck['bias']) =>
  bias.length === 0
    ? ''
    : `Under its quota a replica took ${list(bias.map(({ replicaCores, ratio }) => `${withRange(ratio, figure)} times the CPU at ${replicaCores} of a core`))}.`

/** The same for a README. */
export const heldMarkdown = ({ requests }: Pick<PlanCheck, 'requests'>): string =>
  markdownTable({ head: HEAD, rows: requests.map(row) }, 'text')

/** What it comes to, in a few sentences. */
export function heldSentences(check: Pick<PlanCheck, 'requests' | 'bias'>): string {
  const { requests, medianError, worstError, above, inRange, told, wide } = conclusionOf(check)
  const numbers = (of: readonly number[]) => list(of.map((number) => `request ${number}`))
  return (
    `Over ${counted(requests, 'held-out request')} replicas were ${percent(medianError)} off what was planned in the median, at equal pace ` +
    `(at worst ${percent(worstError)}); ` +
    `${above.length === 0 ? 'none was busier than promised by more than its interval' : `${numbers(above)} busier than promised`}. ` +
    `The range of replicas held the smallest fleet that sufficed in ${inRange} of ${told} that could be told` +
    `${wide.length === 0 ? '' : `; it was wider than it should be in ${numbers(wide)}`}. ` +
    biasText(check.bias)
  )
}
