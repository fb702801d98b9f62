/** The sections of a report about arrival rates: what was waited for at each, and what one more request takes. */
import type { Curve } from '../../figures/curve-schema.ts'
import { FINEST_STEP } from '../../figures/ladders/ladder.ts'
import type { Run } from '../../record/types.ts'
import { percent } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { folded, markdownTable, shown } from '../../words/tables.ts'
import { WORST_RESIDUAL } from './demand.ts'
import { bentOf, bentTable, demandTable } from './demand-tables.ts'
import type { Summary } from './schema.ts'
import { capacityTable, latencyTable, rejectedRatesTable, rungsTable } from './tables.ts'

const DEMAND_NOTE =
  'Busy cores are U = U0 + D·X at X requests/s, fitted over the rates below 90 % busy. D is the service ' +
  'demand of one more request. U0 does not grow with requests. CPU a request often falls as the rate rises, ' +
  'since each wake-up then serves more of them; U0 is then the shared part, and no figure of an idle server. ' +
  'CPU a request at one rate is D + U0 ÷ X and cannot be compared between rates; D can. No line: it is off by more than ' +
  `${percent(WORST_RESIDUAL)} at a rate that it was fitted to, and there is neither D nor U0.`

const bentLead = (isFromTurns: boolean) =>
  'Busy cores of the tiers below lie on no straight line over the rate: U = U0 + D·X is off by more than ' +
  `${percent(WORST_RESIDUAL)} at one of the rates that it was fitted to. So a request has no one cost here, and what stands below ` +
  `is CPU µs a request at each rate, ${isFromTurns ? 'from turns without handler work' : 'busy cores ÷ replies on the ladder'}. ` +
  'Each holds at its own rate, and none says what a rate beyond the last would take.'

const LATENCY_NOTE =
  'From the intended send to the last byte, in an open loop. Utilization stands beside every response time, ' +
  'because one without the other says little: near 100 % any scheme is slow.'

const REJECTED_LEAD = 'Rates with windows that a rule rejected; those are in no figure:'

export function latencySection(run: Run, summary: Summary, chart: ChartLink): Section | null {
  const { rules } = run
  if (!rules || summary.latency.length === 0) return null
  return section(
    'latency-at-an-arrival-rate',
    'Latency at an arrival rate',
    markdownTable(capacityTable(summary, rules.slo)),
    stepNote(run),
    chart('charts/capacity.svg', 'Capacity of each scheme at the SLO'),
    shown(latencyTable(summary), { below: LATENCY_NOTE }),
    chart('charts/latency.svg', 'p50 and p99 of each scheme against the arrival rate'),
    shown(rejectedRatesTable(summary), { above: REJECTED_LEAD, align: 'text' }),
    folded('Every arrival rate', shown(rungsTable(summary))),
  )
}

/** What a capacity is, and how finely the search looks for it. */
function stepNote({ plan }: Run): Part {
  const [load] = plan.flatMap(({ arm }) => (arm.load.loop === 'open' ? [arm.load] : []))
  const capacity =
    'A capacity is the rate at which half of the windows keep the SLO, from all of them in a block'
  if (!load || load.ratesPerSec) return `${capacity}; the rates were named.`
  return `${capacity}; the search ends in steps of ${percent(FINEST_STEP)}.`
}

export function demandSection(summary: Summary, curves: readonly Curve[]): Section | null {
  const { isFromTurns, rows } = bentOf(summary, curves)
  const straight = shown(demandTable(summary), { below: DEMAND_NOTE })
  const bent = shown(bentTable(rows), { above: bentLead(isFromTurns) })
  return straight === null && bent === null ? null : section('demand', 'Demand', straight, bent)
}
