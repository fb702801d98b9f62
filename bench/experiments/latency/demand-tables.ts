/** Demand as rows of text, and where no line describes it CPU a request at each rate. */
import type { Curve } from '../../figures/curve-schema.ts'
import { entryOf } from '../../figures/records.ts'
import { SERVING, type ServingTier } from '../../record/tiers.ts'
import { groupedBy, rising } from '../../stats/groups.ts'
import { ABSENT, figure, percent, styles, withInterval } from '../../words/format.ts'
import { type Column, type Table, tableOf } from '../../words/tables.ts'
import { cpuAtRungs, isStraight } from './demand.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['demand'][number]

/** In the place of a figure that no line gives. */
const NO_LINE = 'no line'

/** D of each tier and U0 of the replica, beside the CPU a request that a closed loop shows; of schemes with any straight line. */
export function demandTable({ demand, arms }: Summary): Table {
  const straight = demand.filter(isStraight)
  const of = (scheme: string, tier: ServingTier) =>
    demand.find((entry) => entry.scheme === scheme && entry.tier === tier)
  const worst = (scheme: string) =>
    Math.max(...straight.filter((entry) => entry.scheme === scheme).map(({ worstResidual }) => worstResidual))
  const others = SERVING.slice(1).map(
    ({ key, name }): Column<string> => [`${name}: D`, (scheme) => demandText(of(scheme, key))],
  )
  return tableOf(
    [...new Set(straight.map(({ scheme }) => scheme))],
    [
      ['scheme', (scheme) => scheme],
      ['replica: D, µs/request', (scheme) => demandText(of(scheme, 'replicas'))],
      ['U0, intercept', (scheme) => interceptText(of(scheme, 'replicas'))],
      [
        'CPU µs/request in the closed loop',
        (scheme) => withInterval(entryOf(arms, 'cost', scheme)?.metrics['cpuUsPerRequest.replicas']),
      ],
      ...others,
      ['worst residual', (scheme) => percent(worst(scheme))],
    ],
  )
}

/** CPU that does not rise with throughput is no demand: the tier then serves ever more requests at each wake-up. */
function demandText(entry: Entry | undefined): string {
  if (entry && !isStraight(entry)) return NO_LINE
  return entry && entry.demandUs.lo <= 0 ? 'no rise seen' : withInterval(entry?.demandUs)
}

function interceptText(entry: Entry | undefined): string {
  return entry && !isStraight(entry) ? NO_LINE : withInterval(entry?.idleCores, styles.percent)
}

/** What a request took of a tier at a rate, in µs. */
type AtRate = readonly [perSec: number, us: number]

/** Each tier of a scheme for which no line holds, and whether what it took is from turns or from the rungs of the ladder. */
export function bentOf(summary: Summary, curves: readonly Curve[]) {
  const bent = summary.demand.filter((entry) => !isStraight(entry))
  const inTurns = bent.map((entry) => turnsOf(curves, entry))
  const isFromTurns = inTurns.every((own) => own.length > 0)
  return {
    isFromTurns,
    rows: bent.map((entry, i) => ({
      entry,
      at: isFromTurns ? (inTurns[i] ?? []) : cpuAtRungs(summary.latency, entry),
    })),
  }
}

/** The point of the curve without handler work, as the rungs of a ladder have none. */
function turnsOf(curves: readonly Curve[], { scheme, tier }: Entry): AtRate[] {
  const own = curves.find((curve) => curve.scheme === scheme && !curve.twin)
  return (own?.points ?? []).flatMap(({ perSec, handlerUs, tierUs }): AtRate[] => {
    const us = tierUs[tier]
    return perSec === null || handlerUs > 0 || us === undefined ? [] : [[perSec, us]]
  })
}

/** A column for each rate that most rows have: the last steps of a search are each scheme's own. */
export function bentTable(rows: ReturnType<typeof bentOf>['rows']): Table {
  const rates = groupedBy(
    rows.flatMap(({ at }) => at),
    ([perSec]) => perSec,
  )
  const shared = rising([...rates].flatMap(([perSec, own]) => (2 * own.length > rows.length ? [perSec] : [])))
  return tableOf(rows, [
    ['scheme', ({ entry }) => entry.scheme],
    ['tier', ({ entry }) => SERVING.find(({ key }) => key === entry.tier)?.name ?? entry.tier],
    ...shared.map(
      (rate): Column<(typeof rows)[number]> => [
        `${figure(rate)}/s`,
        ({ at }) => {
          const us = at.find(([perSec]) => perSec === rate)?.[1]
          return us === undefined ? ABSENT : figure(us)
        },
      ],
    ),
    ['a line is off by', ({ entry }) => percent(entry.worstResidual)],
  ])
}
