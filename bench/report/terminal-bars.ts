/** CPU of a request as stacked bars of letters: what the chart says, where there is no picture. */
import { ROLES } from '../experiments/roles.ts'
import { SERVING } from '../record/tiers.ts'
import { armLabel, figure } from '../words/format.ts'
import type { Summary } from './schema.ts'

const NAME_WIDTH = 21
const BAR_WIDTH = 50

/** Empty where the run has no experiment `cost`. */
export function costBars({ arms }: Summary): string[] {
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
