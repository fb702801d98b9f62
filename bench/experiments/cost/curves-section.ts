/** The section of a report about what a request costs at each load. */
import type { Curve, CurvePoint } from '../../figures/curve-schema.ts'
import { isControl } from '../../figures/records.ts'
import { rising } from '../../stats/groups.ts'
import { tick } from '../../words/charts/axes.ts'
import {
  ABSENT,
  code,
  compared,
  figure,
  percent,
  styles,
  withInterval,
  withRange,
} from '../../words/format.ts'
import { type ChartLink, type Part, type Section, section } from '../../words/section.ts'
import { bullets, type Column, shown, tableOf } from '../../words/tables.ts'
import { NOTHING } from './answer.ts'
import { followsText } from './follows.ts'
import type { Summary } from './schema.ts'

type Curves = Summary['costCurves']

/** Nothing for runs that took no turns. */
export function curvesSection({ costCurves }: Summary, chart: ChartLink): Section | null {
  if (costCurves.curves.length === 0) return null
  const measured = costCurves.curves.some(({ points }) => points.some(({ perSec }) => perSec !== null))
  if (!measured) return section('cost-over-load', 'Cost over load', NOTHING)
  return section(
    'cost-over-load',
    'Cost over load',
    LEAD,
    chart('charts/curves.svg', 'CPU that each scheme adds to a request, against the arrival rate'),
    ...handlersIn(costCurves).map((handlerUs) => taxTable(costCurves, handlerUs)),
    followsText(costCurves.follows),
    chart('charts/follows.svg', 'The same taxes against the arrival rate and against the busy share'),
    capacityTable(costCurves),
    swapsText(costCurves),
    noiseText(costCurves),
  )
}

const LEAD =
  'What auth costs depends on how busy the process is. A replica that waits sleeps, and a request that finds it asleep ' +
  'pays for waking it; each answer of Redis wakes it once more. A replica that is busy takes several answers at once, and in ' +
  'the closed loop, where every connection sends again at once, it never sleeps. So the closed loop is one end of the curve, ' +
  'called saturation, and no service runs there. Handler work is CPU that a request takes beside auth, the same in the ' +
  'control: with it a replica is as busy as one that does something.'

/** Each amount of handler work, by rising work. */
export const handlersIn = ({ curves }: Curves): number[] =>
  rising(curves.flatMap(({ points }) => points.map(({ handlerUs }) => handlerUs)))

/** Rates at which anybody was measured with so much handler work; null, the closed loop, comes last. */
export function ratesIn({ curves }: Curves, handlerUs: number): (number | null)[] {
  const own = curves.flatMap(({ points }) => points.filter((point) => point.handlerUs === handlerUs))
  const open = rising(own.flatMap(({ perSec }) => perSec ?? []))
  return own.some(({ perSec }) => perSec === null) ? [...open, null] : open
}

const pointAt = ({ points }: Curve, perSec: number | null, handlerUs: number): CurvePoint | undefined =>
  points.find((point) => point.perSec === perSec && point.handlerUs === handlerUs)

/** What stands for an amount of handler work. */
export const handlerText = (us: number) =>
  us === 0 ? 'without handler work' : `with ${figure(us)} µs of handler work`

function taxTable(curves: Curves, handlerUs: number): Part {
  const table = tableOf(
    curves.curves.filter(({ twin }) => !twin),
    [
      ['scheme', ({ scheme }) => scheme],
      ...ratesIn(curves, handlerUs).map(
        (perSec): Column<Curve> => [
          perSec === null ? 'saturation' : `${tick(perSec)}/s`,
          (curve) => cellAt(curve, perSec, handlerUs),
        ],
      ),
    ],
  )
  const above = `CPU µs that a scheme adds to a request, ${handlerText(handlerUs)}; of the control all that a request takes.`
  return shown(table, { above })
}

function cellAt(curve: Curve, perSec: number | null, handlerUs: number): string {
  const point = pointAt(curve, perSec, handlerUs)
  if (!point || (!point.taxUs && !isControl(curve))) return ABSENT
  return point.taxUs ? compared(point.taxUs, styles.added) : withInterval(point.cpuUs)
}

function capacityTable({ curves }: Curves): Part {
  const table = tableOf(
    curves.filter(({ twin }) => !twin),
    [
      ['scheme', ({ scheme }) => scheme],
      ['half busy at, requests/s', ({ halfBusyPerSec }) => halfBusyText(halfBusyPerSec)],
      ['idle: replica, % of a core', ({ idleCores }) => shareText(idleCores?.replicas)],
      ['Redis', ({ idleCores }) => shareText(idleCores?.redis)],
      ['proxy', ({ idleCores }) => shareText(idleCores?.proxy)],
    ],
  )
  return shown(table, {
    above:
      'What one core of replicas serves when it is half busy, without handler work, and what each tier takes when nobody asks.',
  })
}

function halfBusyText(half: Curve['halfBusyPerSec']): string {
  if (!half) return ABSENT
  return half.isAtLeast ? `more than ${figure(half.value)}` : withRange(half)
}

const shareText = (cores: number | undefined) => (cores === undefined ? ABSENT : figure(100 * cores))

function swapsText({ swaps, curves }: Curves): Part {
  if (curves.length < 3) return null
  if (swaps.length === 0) return 'No two schemes were seen to change places.'
  const told = swaps.map(
    ({ below, above, handlerUs, perSec }) =>
      `${code(below)} takes less than ${code(above)} below ${withRange(perSec)} requests/s and more above, ${handlerText(handlerUs)}`,
  )
  return `Schemes that change places:\n\n${bullets(told)}`
}

function noiseText({ noise }: Curves): Part {
  if (!noise) return null
  const paced =
    noise.pacedSd === null
      ? ''
      : ` Dividing each turn by what the sender took for a request in it gives ${percent(noise.pacedSd)}.`
  return (
    `The speed of this machine varied by ${percent(noise.hostSd)} (standard deviation) from turn to turn of one control; ` +
    `two controls side by side differed by ${percent(noise.pairedSd)}, which is what the figures above are made of.${paced}`
  )
}
