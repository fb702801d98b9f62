/** What runs are compared by: for each scheme and metric its figures, and what of them does not depend on the machine's pace. */

import { ROLES } from '../experiments/roles.ts'
import { addedTo, instrumentLimit } from '../figures/comparisons.ts'
import { capacityOver, isAtLeast } from '../figures/ladders/capacity.ts'
import { blocksInTime, CONTROL } from '../figures/records.ts'
import type { RunWithRows, TrialRow } from '../figures/rows.ts'
import type { LoadFigure } from '../figures/runs/over-load.ts'
import { LEAST_STATE_BYTES, slopePerBlock } from '../figures/slopes.ts'
import type { Point } from '../record/types.ts'
import { type Interval, medianInterval } from '../stats/median-interval.ts'
import { errorOf } from '../stats/occasions.ts'
import { type ByBlock, differences, medianPerBlock, multiplied, ownError, ratios } from '../stats/paired.ts'
import { median } from '../stats/quantiles.ts'
import { type Estimated, estimated } from '../stats/welch.ts'

export interface Sample {
  /** Where on the curve of the load; null for the closed loop and for what no load changes. */
  at: Point | null
  /** In the unit of the metric; n blocks or turns. */
  shown: Interval & { n: number; isAtLeast?: true }
  /** The logarithm of what is compared; null where that is not above zero. */
  log: Estimated | null
  /**
   * How far equal arms lay apart in this run, as a share of the figure; null where that was not measured, and so nothing
   * may be called a difference.
   */
  error: number | null
}

export interface Metric {
  /** As `--fail-on` and the page's address spell it. */
  name: string
  title: string
  unit: string
  /**
   * control: compared by what it is beside the control of the same run, which a slower machine slows as well. pace: cannot be
   * told from the machine's, and is judged only where that was the same. none: no machine changes it.
   */
  beside: 'control' | 'pace' | 'none'
  /** Empty where the run does not have it, or must not be judged by it. */
  of(run: RunWithRows, scheme: string): readonly Sample[]
}

type Reader = (values: TrialRow['values']) => number | undefined

const cpu: Reader = (values) => values['cpuUsPerRequest.total']
const throughput: Reader = ({ throughputPerSec }) => throughputPerSec

/** With blocks as they were measured in time; the first valid record of a trial counts, as everywhere. */
function accepted(rows: readonly TrialRow[], experiment: string, scheme: string): TrialRow[] {
  const blocks = blocksInTime(rows, (row) => row)
  const valid = rows.filter(
    (row) => row.rejected === null && row.experiment === experiment && row.scheme === scheme,
  )
  return valid
    .filter(({ id }, i) => valid.findIndex((one) => one.id === id) === i)
    .map((row) => ({ ...row, block: blocks.get(row) ?? row.block }))
}

/** Without those of the second control. */
const own = (rows: readonly TrialRow[], experiment: string, scheme: string) =>
  accepted(rows, experiment, scheme).filter(({ twin }) => !twin)

function byBlock(rows: readonly TrialRow[], of: Reader): ByBlock {
  return medianPerBlock(
    rows.flatMap(({ block, values }) => {
      const found = of(values)
      return found === undefined ? [] : [[block, found] as const]
    }),
  )
}

const controlsOf = (rows: readonly TrialRow[], of: Reader) => byBlock(accepted(rows, ROLES.cost, CONTROL), of)

/** By two identical controls within blocks, in the unit of what they are compared by. */
function ownErrorOf(rows: readonly TrialRow[], of: Reader, compared: typeof ratios, neutral: number) {
  const controls = accepted(rows, ROLES.cost, CONTROL)
  const part = (twin: boolean) => controls.filter((row) => row.twin === twin)
  const found = compared(byBlock(part(true), of), byBlock(part(false), of))
  return found.length < 2 ? null : ownError(medianInterval(found), neutral)
}

/** @param compared what is compared of the same blocks, where that is something else than what is shown */
function inBlocks(
  shown: readonly number[],
  error: number | null,
  compared: readonly number[] = shown,
): Sample[] {
  if (shown.length === 0 || compared.length === 0) return []
  const log = compared.every((value) => value > 0) ? estimated(compared.map(Math.log)) : null
  return [{ at: null, shown: { ...medianInterval(shown), n: compared.length }, log, error }]
}

/** A figure that has no scatter of its own, or that no control measures: only the blocks themselves say how sure it is. */
const NO_ERROR = 0

/** By the rule of a run's own summary; a lower bound is shown, and is no value to compare with. */
function capacities(rows: readonly TrialRow[]): Sample[] {
  const blocks = rows.map(({ values: { capacityPerSec: perSec = null }, capacityNote }) => ({
    perSec,
    // In pages of before 2026-12 a block that did not find it has neither.
    note: capacityNote ?? (perSec === null ? ('not-measured' as const) : ('found' as const)),
  }))
  const { perSec, note } = capacityOver(blocks)
  const samples = inBlocks(perSec, NO_ERROR)
  if (!isAtLeast(note)) return samples
  return samples.map((one) => ({ ...one, shown: { ...one.shown, isAtLeast: true }, log: null }))
}

function slopes(rows: readonly TrialRow[], scheme: string, of: Reader): Sample[] {
  const found = slopePerBlock(
    own(rows, ROLES.users, scheme).flatMap(({ block, users, values }) => {
      const bytes = of(values)
      return bytes === undefined ? [] : [[block, users, bytes] as const]
    }),
  )
  return found.length === 0 || median(found) < LEAST_STATE_BYTES ? [] : inBlocks(found, NO_ERROR)
}

/** Where services run: with the most handler work, as answers are. */
function everyday(run: RunWithRows): LoadFigure[] {
  const most = Math.max(...run.overLoad.map(({ handlerUs }) => handlerUs))
  return run.overLoad.filter(({ handlerUs }) => handlerUs === most)
}

/**
 * What a figure is beside the control, without the handler work that both do: that is an amount of time, and no slower machine
 * makes more of it.
 *
 * @param of from the tax as a share of the control's CPU to what is compared
 */
function overLoad(
  run: RunWithRows,
  scheme: string,
  shown: (figure: LoadFigure) => Interval | null,
  of: (share: number) => number,
): Sample[] {
  const figures = everyday(run)
  return figures.flatMap((one): Sample[] => {
    const { perSec, handlerUs, turns, timesControl } = one
    const here = figures.filter((other) => other.scheme === CONTROL && other.perSec === perSec)
    const [first, twin] = [false, true].map((isTwin) => here.find((other) => other.twin === isTwin))
    const seen = one.scheme === scheme && !one.twin ? shown(one) : null
    if (!seen || !timesControl || !first || first.cpuUs <= handlerUs) return []
    const scale = first.cpuUs / (first.cpuUs - handlerUs)
    const [value, lo, hi] = [timesControl.value, timesControl.lo, timesControl.hi].map((times) =>
      of((times - 1) * scale),
    ) as [number, number, number]
    // Student's t is in the interval already, which makes the error larger than it is.
    const log =
      lo > 0
        ? { value: Math.log(value), error: errorOf({ lo: Math.log(lo), hi: Math.log(hi) }), degrees: turns }
        : null
    const error = twin ? (Math.abs(twin.cpuUs / first.cpuUs - 1) * scale) / Math.abs(value) : null
    return [{ at: { perSec, handlerUs }, shown: { ...seen, n: turns }, log, error }]
  })
}

export const metrics: readonly Metric[] = [
  {
    name: 'authTax',
    title: 'Auth tax',
    unit: 'CPU µs/request',
    beside: 'control',
    of(run, scheme) {
      if (scheme === CONTROL) return []
      const { rows } = run
      const control = controlsOf(rows, cpu)
      const tax = addedTo([control], byBlock(own(rows, ROLES.cost, scheme), cpu))
      const shown = [...tax.values()]
      const error = ownErrorOf(rows, cpu, differences, 0)
      const share = error === null || shown.length === 0 ? null : error / Math.abs(median(shown))
      return [
        ...overLoad(
          run,
          scheme,
          ({ taxUs }) => taxUs,
          (share) => share,
        ),
        ...inBlocks(shown, share, ratios(tax, control)),
      ]
    },
  },
  {
    name: 'cpu',
    title: 'CPU of a request',
    unit: 'CPU µs/request',
    beside: 'control',
    of(run, scheme) {
      if (scheme === CONTROL) return []
      const { rows } = run
      const found = byBlock(own(rows, ROLES.cost, scheme), cpu)
      return [
        ...overLoad(
          run,
          scheme,
          ({ cpuUs }) => ({ value: cpuUs, lo: cpuUs, hi: cpuUs }),
          (share) => 1 + share,
        ),
        ...inBlocks(
          [...found.values()],
          ownErrorOf(rows, cpu, ratios, 1),
          ratios(found, controlsOf(rows, cpu)),
        ),
      ]
    },
  },
  {
    name: 'throughput',
    title: 'Throughput of one replica',
    unit: 'requests/s',
    beside: 'control',
    of({ rows }, scheme) {
      if (scheme === CONTROL) return []
      const found = own(rows, ROLES.cost, scheme)
      // Of two ceilings of a load generator the ratio says nothing about schemes.
      if (instrumentLimit(found.flatMap(({ warnings }) => warnings))) return []
      const perSec = byBlock(found, throughput)
      // In the CPU time of a request of the control, whose own throughput may be the generator's.
      const compared = multiplied(perSec, controlsOf(rows, cpu))
      return inBlocks([...perSec.values()], ownErrorOf(rows, throughput, ratios, 1), compared)
    },
  },
  {
    name: 'capacity',
    title: 'Capacity at the SLO',
    unit: 'arrivals/s',
    beside: 'pace',
    of: ({ rows }, scheme) => capacities(own(rows, ROLES.latency, scheme)),
  },
  {
    name: 'replicaMemory',
    title: 'Replica memory of a user',
    unit: 'bytes/user',
    beside: 'none',
    of: ({ rows }, scheme) => slopes(rows, scheme, ({ replicaGrowthBytes }) => replicaGrowthBytes),
  },
  {
    name: 'redisMemory',
    title: 'Redis memory of a user',
    unit: 'bytes/user',
    beside: 'none',
    of: ({ rows }, scheme) => slopes(rows, scheme, ({ redisGrowthBytes }) => redisGrowthBytes),
  },
  {
    name: 'wire',
    title: 'Bytes on the wire',
    unit: 'bytes/request',
    beside: 'none',
    of: ({ rows }, scheme) =>
      inBlocks([...byBlock(own(rows, ROLES.cost, scheme), bothWays).values()], NO_ERROR),
  },
]

function bothWays({ bytesSentPerRequest: sent, bytesReceivedPerRequest: received }: TrialRow['values']) {
  return sent === undefined || received === undefined ? undefined : sent + received
}

/** CPU of the control, whose code no scheme changes, without handler work: logarithms by place on the curve, and at saturation by blocks. */
export function controlCpu({ rows, overLoad: figures }: RunWithRows): Map<string, number> {
  const points = figures
    .filter(({ scheme, twin, cpuUs, handlerUs }) => scheme === CONTROL && !twin && cpuUs > handlerUs)
    .map(({ perSec, handlerUs, cpuUs }) => [`${perSec}/${handlerUs}`, Math.log(cpuUs - handlerUs)] as const)
  const blocks = [...byBlock(own(rows, ROLES.cost, CONTROL), cpu).values()]
  return new Map([
    ...points,
    ...(blocks.length > 0 ? [['saturation', Math.log(median(blocks))] as const] : []),
  ])
}
