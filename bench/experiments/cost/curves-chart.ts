/** CPU that each scheme adds to a request against the arrival rate: a panel for each amount of handler work. */
import type { CustomSeriesOption, LineSeriesOption } from 'echarts'
import type { Curve } from '../../figures/curve-schema.ts'
import type { Run } from '../../record/types.ts'
import { source, tick } from '../../words/charts/axes.ts'
import { leastToMost } from '../../words/charts/finding.ts'
import { endLabel, hollow, said, schemeLine, verticalWhiskers } from '../../words/charts/marks.ts'
import { lookOf } from '../../words/charts/palette.ts'
import { smallMultiples } from '../../words/charts/panels.ts'
import { type Drawing, drawing } from '../../words/charts/svg.ts'
import { counted, figure, pText } from '../../words/format.ts'
import { THE_TWO } from '../roles.ts'
import { handlersIn, handlerText, ratesIn } from './curves-section.ts'
import type { Summary } from './schema.ts'

type Curves = Summary['costCurves']

/** More lines than so many hide each other: the two that the argument is about stand out then, and the others are told by pointing at them. */
const MOST_ALIKE = 6
const FAINT = 0.3

/** More intervals than those of so many schemes would hide each other. */
const MOST_WITH_WHISKERS = 4

/** Beside the outermost rates, for their marks and intervals. */
const ROOM = 1.25

/** Null where no scheme was measured at two rates beside a control. */
export function curvesChart(run: Run, { costCurves }: Summary): Drawing | null {
  const curves = costCurves.curves.filter(({ points }) =>
    points.some(({ taxUs, perSec }) => taxUs && perSec !== null),
  )
  const handlers = handlersIn(costCurves).filter((us) => openRates(costCurves, us).length > 1)
  if (curves.length === 0 || handlers.length === 0) return null
  const taxes = curves.flatMap(({ points }) => points.flatMap(({ taxUs }) => taxUs ?? []))
  const turns = Math.max(...taxes.map(({ estimate }) => estimate.n))
  const withEnds = curves.length <= MOST_WITH_WHISKERS
  const most = Math.max(...taxes.map(({ estimate }) => estimate.value))
  const highest = Math.max(...taxes.map(({ estimate }) => estimate.hi))
  // An interval without end would leave no room for what it is about.
  const top = withEnds ? Math.min(highest, 2 * most) : most
  const area = { left: 56, right: 150, top: 128, bottom: 56, gapX: 150 }
  const standsOut = ({ scheme }: Curve) =>
    curves.length <= MOST_ALIKE || THE_TWO.some((one) => one === scheme)
  const { option, height } = smallMultiples(handlers, area, (handlerUs) => {
    const rates = openRates(costCurves, handlerUs)
    return {
      title: { text: `µs added, ${handlerText(handlerUs)}`, above: 26 },
      x: {
        ...{
          type: 'log',
          name: 'arrivals a second on one replica',
          min: (rates[0] ?? 1) / ROOM,
          max: (rates.at(-1) ?? 1) * ROOM,
        },
        ...{ ticks: rates, format: tick },
      },
      y: { min: 0, max: Math.ceil(top / 100) * 100 },
      series: curves.flatMap((curve) =>
        standsOut(curve)
          ? lineOf(curve, handlerUs, withEnds || curves.length > MOST_ALIKE)
          : faint(lineOf(curve, handlerUs, false)),
      ),
    }
  })
  const subtitle = [
    source(run, `trimmed mean of up to ${counted(turns, 'turn')}, each beside one of the control`),
    'CPU of replica, Redis and proxy beyond the control’s · hollow: no difference detected · a line ends where its replica was 70 % busy',
  ]
  return { ...drawing(titleOf(costCurves), subtitle, option), height }
}

const openRates = (curves: Curves, handlerUs: number) =>
  ratesIn(curves, handlerUs).filter((rate) => rate !== null)

/** Behind the others, without a name. */
const faint = (series: readonly (LineSeriesOption | CustomSeriesOption)[]) =>
  series.map((one): LineSeriesOption | CustomSeriesOption =>
    one.type === 'line'
      ? {
          ...one,
          ...{ z: 1, symbolSize: 5, endLabel: { show: false } },
          lineStyle: { ...one.lineStyle, width: 1, opacity: FAINT },
        }
      : one,
  )

function lineOf(
  { scheme, points }: Curve,
  handlerUs: number,
  withEnds: boolean,
): (LineSeriesOption | CustomSeriesOption)[] {
  const own = points.flatMap((point) =>
    point.handlerUs === handlerUs && point.perSec !== null && point.taxUs
      ? [{ at: point.perSec, tax: point.taxUs }]
      : [],
  )
  if (own.length === 0) return []
  const { color } = lookOf(scheme)
  const data = own.map(({ at, tax }) => ({
    name: said(scheme, `at ${tick(at)}/s ${handlerText(handlerUs)}`, tax.estimate, 'µs added', pText(tax.p)),
    value: [at, tax.estimate.value],
    itemStyle: tax.detected ? { color } : hollow(color),
  }))
  const line = schemeLine(scheme, data, {
    clip: false,
    ...endLabel(color, scheme, { fontSize: 11, fontWeight: 'normal' }),
  })
  if (!withEnds) return [line]
  return [line, { ...verticalWhiskers(own.map(({ at, tax }) => [at, tax.estimate] as const)), clip: true }]
}

/** The chart's finding: what auth adds where services run. */
function titleOf({ curves, everyday }: Curves): string {
  if (!everyday?.perSec) return 'CPU that auth adds to a request, at each load'
  const there = curves.flatMap(({ scheme, points }) =>
    points.flatMap(({ perSec, handlerUs, taxUs }) =>
      perSec === everyday.perSec && handlerUs === everyday.handlerUs && taxUs?.detected
        ? [{ scheme, value: taxUs.estimate.value }]
        : [],
    ),
  )
  const range = leastToMost(there, ({ value }) => `${figure(Math.round(value), 100)} µs`)
  const where = `At ${figure(everyday.perSec)} requests/s ${handlerText(everyday.handlerUs)}`
  return range === null ? `${where} no scheme was told from the control` : `${where} auth adds ${range}`
}
