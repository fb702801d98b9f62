/** What each tuning changes about the CPU of a request: a dot with its interval for each, by what it is compared with. */

import type { ScatterSeriesOption } from 'echarts'
import type { Comparison } from '../../figures/comparisons.ts'
import { schemePlace } from '../../figures/records.ts'
import type { CoreSummary } from '../../figures/schema.ts'
import type { Arm, Run } from '../../record/types.ts'
import { nameAxis, provenance, rowLabels, valueAxis, whiskers } from '../../words/charts/axes.ts'
import { ink, lookOf } from '../../words/charts/palette.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { figure, NOT_DETECTED, styles, withInterval } from '../../words/format.ts'

/** A tuning, or with `cost` null the heading above those of one scheme. */
interface Row {
  name: string
  scheme: string
  cost: Comparison | null
}

const ROW_HEIGHT = 17
const TOP = 94
const BOTTOM = 48

/** Null where the run has no experiment `knobs` with anything to compare. */
export function knobsChart(run: Run, summary: CoreSummary): Drawing | null {
  const rows = rowsOf(summary)
  if (rows.length === 0) return null
  const costs = rows.map(({ cost }) => cost?.estimate)
  const note = 'against the scheme as it is, in the same block; left of the line saves CPU'
  const { min: _, ...axis } = valueAxis('change of CPU µs per request: replica, Redis and proxy together')
  return drawing(
    {
      title: finding(summary, rows),
      subtitle: `${provenance(run, costs)}\n${note} · hollow, ~: no difference detected`,
    },
    {
      grid: { left: 176, right: 196, top: TOP, bottom: BOTTOM },
      xAxis: axis,
      yAxis: names(rows),
      series: [dots(rows), whiskers(costs), rowLabels(rows.map(label))],
    },
    TOP + BOTTOM + ROW_HEIGHT * rows.length,
  )
}

function rowsOf({ arms }: CoreSummary): Row[] {
  const all = arms.filter(({ arm, versus }) => arm.experiment === 'knobs' && versus?.cpuDifferenceUs)
  const baseOf = (id: string | undefined) => arms.find(({ arm }) => arm.id === id)?.arm.scheme ?? ''
  const tuned = all.map(({ arm, versus }) => {
    const scheme = baseOf(versus?.arm)
    return { name: tuningName(arm), scheme, cost: versus?.cpuDifferenceUs ?? null }
  })
  const schemes = [...new Set(tuned.map(({ scheme }) => scheme))].sort(
    (a, b) => schemePlace(a) - schemePlace(b),
  )
  return schemes.flatMap((scheme) => [
    { name: scheme, scheme, cost: null },
    ...tuned.filter((row) => row.scheme === scheme),
  ])
}

const INSTEAD = ' instead'

/** What was changed about the base; another scheme where it has no words for it. */
function tuningName({ variant, scheme }: Arm): string {
  return variant === null ? `${scheme}${INSTEAD}` : variant.replaceAll('-', ' ')
}

function names(rows: readonly Row[]) {
  const axis = nameAxis(rows.map(({ name, cost }) => (cost ? name : `{heading|${name}}`)))
  const heading = { fontWeight: 'bold' as const, fontSize: 12, color: ink.text }
  return {
    ...axis,
    axisLabel: { color: ink.text, fontSize: 12, interval: 0, rich: { heading } },
    axisLine: { show: false },
  } as typeof axis
}

function dots(rows: readonly Row[]): ScatterSeriesOption {
  return {
    type: 'scatter',
    silent: true,
    z: 6,
    symbolSize: 9,
    data: rows.flatMap(({ cost, scheme }, row) => {
      if (!cost) return []
      const { color } = lookOf(scheme)
      const hollow = { color: ink.background, borderColor: color, borderWidth: 1.5 }
      return [
        {
          value: [cost.estimate.value, row],
          itemStyle: { opacity: 1, ...(cost.detected ? { color } : hollow) },
        },
      ]
    }),
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: ink.muted, type: 'solid', width: 1 },
      data: [{ xAxis: 0 }],
    },
  }
}

/** The smallest effect that would have been seen stands in the table; here it would fill the row. */
const UNSEEN = { value: () => NOT_DETECTED, end: figure }

function label({ cost }: Row): string {
  if (!cost) return ''
  return withInterval(cost.estimate, cost.detected ? styles.added : UNSEEN)
}

/** The chart's finding: what saves most and what costs most, of all that was detected. */
function finding({ aa }: CoreSummary, rows: readonly Row[]): string {
  const seen = rows
    .flatMap(({ cost, ...row }) => (cost?.detected ? [{ ...row, us: cost.estimate.value }] : []))
    .sort((a, b) => a.us - b.us)
  const [best, worst] = [seen[0], seen.at(-1)]
  const said = ({ name, scheme, us }: (typeof seen)[number]) =>
    `${name.endsWith(INSTEAD) ? `${name} of ${scheme}` : `${name} (${scheme})`} ${us < 0 ? 'saves' : 'costs'} ${figure(Math.abs(us))} µs`
  const parts = [
    ...(best && best.us < 0 ? [`${said(best)} of CPU a request`] : []),
    ...(worst && worst.us > 0 ? [said(worst)] : []),
  ]
  if (parts.length > 0) return capital(parts.join(', '))
  return aa
    ? 'No tuning made a difference that can be told from noise'
    : 'The control was not measured twice, so no difference can be called real'
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
