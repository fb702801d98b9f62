/** CPU of a request by tier as stacked bars, one row an arm. */
import type { BarSeriesOption } from 'echarts'
import type { CoreSummary } from '../../figures/schema.ts'
import { SERVING } from '../../record/tiers.ts'
import { upright } from './marks.ts'
import { stacked } from './rows.ts'

/**
 * @param control where a dashed line stands for the control, in the unit of the axis
 * @param scale turns CPU µs of a request into the unit of the axis
 */
export function tierBars(arms: CoreSummary['arms'], control?: number, scale = 1): BarSeriesOption[] {
  return SERVING.map(({ key, name, color }) => {
    const values = arms.map(({ metrics }) => {
      const us = metrics[`cpuUsPerRequest.${key}`]?.value
      return us === undefined ? null : us * scale
    })
    const isMarked = key === 'replicas' && control !== undefined
    return { ...stacked(name, color, values), ...(isMarked && upright(control)) }
  })
}
