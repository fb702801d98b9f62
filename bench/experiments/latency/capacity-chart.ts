/** The highest arrival rate at which each scheme kept the SLO, with its interval and its knee. */

import type { ScatterSeriesOption } from 'echarts'
import { CONTROL } from '../../figures/records.ts'
import type { Run } from '../../record/types.ts'
import { nameAxis, provenance, rowLabels, valueAxis, whiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure } from '../../words/format.ts'
import type { Summary } from './schema.ts'
import { boundText, capacityText, isLowerBound, limitText, sloText } from './tables.ts'

type Entries = Summary['latency']

/** Null where the run has no ladder, or none of which anything is known. */
export function capacityChart(run: Run, { latency }: Summary): Drawing | null {
  if (!run.rules || latency.every(({ rungs }) => rungs.length === 0)) return null
  const { slo } = run.rules
  const estimates = latency.map(({ capacityPerSec }) => capacityPerSec)
  const apart = estimates.map((estimate) => (estimate && estimate.lo < estimate.hi ? estimate : null))
  const notes = [
    'grey tick: knee, most throughput ÷ mean latency',
    ...(latency.some(isLowerBound)
      ? ['≥ hollow: at least, no rate near it was sent that broke the SLO']
      : []),
  ]
  return drawing(
    {
      title: finding(latency, boundText(slo)),
      subtitle: [
        provenance(run, estimates),
        `open loop, ${arrivalsOf(run)} · SLO: ${sloText(slo)}`,
        notes.join(' · '),
      ].join('\n'),
    },
    {
      grid: { left: 158, right: 215, top: 101, bottom: 48 },
      xAxis: valueAxis('arrivals per second, one replica, open loop'),
      yAxis: nameAxis(latency.map(({ scheme }) => scheme)),
      series: [stems(latency), knees(latency), whiskers(apart), dots(latency), rowLabels(latency.map(label))],
    },
  )
}

/** `Poisson arrivals, windows of 1 s` */
export function arrivalsOf({ plan }: Run): string {
  const ladder = plan.find(({ arm }) => arm.load.loop === 'open')?.arm
  const even = ladder?.load.loop === 'open' && ladder.load.spacing === 'even'
  return `${even ? 'even' : 'Poisson'} arrivals, ${ladder?.measureSec ?? 0} s a rate`
}

function label(entry: Entries[number]): string {
  return entry.capacityPerSec ? capacityText(entry) : limitText(entry)
}

function dots(latency: Entries): ScatterSeriesOption {
  return {
    type: 'scatter',
    silent: true,
    z: 6,
    symbolSize: 12,
    data: latency.flatMap((entry, row) => {
      if (!entry.capacityPerSec) return []
      const { color, symbol } = lookOf(entry.scheme)
      const hollow = { color: ink.background, borderColor: color, borderWidth: 2 }
      const itemStyle = { ...(isLowerBound(entry) ? hollow : { color }), opacity: 1 }
      return [{ value: [entry.capacityPerSec.value, row], symbol, itemStyle }]
    }),
  }
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

function knees(latency: Entries): ScatterSeriesOption {
  return {
    type: 'scatter',
    silent: true,
    z: 4,
    symbol: 'rect',
    symbolSize: [3, 16],
    itemStyle: { color: '#999999' },
    data: latency.flatMap(({ kneePerSec }, row) => (kneePerSec === null ? [] : [[kneePerSec, row]])),
  }
}

/** The chart's finding: the largest and the smallest capacity that a scheme was seen to have. */
function finding(latency: Entries, bound: string): string {
  const known = latency
    .flatMap((entry) =>
      entry.capacityPerSec && entry.scheme !== CONTROL ? [{ entry, value: entry.capacityPerSec.value }] : [],
    )
    .sort((a, b) => b.value - a.value)
  const [most, least] = [known[0], known.at(-1)]
  if (!most || !least) return `No capacity at ${bound} is known`
  const one = ({ entry, value }: typeof most) =>
    `${isLowerBound(entry) ? 'at least ' : ''}${figure(value)}/s (${entry.scheme})`
  if (most === least) return `One replica keeps ${bound} up to ${one(most)}`
  return `With ${bound}, one replica takes ${one(least)} to ${one(most)}`
}
