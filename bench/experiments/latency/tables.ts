/** Capacity and latency as rows of text, and the words for what limits a capacity. */
import { isAtLeast } from '../../figures/ladders/capacity.ts'
import { totalOf } from '../../figures/seen.ts'
import type { Estimate, Slo } from '../../record/types.ts'
import { ABSENT, figure, list, percent, responseText, withInterval } from '../../words/format.ts'
import { type Column, type Table, tableOf } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['latency'][number]
type Rung = Entry['rungs'][number]

const quantileNames = { p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9' } as const

/** `p99 ≤ 50 ms` */
export function boundText({ quantile, limitMs }: Slo): string {
  return `${quantileNames[quantile]} ≤ ${limitMs} ms`
}

/** `p99 ≤ 50 ms, errors ≤ 0.1 %` */
export function sloText(slo: Slo): string {
  return `${boundText(slo)}, errors ≤ ${Number((slo.maxErrorShare * 100).toPrecision(3))} %`
}

/** Whether the capacity may be higher than its value. */
export const isLowerBound = ({ capacityNote }: Entry): boolean => isAtLeast(capacityNote)

/**
 * The capacity, with ≥ where it is a lower bound; – where there is none, which `limitText` explains. No interval where
 * all blocks ended on the same rate of the search: that is as fine as its steps, and no certainty.
 */
export function capacityText(entry: Entry, print: (estimate: Estimate) => string = ranged): string {
  if (!entry.capacityPerSec) return ABSENT
  return `${isLowerBound(entry) ? '≥ ' : ''}${print(entry.capacityPerSec)}`
}

const ranged = (estimate: Estimate) =>
  estimate.lo === estimate.hi ? figure(estimate.value) : withInterval(estimate)

/** What keeps the capacity from being higher, or from being known. */
export function limitText(entry: Entry): string {
  const { capacityNote, rejected, capacityPerSec } = entry
  const beyond = rejected.find(({ arrivalsPerSec }) => arrivalsPerSec > (capacityPerSec?.value ?? 0))
  const gates = beyond?.by.join(', ')
  const broken = brokenAt(entry)
  const limits: Readonly<Record<typeof capacityNote, string>> = {
    found: broken ? `the SLO, broken at ${broken}` : 'the SLO',
    'wide-gap': `the rates that were sent: the next one up${broken ? ` broke the SLO at ${broken}` : ''}`,
    'slo-never-met': 'no rate kept the SLO',
    'never-broken': 'nothing: no rate broke the SLO',
    'load-limited': beyond ? `the load: ${gates} at ${figure(beyond.arrivalsPerSec)}/s` : 'the load',
    'one-rung': 'one rate tells no capacity',
    'not-measured': gates ? `not measured: ${gates}` : 'not measured',
  }
  return limits[capacityNote]
}

/** The lowest rate above the capacity that broke the SLO in every block that sent it: the capacity lies below it. */
function brokenAt({ rungs, capacityPerSec }: Entry): string | null {
  const above = capacityPerSec?.value ?? 0
  const broken = rungs.find(({ arrivalsPerSec, metShare }) => arrivalsPerSec > above && metShare === 0)
  return broken ? `${figure(broken.arrivalsPerSec)}/s` : null
}

/** Capacity of each scheme, with what limits it, its knee and what a closed loop reaches. */
export function capacityTable({ latency }: Summary, slo: Slo): Table {
  return tableOf(latency, [
    ['scheme', ({ scheme }) => scheme],
    [`capacity at ${boundText(slo)}, requests/s`, (entry) => capacityText(entry)],
    ['limited by', limitText],
    ['knee, requests/s', ({ kneePerSec }) => (kneePerSec === null ? ABSENT : figure(kneePerSec))],
    ['closed loop, requests/s', ({ saturationPerSec }) => withInterval(saturationPerSec)],
  ])
}

/**
 * The rates at which schemes are set side by side: the lowest and the highest at which all that were measured kept
 * the SLO in every block. Where there is none, the lowest rate that all have.
 */
export function commonRates({ latency }: Summary): number[] {
  const measured = latency.filter(({ rungs }) => rungs.length > 0)
  const shared = (measured[0]?.rungs ?? [])
    .map(({ arrivalsPerSec }) => arrivalsPerSec)
    .filter((rate) => measured.every((entry) => rungAt(entry, rate)))
  const kept = shared.filter((rate) => measured.every((entry) => isKept(entry, rate)))
  const [lowest, highest] = [kept[0] ?? shared[0], kept.at(-1)]
  return [...new Set([lowest, highest])].filter((rate) => rate !== undefined)
}

/** Kept by luck does not count: a lower rate that broke the SLO puts the capacity below. */
function isKept(entry: Entry, rate: number): boolean {
  return rungAt(entry, rate)?.metShare === 1 && rate <= (entry.capacityPerSec?.value ?? rate)
}

export function rungAt({ rungs }: Entry, rate: number): Rung | undefined {
  return rungs.find(({ arrivalsPerSec }) => arrivalsPerSec === rate)
}

/** Response times at rates that all schemes took, each beside how busy the replica was. */
export function latencyTable(summary: Summary): Table {
  const rates = commonRates(summary)
  const measured = rates.length === 0 ? [] : summary.latency.filter(({ rungs }) => rungs.length > 0)
  const columns = rates.flatMap((rate): Column<Entry>[] => {
    const column = (head: string, of: (rung?: Rung) => string): Column<Entry> => [
      head,
      (entry) => of(rungAt(entry, rate)),
    ]
    const hasTail = measured.some((entry) => rungAt(entry, rate)?.p999Us)
    return [
      column(`${figure(rate)}/s: p50, ms`, (rung) => responseText(rung?.p50Us)),
      column('p99, ms', (rung) => responseText(rung?.p99Us)),
      ...(hasTail ? [column('p99.9, ms', (rung) => responseText(rung?.p999Us))] : []),
      column('replica busy', busyText),
    ]
  })
  return tableOf(measured, [['scheme', ({ scheme }) => scheme], ...columns])
}

/** Busy share of the one core that a replica's thread can fill; hashing on other threads may take more. */
export function busyText(rung: Rung | undefined): string {
  const busy = rung?.utilization.replicas
  return busy === null || busy === undefined ? ABSENT : percent(busy)
}

/** Every rate that was sent and accepted. */
export function rungsTable({ latency }: Summary): Table {
  const all = latency.flatMap(({ scheme, rungs }) => rungs.map((rung) => ({ scheme, ...rung })))
  return tableOf(all, [
    ['scheme', ({ scheme }) => scheme],
    ['arrivals/s', ({ arrivalsPerSec }) => figure(arrivalsPerSec)],
    ['blocks', ({ blocks }) => String(blocks)],
    ['arrivals', ({ requests }) => figure(requests)],
    ['p50, ms', ({ p50Us }) => responseText(p50Us)],
    ['p90, ms', ({ p90Us }) => responseText(p90Us)],
    ['p99, ms', ({ p99Us }) => responseText(p99Us)],
    ['p99.9, ms', ({ p999Us }) => responseText(p999Us)],
    ['replies/s', ({ throughputPerSec }) => figure(throughputPerSec.value)],
    ['replica busy', busyText],
    ['errors', ({ errorShare }) => `${figure(errorShare * 100)} %`],
    [
      'windows that kept the SLO',
      ({ metShare, windows }) => `${Math.round(metShare * windows)} of ${windows}`,
    ],
  ])
}

/** Rates at which gates rejected what was seen, with the schemes that this befell. */
export function rejectedRatesTable({ latency }: Summary): Table {
  const all = latency.flatMap(({ scheme, rejected }) =>
    rejected.map((one) => ({ ...one, scheme, by: one.by.join(', ') })),
  )
  const cells = new Map(all.map((one) => [`${one.arrivalsPerSec} ${one.by}`, one]))
  const rising = [...cells.values()].sort((a, b) => a.arrivalsPerSec - b.arrivalsPerSec)
  const like = ({ arrivalsPerSec, by }: (typeof all)[number]) =>
    all.filter((one) => one.arrivalsPerSec === arrivalsPerSec && one.by === by)
  return tableOf(rising, [
    ['arrivals/s', ({ arrivalsPerSec }) => figure(arrivalsPerSec)],
    ['rejected by', ({ by }) => by],
    ['windows', (cell) => String(totalOf(like(cell), 'windows'))],
    ['schemes', (cell) => list(like(cell).map(({ scheme }) => scheme))],
  ])
}
