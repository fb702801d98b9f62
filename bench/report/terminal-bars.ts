/** CPU of a request as stacked bars of letters: what the chart says, where there is no picture. */
import { ROLES } from '../experiments/roles.ts'
import type { Curve } from '../figures/curve-schema.ts'
import { isSamePoint } from '../figures/turns.ts'
import { SERVING } from '../record/tiers.ts'
import type { Point } from '../record/types.ts'
import { armLabel, figure } from '../words/format.ts'
import type { Summary } from './schema.ts'

const NAME_WIDTH = 21
const BAR_WIDTH = 50

/** Empty where the run has no experiment `cost`. */
export function costBars({ arms, costCurves }: Summary): string[] {
  const { everyday } = costCurves
  return everyday ? everydayBars(costCurves.curves, everyday) : saturationBars(arms)
}

/** What each scheme adds, the least first. */
function everydayBars(curves: readonly Curve[], everyday: Point): string[] {
  const rows = curves.flatMap(({ scheme, twin, points }) => {
    const tax = points.find((point) => isSamePoint(point, everyday))?.taxUs
    return tax && !twin ? [{ scheme, us: Math.max(0, tax.estimate.value) }] : []
  })
  const most = Math.max(...rows.map(({ us }) => us))
  if (!(most > 0)) return []
  return [
    `CPU µs that auth adds to a request at ${figure(everyday.perSec ?? 0)}/s`,
    ...rows
      .sort((a, b) => a.us - b.us)
      .map(({ scheme, us }) => {
        const length = Math.round((BAR_WIDTH * us) / most)
        return `${scheme.padEnd(NAME_WIDTH)}${'█'.repeat(length)} ${figure(us)}`
      }),
  ]
}

function saturationBars(arms: Summary['arms']): string[] {
  const rows = arms.flatMap(({ arm, metrics }) => {
    const total = metrics['cpuUsPerRequest.total']
    return arm.experiment === ROLES.cost && !arm.twin && total ? [{ arm, metrics, total: total.value }] : []
  })
  if (rows.length === 0) return []
  const most = Math.max(...rows.map(({ total }) => total))
  const heading = `CPU µs/request: ${SERVING.map(({ name, letter }) => `${letter} ${name}`).join('  ')}`
  return [
    heading,
    ...rows.map(({ arm, metrics, total }) => {
      const values = SERVING.map(({ key }) => metrics[`cpuUsPerRequest.${key}`]?.value ?? 0)
      return `${armLabel(arm).padEnd(NAME_WIDTH)}${bar(values, most)} ${figure(total)}`
    }),
  ]
}

/** Ends are rounded and not lengths, so that the whole is as long as the sum. */
function bar(values: readonly number[], most: number): string {
  let sum = 0
  let drawn = 0
  return values
    .map((value, i) => {
      sum += value
      const end = Math.round((BAR_WIDTH * sum) / most)
      const part = (SERVING[i]?.letter ?? '').repeat(Math.max(0, end - drawn))
      drawn = Math.max(drawn, end)
      return part
    })
    .join('')
}
