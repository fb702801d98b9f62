/** CPU of a request by tier as stacked bars, one row an arm. */
import type { BarSeriesOption } from 'echarts'
import type { Summary } from '../../report/schema.ts'
import { upright } from './marks.ts'
import { tierColors } from './palette.ts'
import { stacked } from './rows.ts'

const tiers = [
  { key: 'replicas', name: 'replica' },
  { key: 'redis', name: 'Redis' },
  { key: 'proxy', name: 'proxy' },
] as const

/**
 * @param control where a dashed line stands for the control, in the unit of the axis
 * @param scale turns CPU µs of a request into the unit of the axis
 */
export function tierBars(arms: Summary['arms'], control?: number, scale = 1): BarSeriesOption[] {
  return tiers.map(({ key, name }) => {
    const values = arms.map(({ metrics }) => {
      const us = metrics[`cpuUsPerRequest.${key}`]?.value
      return us === undefined ? null : us * scale
    })
    const isMarked = key === 'replicas' && control !== undefined
    return { ...stacked(name, tierColors[key], values), ...(isMarked && upright(control)) }
  })
}
