/**
 * Which of two schemes a service should choose by what they cost it: CPU at the reader's own load, over all runs of a machine, with
 * how sure that is. Pure.
 */
import { CONTROL } from '../figures/records.ts'
import { atPlace, type Place } from '../figures/runs/at-load.ts'
import { type OverRuns, overRuns } from '../figures/runs/over-runs.ts'
import { swapIn } from '../figures/swaps.ts'
import { everydayOf } from '../figures/turns.ts'
import { exactly, scaled } from '../plan/range.ts'
import { rateAtBusy } from '../plan/tier-cost.ts'
import { groupedBy, rising } from '../stats/groups.ts'
import type { Interval } from '../stats/median-interval.ts'
import { median } from '../stats/quantiles.ts'
import type { Basis, BasisRun } from './basis.ts'
import type { ServiceLoad } from './load.ts'

/** What one of the two takes. */
export interface Side {
  scheme: string
  /** CPU µs that it adds to a request. */
  taxUs: OverRuns
  /** Whether that is told from nothing. */
  isTold: boolean
  /** The same of all requests, in cores. */
  cores: Interval
  /** Of all CPU that the service then takes, its own code, proxy and Redis included. */
  share: number
}

export interface Decision {
  /** As the reader asked: the first, the second. */
  sides: readonly [Side, Side]
  /** CPU µs that a request takes with the first beyond the second. */
  byUs: OverRuns
  /** The same of all requests, in cores. */
  byCores: Interval
  /** Of the CPU that the service takes with the dearer one. */
  byShare: number
  /**
   * `decides`: one of the two takes less, by as much as `DECIDES` says; `little`: they differ by less than that, told apart or not;
   * `not-told`: they could differ by as much, and were not told apart.
   */
  outcome: 'decides' | 'little' | 'not-told'
  /** Place of the one that takes less; null where the two were not told apart, which names no one. */
  cheaper: 0 | 1 | null
  /** Requests per second from which on the difference decides; null where it was not told, and where it never does. */
  decidesFrom: Interval | null
  /** Requests per second on one replica at which the two change places, and which takes less below; null where they do not. */
  swap: { perSec: Interval; below: 0 | 1 } | null
  /** What one replica gets. */
  place: Place
  measured: {
    /** The lowest rate on one replica, and the most handler work, at which anything was measured. */
    leastPerSec: number
    mostHandlerUs: number
    /** Whether the place itself was, in every run; else figures are read between those that were. */
    isHere: boolean
  }
  /** Of how many runs each tells the two apart by itself. */
  toldIn: number
}

/** Replicas are planned so that half of each is free. */
export const HALF = 0.5

/** What a difference has to be so that one would choose by it: a machine more or less, and not next to nothing of the service. */
export const DECIDES = { cores: 1, share: 0.05 } as const

/** @returns which of the two has no cost over load */
export function decide(basis: Basis, load: ServiceLoad): Decision | { missing: string[] } {
  const runs = basis.runs.filter(
    (run) =>
      pairPoints(run, load.schemes).length > 0 &&
      load.schemes.every((scheme) => taxPoints(run, scheme).length > 0),
  )
  if (runs.length === 0) {
    const missing = load.schemes.filter(
      (scheme) => !basis.runs.some((run) => taxPoints(run, scheme).length > 0),
    )
    return { missing: missing.length > 0 ? missing : [...load.schemes] }
  }
  const place = placeOf(runs, load)
  const sides = sidesOf(runs, load, place)
  const { found: byUs, told } = differenceOver(runs, load.schemes, place)
  const byCores = cores(byUs, load.perSec)
  const service = dearerUs(runs, place, sides)
  const isTold = told.all
  const mostUs = isTold ? Math.abs(byUs.value) : Math.max(Math.abs(byUs.lo), Math.abs(byUs.hi))
  const isMuch = inCores(mostUs, load.perSec) >= DECIDES.cores && mostUs / service >= DECIDES.share
  return {
    ...{ sides, byUs, byCores, byShare: Math.abs(byUs.value) / service, place },
    outcome: isMuch ? (isTold ? 'decides' : 'not-told') : 'little',
    cheaper: isTold ? lessOf(byUs) : null,
    decidesFrom: decidesFrom(runs, load),
    swap: swapOver(runs, load),
    measured: measuredOf(runs, place),
    toldIn: told.count,
  }
}

/** On as many replicas as it takes, each at its most. */
function decidesFrom(runs: readonly BasisRun[], load: ServiceLoad): Interval | null {
  const place = atMost(runs, load)
  const { found, told } = differenceOver(runs, load.schemes, place)
  const us = Math.abs(found.value)
  if (!told.all || us === 0 || us / dearerUs(runs, place, sidesOf(runs, load, place)) < DECIDES.share)
    return null
  const [near, far] = [Math.abs(found.lo), Math.abs(found.hi)].toSorted((a, b) => a - b) as [number, number]
  const from = (of: number) => (1e6 * DECIDES.cores) / of
  return { value: from(us), lo: from(far), hi: from(near) }
}

function measuredOf(runs: readonly BasisRun[], place: Place): Decision['measured'] {
  const points = runs.map(({ overLoad }) => overLoad.filter(({ twin }) => !twin))
  return {
    leastPerSec: ratesOf(runs)[0] ?? 0,
    mostHandlerUs: Math.max(...points.flat().map((one) => one.handlerUs)),
    isHere: points.every((own) =>
      own.some(({ perSec, handlerUs }) => perSec === place.perSec && handlerUs === place.handlerUs),
    ),
  }
}

/** What one scheme takes of a load, over all runs that have it; null where none has. */
export function sideAt({ runs }: Basis, load: Omit<ServiceLoad, 'schemes'>, scheme: string): Side | null {
  const own = runs.filter((run) => taxPoints(run, scheme).length > 0)
  return own.length === 0 ? null : sideOf(own, scheme, placeOf(own, load), load.perSec)
}

/** What the first takes beyond the second in each request; null where they were not measured beside each other. */
export function differenceAtLoad(
  { runs }: Basis,
  load: ServiceLoad,
): { byUs: OverRuns; isTold: boolean } | null {
  const own = runs.filter((run) => pairPoints(run, load.schemes).length > 0)
  if (own.length === 0) return null
  const { found, told } = differenceOver(own, load.schemes, placeOf(own, load))
  return { byUs: found, isTold: told.all }
}

/** Place of the one that takes less; null where the two were not told apart. */
export function cheaperOf(basis: Basis, load: ServiceLoad): Decision['cheaper'] {
  const found = differenceAtLoad(basis, load)
  return found?.isTold ? lessOf(found.byUs) : null
}

/** What one replica gets of a load that has no end. */
const atMost = (runs: readonly BasisRun[], load: ServiceLoad) =>
  placeOf(runs, { ...load, perSec: Number.POSITIVE_INFINITY })

const sidesOf = (runs: readonly BasisRun[], { schemes, perSec }: ServiceLoad, place: Place) =>
  schemes.map((scheme) => sideOf(runs, scheme, place, perSec)) as [Side, Side]

/** CPU µs of a request with the dearer of the two. */
const dearerUs = (runs: readonly BasisRun[], place: Place, sides: readonly [Side, Side]) =>
  serviceUs(runs, place) + Math.max(...sides.map(({ taxUs }) => taxUs.value))

/** Of the difference of the first beyond the second. */
const lessOf = ({ value }: Interval): 0 | 1 => (value > 0 ? 1 : 0)

const taxPoints = ({ overLoad }: BasisRun, scheme: string) =>
  overLoad.filter((one) => one.scheme === scheme && one.taxUs !== null)

const controlPoints = ({ overLoad }: BasisRun) =>
  overLoad.filter(({ scheme, twin }) => scheme === CONTROL && !twin)

const ratesOf = (runs: readonly BasisRun[]) =>
  rising(runs.flatMap(({ overLoad }) => overLoad.map(({ perSec }) => perSec ?? 0)))

/**
 * More requests than keep one replica half busy go to more replicas, and so do more than it got where most turns were taken: at a
 * higher rate a run knows little.
 */
function placeOf(
  runs: readonly BasisRun[],
  { perSec, handlerUs }: Pick<ServiceLoad, 'perSec' | 'handlerUs'>,
): Place {
  const rates = runs.map((run) => {
    const points = controlPoints(run)
    const own = rising(points.map((point) => point.perSec ?? 0)).map((rate) => {
      const us = withWork(points, { perSec: rate, handlerUs }, ({ replicaUs }) => replicaUs)
      return { perSec: rate, us: exactly(us) }
    })
    const most = mostTurnsAt(run)
    return Math.min(most, rateAtBusy({ points: own, marginal: null }, HALF, most).value)
  })
  return { perSec: Math.min(perSec, median(rates)), handlerUs }
}

function mostTurnsAt({ overLoad }: BasisRun): number {
  const arms = groupedBy(overLoad, ({ scheme, twin }) => `${scheme} ${twin}`)
  return everydayOf([...arms.values()])?.perSec ?? Math.max(...overLoad.map(({ perSec }) => perSec ?? 0))
}

type Figure = BasisRun['overLoad'][number]

/** CPU of the control with the handler work of the reader, which may be more than any that was measured. */
function withWork(points: readonly Figure[], place: Place, of: (point: Figure) => number): number {
  const most = Math.max(0, ...points.map(({ handlerUs }) => handlerUs))
  const known = atPlace(points, place, (point) => exactly(of(point)))
  return (known?.value ?? 0) + Math.max(0, place.handlerUs - most)
}

/** CPU µs of a request without auth, over all tiers that serve. */
const serviceUs = (runs: readonly BasisRun[], place: Place) =>
  median(runs.map((run) => withWork(controlPoints(run), place, ({ cpuUs }) => cpuUs)))

function sideOf(runs: readonly BasisRun[], scheme: string, place: Place, perSec: number): Side {
  const { found, told } = toldOver(runs, (run) =>
    atPlace(taxPoints(run, scheme), place, ({ taxUs }) => taxUs),
  )
  return {
    ...{ scheme, taxUs: found, isTold: told.all },
    cores: cores(found, perSec),
    share: found.value / (serviceUs(runs, place) + found.value),
  }
}

interface Told {
  count: number
  /** Over all runs together: by the interval, and where there is none by each of them. */
  all: boolean
}

/** The first beyond the second, turn beside turn. */
const differenceOver = (runs: readonly BasisRun[], schemes: readonly [string, string], place: Place) =>
  toldOver(runs, (run) => atPlace(pairPoints(run, schemes), place, ({ byUs }) => byUs))

/** A figure over runs, and whether it is told from zero. */
function toldOver(runs: readonly BasisRun[], of: (run: BasisRun) => Interval | null) {
  const own = runs.flatMap((run) => {
    const figure = of(run)
    return figure ? [{ startedAt: run.startedAt, ...figure }] : []
  })
  const found = overRuns(own)
  const isApart = ({ lo, hi }: Interval) => (found.value > 0 ? lo > 0 : hi < 0)
  const count = own.filter(isApart).length
  const told: Told = { count, all: found.ends === 'interval' ? isApart(found) : count === own.length }
  return { found, told }
}

function pairPoints({ pairs }: BasisRun, [first, second]: readonly [string, string]) {
  const pair = pairs.find(({ more, less }) => more === first && less === second)
  if (pair) return pair.points
  const other = pairs.find(({ more, less }) => more === second && less === first)
  return (other?.points ?? []).map(({ byUs: { value, lo, hi }, ...point }) => ({
    ...point,
    byUs: { value: -value, lo: -hi, hi: -lo },
  }))
}

/** At the rates that were measured, up to what one replica gets of any load. */
function swapOver(runs: readonly BasisRun[], load: ServiceLoad): Decision['swap'] {
  const { schemes, handlerUs } = load
  const most = atMost(runs, load).perSec
  const steps = ratesOf(runs)
    .filter((perSec) => perSec > 0 && perSec <= most)
    .map((perSec) => {
      const { found, told } = differenceOver(runs, schemes, { perSec, handlerUs })
      return { perSec, byUs: found.value, isSure: told.all }
    })
  const swap = swapIn(steps)
  return swap && { perSec: swap.perSec, below: swap.isFirstBelow ? 0 : 1 }
}

const inCores = (us: number, perSec: number) => (us * perSec) / 1e6
const cores = (us: Interval, perSec: number): Interval => scaled(us, perSec / 1e6)
