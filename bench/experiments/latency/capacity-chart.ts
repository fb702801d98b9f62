/** The arrival rate up to which each scheme kept the SLO, with its interval and its knee. */
import { CONTROL } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { provenance, valueAxis } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { dots, hollow, said, whiskers } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { inRows } from '../../words/charts/rows.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { inFamilies } from '../../words/families.ts'
import { figure } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { boundText, capacityText, isLowerBound, limitText, sloText } from './tables.ts'

type Entries = Summary['latency']

/** Null where the run has no ladder, or nothing is known of any of them. */
export function capacityChart(run: Run, summary: Summary): Drawing | null {
  const latency = inFamilies(
    summary.latency,
    ({ scheme, capacityPerSec }) => ({ scheme, value: capacityPerSec?.value }),
    'most',
  )
  if (!run.rules || latency.every(({ rungs }) => rungs.length === 0)) return null
  const { slo } = run.rules
  const estimates = latency.map(({ capacityPerSec }) => capacityPerSec)
  const apart = estimates.map((estimate) => (estimate && estimate.lo < estimate.hi ? estimate : null))
  const hollowNote = latency.some(isLowerBound)
    ? ' · ≥ hollow: at least; no rate sent near it broke the SLO'
    : ''
  const lines = [
    provenance(run, estimates),
    `open loop, ${arrivalsOf(run)} · SLO: ${sloText(slo)}`,
    `grey tick: knee, most throughput ÷ mean latency${hollowNote}`,
  ]
  const option = inRows({
    room: { top: 101 },
    x: valueAxis('arrivals per second, one replica, open loop'),
    names: latency.map(({ scheme }) => scheme),
    series: [stems(latency), knees(latency), whiskers(apart), capacities(latency)],
    labels: latency.map((entry) => (entry.capacityPerSec ? capacityText(entry) : limitText(entry))),
    told: 'by-marks',
  })
  return drawing(titleOf(latency, boundText(slo)), lines, option)
}

/** `Poisson arrivals, windows of 1 s` */
export function arrivalsOf({ plan }: Run): string {
  const ladder = plan.find(({ arm }) => arm.load.loop === 'open')?.arm
  const even = ladder?.load.loop === 'open' && ladder.load.spacing === 'even'
  return `${even ? 'even' : 'Poisson'} arrivals, ${ladder?.measureSec ?? 0} s a rate`
}

function capacities(latency: Entries) {
  const data = latency.flatMap((entry, row) => {
    if (!entry.capacityPerSec) return []
    const { color, symbol } = lookOf(entry.scheme)
    const itemStyle = { ...(isLowerBound(entry) ? hollow(color) : { color }), opacity: 1 }
    const name = said(entry.scheme, 'capacity', entry.capacityPerSec, 'arrivals/s')
    return [{ name, value: [entry.capacityPerSec.value, row], symbol, itemStyle }]
  })
  return dots(data, { symbolSize: 12 })
}

/** A thin bar from zero leads the eye from the name to the dot. */
function stems(latency: Entries) {
  return {
    type: 'bar' as const,
    silent: true,
    barWidth: 2,
    data: latency.map(({ scheme, capacityPerSec }) => ({
      value: capacityPerSec?.value ?? null,
      itemStyle: { color: lookOf(scheme).color, opacity: 0.35 },
    })),
  }
}

function knees(latency: Entries) {
  const data = latency.flatMap(({ kneePerSec }, row) => (kneePerSec === null ? [] : [[kneePerSec, row]]))
  return dots(data, { z: 4, symbol: 'rect', symbolSize: [3, 16], itemStyle: { color: '#999999' } })
}

/** The chart's finding: the largest and the smallest capacity that a scheme was seen to have. */
function titleOf(latency: Entries, bound: string): string {
  const known = latency.flatMap((entry) =>
    entry.capacityPerSec && entry.scheme !== CONTROL ? [{ ...entry, value: entry.capacityPerSec.value }] : [],
  )
  const range = leastToMost(known, (one) => `${isLowerBound(one) ? 'at least ' : ''}${figure(one.value)}/s`)
  if (range === null) return `No capacity at ${bound} is known`
  return known.length === 1
    ? `One replica keeps ${bound} up to ${range}`
    : `With ${bound}, one replica takes ${range}`
}
