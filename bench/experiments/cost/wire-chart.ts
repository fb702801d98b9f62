/** Bytes that a request and its reply take on the wire, and what of them is the credential’s. */

import type { BarSeriesOption } from 'echarts'
import { isControl } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Run } from '../../record/types.ts'
import { armsOf, nameAxis, provenance, rowLabels, valueAxis } from '../../words/charts/axes.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { tierLegend } from '../../words/charts/tier-bars.ts'
import { armLabel, figure } from '../../words/format.ts'

type Arms = CoreSummary['arms']

const DIRECTIONS = [
  { key: 'bytesSentPerRequest', name: 'request', color: '#4477aa' },
  { key: 'bytesReceivedPerRequest', name: 'reply', color: '#ccbb44' },
] as const

/** Null where the run has no experiment `cost`. */
export function wireChart(run: Run, summary: CoreSummary): Drawing | null {
  const arms = armsOf(summary, 'cost').filter(({ arm }) => !arm.twin)
  if (arms.length === 0) return null
  const control = arms.find(({ arm }) => isControl(arm))
  const base = control && bytesOf(control)
  const estimates = arms.flatMap(({ metrics }) => DIRECTIONS.map(({ key }) => metrics[key]))
  return drawing(
    {
      title: finding(arms, base),
      subtitle: `${provenance(run, estimates)}\nheaders and bodies of HTTP/1.1 between client and proxy, as the generator counts them · right: beyond the control`,
    },
    {
      grid: { left: 158, right: 120, top: 108, bottom: 48 },
      legend: tierLegend(154, 78),
      xAxis: valueAxis('bytes per request'),
      yAxis: nameAxis(arms.map(({ arm }) => armLabel(arm))),
      series: [
        ...DIRECTIONS.map(
          ({ key, name, color }): BarSeriesOption => ({
            type: 'bar',
            name,
            stack: 'bytes',
            barWidth: '62%',
            silent: true,
            itemStyle: { color },
            data: arms.map(({ metrics }) => metrics[key]?.value ?? null),
          }),
        ),
        rowLabels(arms.map((entry) => (isControl(entry.arm) ? '' : added(entry, base)))),
      ],
    },
  )
}

/** Both directions; null where either was not counted. */
function bytesOf({ metrics }: Arms[number]): number | null {
  const [sent, received] = DIRECTIONS.map(({ key }) => metrics[key]?.value)
  return sent === undefined || received === undefined ? null : sent + received
}

function added(entry: Arms[number], base: number | null | undefined): string {
  const own = bytesOf(entry)
  return own === null || base === null || base === undefined ? '' : `+${figure(Math.round(own - base))}`
}

function finding(arms: Arms, base: number | null | undefined): string {
  const more = arms
    .flatMap((entry) => {
      const own = bytesOf(entry)
      if (isControl(entry.arm) || own === null || base === null || base === undefined) return []
      return [{ scheme: entry.arm.scheme, bytes: Math.round(own - base) }]
    })
    .sort((a, b) => a.bytes - b.bytes)
  const [least, most] = [more[0], more.at(-1)]
  if (!least || !most) return 'Bytes of a request and its reply'
  const one = ({ scheme, bytes }: typeof least) => `${figure(bytes)} bytes (${scheme})`
  return `A credential adds ${least === most ? one(least) : `${one(least)} to ${one(most)}`} to a request`
}
