/** CPU of a request by tier, stacked, with the auth tax spelled out beside each bar. */
import type { BarSeriesOption } from 'echarts'
import type { Run, Summary } from '../../types.ts'
import { nothingDetected } from '../comparisons.ts'
import { armLabel, compared, figure, styles } from '../format.ts'
import { isControl } from '../records.ts'
import { cpuText } from '../warnings.ts'
import { armsOf, nameAxis, provenance, rowLabels, valueAxis, whiskers } from './axes.ts'
import { ink, tierColors } from './palette.ts'
import { renderSvg } from './svg.ts'

const tiers = [
  { key: 'replicas', name: 'replica' },
  { key: 'redis', name: 'Redis' },
  { key: 'proxy', name: 'proxy' },
] as const

type Arms = Summary['arms']

/** Null where the run has no experiment `cost`. */
export function costChart(run: Run, summary: Summary): string | null {
  const arms = armsOf(summary, 'cost')
  if (arms.length === 0) return null
  const totals = arms.map(({ metrics }) => metrics['cpuUsPerRequest.total'])
  const control = arms.find(({ arm }) => isControl(arm) && !arm.twin)?.metrics['cpuUsPerRequest.total']?.value
  const note =
    'dashed: control · right: auth tax, what a scheme adds to the control · ~ no difference detected'
  return renderSvg(
    { title: finding(summary, arms), subtitle: `${provenance(run, totals)}\n${note}` },
    {
      grid: { left: 158, right: 215, top: 108, bottom: 48 },
      legend: {
        left: 154,
        top: 78,
        itemHeight: 11,
        itemWidth: 16,
        itemGap: 20,
        textStyle: { color: ink.text, fontSize: 12 },
      },
      xAxis: valueAxis('CPU µs per request'),
      yAxis: nameAxis(arms.map(({ arm }) => armLabel(arm))),
      series: [
        ...tiers.map((tier) => bars(tier, arms, tier.key === 'replicas' ? control : undefined)),
        whiskers(totals),
        rowLabels(arms.map(taxLabel)),
      ],
    },
  )
}

function bars(
  { key, name }: (typeof tiers)[number],
  arms: Arms,
  control: number | undefined,
): BarSeriesOption {
  return {
    type: 'bar',
    name,
    stack: 'cpu',
    barWidth: '62%',
    silent: true,
    itemStyle: { color: tierColors[key] },
    data: arms.map(({ metrics }) => metrics[`cpuUsPerRequest.${key}`]?.value ?? null),
    ...(control === undefined
      ? {}
      : {
          markLine: {
            silent: true,
            symbol: 'none',
            label: { show: false },
            lineStyle: { color: ink.muted, type: 'dashed', width: 1 },
            data: [{ xAxis: control }],
          },
        }),
  }
}

function taxLabel({ arm, authTaxUs, warnings }: Arms[number]): string {
  if (isControl(arm)) return ''
  const text = compared(authTaxUs, styles.added)
  return cpuText(authTaxUs?.detected ? text.replace(' (', ' µs (') : text, warnings)
}

/** The chart's finding: the smallest and the largest auth tax that were detected. */
function finding({ aa }: Summary, arms: Arms): string {
  const taxes = arms
    .flatMap(({ arm, authTaxUs }) => (authTaxUs ? [{ scheme: arm.scheme, ...authTaxUs }] : []))
    .sort((a, b) => a.estimate.value - b.estimate.value)
  const seen = taxes.filter(({ detected }) => detected)
  const [least, most] = [seen[0], seen.at(-1)]
  if (taxes.length === 0) return 'CPU of a request under each scheme'
  if (!least || !most) return `CPU of a request: ${nothingDetected(aa).toLowerCase()}`
  const tax = ({ scheme, estimate }: typeof least) =>
    `${figure(Math.round(estimate.value), 100)} µs (${scheme})`
  return `Auth adds ${least === most ? tax(least) : `${tax(least)} to ${tax(most)}`} of CPU to a request`
}
