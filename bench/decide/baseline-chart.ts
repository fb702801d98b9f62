/** What every scheme takes beyond one that the reader picks, at his load: sorted by value within its family, coloured by what was told. */
import { schemeNames } from '../../servers/scheme.ts'
import { CONTROL } from '../figures/records.ts'
import type { OverRuns } from '../figures/runs/over-runs.ts'
import { valueAxis } from '../words/charts/axes.ts'
import { upright } from '../words/charts/marks.ts'
import { ink } from '../words/charts/palette.ts'
import { inRows } from '../words/charts/rows.ts'
import { type Drawing, drawing } from '../words/charts/svg.ts'
import { inFamilies } from '../words/families.ts'
import { figure, withRange } from '../words/format.ts'
import type { Basis } from './basis.ts'
import { differenceAtLoad, sideAt } from './decision.ts'
import type { ServiceLoad } from './load.ts'
import { endsText } from './words.ts'

/** What a scheme takes beyond the baseline, in CPU µs a request. */
export interface Beside {
  scheme: string
  byUs: OverRuns
  isTold: boolean
}

/** @param baseline a scheme, or the control */
export function besideBaseline(basis: Basis, load: ServiceLoad, baseline: string): Beside[] {
  const all = schemeNames.flatMap((scheme): Beside[] => {
    if (scheme === baseline || scheme === CONTROL) return []
    if (baseline === CONTROL) {
      const side = sideAt(basis, load, scheme)
      return side ? [{ scheme, byUs: side.taxUs, isTold: side.isTold }] : []
    }
    const found = differenceAtLoad(basis, { ...load, schemes: [scheme, baseline] })
    return found ? [{ scheme, byUs: found.byUs, isTold: found.isTold }] : []
  })
  return inFamilies(all, ({ scheme, byUs }) => ({ scheme, value: byUs.value }), 'least')
}

/** Less than the baseline, more than it, and not told from it. */
const COLORS = { less: '#00695c', more: '#b3541e', open: '#9a9a9a' } as const

const ROW_PX = 24

/** Null where nothing was measured beside it. */
export function baselineChart(basis: Basis, load: ServiceLoad, baseline: string): Drawing | null {
  const rows = besideBaseline(basis, load, baseline)
  if (rows.length === 0) return null
  const us = (value: number) => figure(Math.round(value), Math.max(100, Math.abs(value)))
  const signed = (value: number) => `${value > 0 ? '+' : ''}${us(value)}`
  const option = inRows({
    room: { top: 84, right: 220, bottom: 48 },
    x: valueAxis(`CPU µs of a request beyond ${baseline === CONTROL ? 'no auth' : baseline}`, {}),
    names: rows.map(({ scheme }) => scheme),
    series: [
      {
        type: 'bar',
        barWidth: '62%',
        silent: true,
        data: rows.map(({ byUs, isTold }) => ({
          value: byUs.value,
          itemStyle: { color: isTold ? (byUs.value < 0 ? COLORS.less : COLORS.more) : COLORS.open },
        })),
        ...upright(0, { type: 'solid', color: ink.text }),
      },
    ],
    labels: rows.map(({ byUs, isTold }) => {
      const text = withRange(byUs, signed)
      return isTold ? text : { muted: text }
    }),
    told: rows.map(({ byUs }) => endsText(byUs)),
  })
  const told = `at ${figure(load.perSec)} requests/s, ${figure(load.handlerUs)} µs of your own code`
  return drawing(
    titleOf(rows, baseline),
    [`${told} · green: less · brown: more · grey: not told apart · ${basis.machine}`],
    option,
    150 + ROW_PX * rows.length,
  )
}

function titleOf(rows: readonly Beside[], baseline: string): string {
  const less = rows.filter(({ byUs, isTold }) => isTold && byUs.value < 0)
  const more = rows.filter(({ byUs, isTold }) => isTold && byUs.value > 0)
  const name = baseline === CONTROL ? 'a service without auth' : baseline
  const open = rows.length - less.length - more.length
  const parts = [
    less.length > 0 && `${less.length} take less`,
    more.length > 0 && `${more.length} more`,
    open > 0 && `${open} ${open === 1 ? 'was' : 'were'} not told from it`,
  ].filter(Boolean)
  return `Beside ${name}: ${parts.join(', ')}`
}
