/** CPU of a request by tier as stacked bars, one row an arm. */
import type { BarSeriesOption } from 'echarts'
import type { CoreSummary } from '../../figures/schema.ts'
import { ink, tierColors } from './palette.ts'

const tiers = [
  { key: 'replicas', name: 'replica' },
  { key: 'redis', name: 'Redis' },
  { key: 'proxy', name: 'proxy' },
] as const

/**
 * @param control where a dashed line stands for the control, in the unit of the axis
 * @param scale turns CPU µs of a request into the unit of the axis
 */
export function tierBars(arms: CoreSummary['arms'], control?: number, scale = 1): BarSeriesOption[] {
  return tiers.map(({ key, name }) => ({
    type: 'bar',
    name,
    stack: 'cpu',
    barWidth: '62%',
    silent: true,
    itemStyle: { color: tierColors[key] },
    data: arms.map(({ metrics }) => {
      const us = metrics[`cpuUsPerRequest.${key}`]?.value
      return us === undefined ? null : us * scale
    }),
    ...(key === 'replicas' && control !== undefined ? { markLine: lineAt(control) } : {}),
  }))
}

function lineAt(x: number): NonNullable<BarSeriesOption['markLine']> {
  return {
    silent: true,
    symbol: 'none',
    label: { show: false },
    lineStyle: { color: ink.muted, type: 'dashed', width: 1 },
    data: [{ xAxis: x }],
  }
}

/** Which colour is which tier, in one line. */
export function tierLegend(left: number, top: number) {
  const textStyle = { color: ink.text, fontSize: 12 }
  return { left, top, itemHeight: 11, itemWidth: 16, itemGap: 20, textStyle }
}
