/** The sections of a report about arrival rates: what was waited for at each, and what one more request takes. */
import type { Run } from '../../record/types.ts'
import { percent } from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { folded, markdownTable, shown } from '../../words/tables.ts'
import { WORST_RESIDUAL } from './demand.ts'
import type { Summary } from './schema.ts'
import { capacityTable, demandTable, latencyTable, rejectedRatesTable, rungsTable } from './tables.ts'

const DEMAND_NOTE =
  'Busy cores are U = U0 + D·X at X requests/s, fitted over the rates below 90 % busy. D is the service ' +
  'demand of one more request. U0 does not grow with requests. CPU a request often falls as the rate rises, ' +
  'since each wake-up then serves more of them; U0 is then the shared part, and no figure of an idle server. ' +
  'CPU a request at one rate is D + U0 ÷ X and cannot be compared between rates; D can. If the worst ' +
  `residual is above ${percent(WORST_RESIDUAL)}, a straight line describes the scheme poorly, and D is no ` +
  'basis for a plan.'

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

/** How finely the search tells one capacity from another. */
function stepNote({ plan }: Run): Part {
  const [load] = plan.flatMap(({ arm }) => (arm.load.loop === 'open' ? [arm.load] : []))
  if (!load || load.ratesPerSec)
    return 'Rates were named: a capacity is the highest of them that kept the SLO.'
  const step = 2 ** (0.5 ** load.searchRungs) - 1
  return (
    `The search ends in steps of ${percent(step)}: a capacity is the last rate that kept the SLO before the ` +
    'first step that did not. Equal figures mean the same step.'
  )
}

export function demandSection(summary: Summary): Section | null {
  const table = shown(demandTable(summary), { below: DEMAND_NOTE })
  return table === null ? null : section('demand', 'Demand', table)
}
