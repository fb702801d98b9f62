/** Capacity, latency and demand as rows of text, and the words for what limits a capacity. */
import { SERVING } from '../../record/tiers.ts'
import type { Estimate, Slo } from '../../record/types.ts'
import { ABSENT, figure, list, percent, responseText, styles, withInterval } from '../../words/format.ts'
import type { Table } from '../../words/tables.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['latency'][number]
type Rung = Entry['rungs'][number]
type Tier = Summary['demand'][number]['tier']

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
export function isLowerBound({ capacityNote }: Entry): boolean {
  return capacityNote === 'load-limited' || capacityNote === 'never-broken' || capacityNote === 'wide-gap'
}

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
  switch (capacityNote) {
    case 'found':
      return broken ? `the SLO, broken at ${broken}` : 'the SLO'
    case 'wide-gap':
      return `the rates that were sent: the next one up${broken ? ` broke the SLO at ${broken}` : ''}`
    case 'slo-never-met':
      return 'no rate kept the SLO'
    case 'never-broken':
      return 'nothing: no rate broke the SLO'
    case 'load-limited':
      return beyond ? `the load: ${gates} at ${figure(beyond.arrivalsPerSec)}/s` : 'the load'
    case 'one-rung':
      return 'one rate tells no capacity'
    case 'not-measured':
      return gates ? `not measured: ${gates}` : 'not measured'
  }
}

/** The lowest rate above the capacity that broke the SLO in every block that sent it: the capacity lies below it. */
function brokenAt({ rungs, capacityPerSec }: Entry): string | null {
  const above = capacityPerSec?.value ?? 0
  const broken = rungs.find(({ arrivalsPerSec, metShare }) => arrivalsPerSec > above && metShare === 0)
  return broken ? `${figure(broken.arrivalsPerSec)}/s` : null
}

/** Capacity of each scheme, with what limits it, its knee and what a closed loop reaches. */
export function capacityTable({ latency }: Summary, slo: Slo): Table {
  return {
    head: [
      'scheme',
      `capacity at ${boundText(slo)}, requests/s`,
      'limited by',
      'knee, requests/s',
      'closed loop, requests/s',
    ],
    rows: latency.map((entry) => [
      entry.scheme,
      capacityText(entry),
      limitText(entry),
      entry.kneePerSec === null ? ABSENT : figure(entry.kneePerSec),
      withInterval(entry.saturationPerSec),
    ]),
  }
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
  const measured = summary.latency.filter(({ rungs }) => rungs.length > 0)
  const columns = rates.flatMap((rate) => {
    const rungs = measured.map((entry) => rungAt(entry, rate))
    const tail = { head: 'p99.9, ms', of: (rung?: Rung) => responseText(rung?.p999Us) }
    return [
      { head: `${figure(rate)}/s: p50, ms`, of: (rung?: Rung) => responseText(rung?.p50Us) },
      { head: 'p99, ms', of: (rung?: Rung) => responseText(rung?.p99Us) },
      ...(rungs.some((rung) => rung?.p999Us) ? [tail] : []),
      { head: 'replica busy', of: (rung?: Rung) => busyText(rung) },
    ].map((column) => ({ ...column, rate }))
  })
  return {
    head: ['scheme', ...columns.map(({ head }) => head)],
    rows:
      rates.length === 0
        ? []
        : measured.map((entry) => [entry.scheme, ...columns.map(({ of, rate }) => of(rungAt(entry, rate)))]),
  }
}

/** Busy share of the one core that a replica's thread can fill; hashing on other threads may take more. */
export function busyText(rung: Rung | undefined): string {
  const busy = rung?.utilization.replicas
  return busy === null || busy === undefined ? ABSENT : percent(busy)
}

/** Every rate that was sent and accepted. */
export function rungsTable({ latency }: Summary): Table {
  return {
    head: [
      'scheme',
      'arrivals/s',
      'blocks',
      'arrivals',
      'p50, ms',
      'p90, ms',
      'p99, ms',
      'p99.9, ms',
      'replies/s',
      'replica busy',
      'errors',
      'blocks that kept the SLO',
    ],
    rows: latency.flatMap(({ scheme, rungs }) =>
      rungs.map((rung) => [
        scheme,
        figure(rung.arrivalsPerSec),
        String(rung.blocks),
        figure(rung.requests),
        ...[rung.p50Us, rung.p90Us, rung.p99Us, rung.p999Us].map((estimate) => responseText(estimate)),
        figure(rung.throughputPerSec.value),
        busyText(rung),
        `${figure(rung.errorShare * 100)} %`,
        `${Math.round(rung.metShare * rung.blocks)} of ${rung.blocks}`,
      ]),
    ),
  }
}

/** Rates at which gates rejected what was seen, with the schemes that this befell. */
export function rejectedRatesTable({ latency }: Summary): Table {
  const all = latency.flatMap(({ scheme, rejected }) =>
    rejected.map(({ arrivalsPerSec, windows, by }) => ({
      scheme,
      arrivalsPerSec,
      windows,
      by: by.join(', '),
    })),
  )
  const cells = [...new Map(all.map((one) => [`${one.arrivalsPerSec} ${one.by}`, one])).values()]
  return {
    head: ['arrivals/s', 'rejected by', 'windows', 'schemes'],
    rows: cells
      .sort((a, b) => a.arrivalsPerSec - b.arrivalsPerSec)
      .map(({ arrivalsPerSec, by }) => {
        const own = all.filter((one) => one.arrivalsPerSec === arrivalsPerSec && one.by === by)
        const windows = own.reduce((sum, one) => sum + one.windows, 0)
        return [figure(arrivalsPerSec), by, String(windows), list(own.map(({ scheme }) => scheme))]
      }),
  }
}

/** D of each tier and U0 of the replica, beside the CPU a request that a closed loop shows. */
export function demandTable({ demand, arms }: Summary): Table {
  const schemes = [...new Set(demand.map(({ scheme }) => scheme))]
  const others = SERVING.slice(1)
  const plain = (scheme: string) =>
    arms.find(({ arm }) => arm.experiment === 'cost' && arm.scheme === scheme && !arm.twin)?.metrics[
      'cpuUsPerRequest.replicas'
    ]
  return {
    head: [
      'scheme',
      'replica: D, µs/request',
      'U0, intercept',
      'CPU µs/request in the closed loop',
      ...others.map(({ name }) => `${name}: D`),
      'worst residual',
    ],
    rows: schemes.map((scheme) => {
      const of = (tier: Tier) => demand.find((entry) => entry.scheme === scheme && entry.tier === tier)
      const residuals = demand.filter((entry) => entry.scheme === scheme).map((entry) => entry.worstResidual)
      return [
        scheme,
        demandText(of('replicas')?.demandUs),
        withInterval(of('replicas')?.idleCores, styles.percent),
        withInterval(plain(scheme)),
        ...others.map(({ key }) => demandText(of(key)?.demandUs)),
        percent(Math.max(...residuals)),
      ]
    }),
  }
}

/** CPU that does not rise with throughput is no demand: the tier then serves ever more requests at each wake-up. */
function demandText(demand: Estimate | undefined): string {
  return demand && demand.lo <= 0 ? 'no rise seen' : withInterval(demand)
}
