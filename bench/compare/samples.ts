/** What runs are compared by: for each scheme and metric one number a block. */
import { ROLES } from '../experiments/roles.ts'
import { addedTo, instrumentLimit } from '../figures/comparisons.ts'
import { CONTROL } from '../figures/records.ts'
import type { TrialRow } from '../figures/rows.ts'
import { LEAST_STATE_BYTES, slopePerBlock } from '../figures/slopes.ts'
import { medianInterval } from '../stats/median-interval.ts'
import { type ByBlock, differences, medianPerBlock, ownError, ratios } from '../stats/paired.ts'
import { median } from '../stats/quantiles.ts'

export interface Metric {
  /** As `--fail-on` and the page's address spell it. */
  name: string
  title: string
  unit: string
  /** Blocks of a scheme; null where the run does not have it, or must not be judged by it. */
  of(rows: readonly TrialRow[], scheme: string): readonly number[] | null
  /**
   * How far equal arms lay apart in this run, as a share of `value`; null where that was not measured, and so nothing
   * may be called a difference.
   */
  error(rows: readonly TrialRow[], value: number): number | null
}

type Reader = (values: TrialRow['values']) => number | undefined

const cpu: Reader = (values) => values['cpuUsPerRequest.total']
const throughput: Reader = ({ throughputPerSec }) => throughputPerSec

/** The first valid record of a trial counts, as everywhere. */
function accepted(rows: readonly TrialRow[], experiment: string, scheme: string): TrialRow[] {
  const valid = rows.filter(
    (row) => row.rejected === null && row.experiment === experiment && row.scheme === scheme,
  )
  return valid.filter(({ id }, i) => valid.findIndex((one) => one.id === id) === i)
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

const valuesOf = (blocks: ByBlock) => (blocks.size === 0 ? null : [...blocks.values()])

/** By two identical controls within blocks, in the unit of what they are compared by. */
function ownErrorOf(rows: readonly TrialRow[], of: Reader, compared: typeof ratios, neutral: number) {
  const controls = accepted(rows, ROLES.cost, CONTROL)
  const part = (twin: boolean) => controls.filter((row) => row.twin === twin)
  const found = compared(byBlock(part(true), of), byBlock(part(false), of))
  return found.length < 2 ? null : ownError(medianInterval(found), neutral)
}

/** A figure that has no scatter of its own, or that no control measures: only the blocks themselves say how sure it is. */
const noError = () => 0

function slopes(rows: readonly TrialRow[], scheme: string, of: Reader): readonly number[] | null {
  const found = slopePerBlock(
    own(rows, ROLES.users, scheme).flatMap(({ block, users, values }) => {
      const bytes = of(values)
      return bytes === undefined ? [] : [[block, users, bytes] as const]
    }),
  )
  return found.length === 0 || median(found) < LEAST_STATE_BYTES ? null : found
}

export const metrics: readonly Metric[] = [
  {
    name: 'authTax',
    title: 'Auth tax',
    unit: 'CPU µs/request',
    of(rows, scheme) {
      if (scheme === CONTROL) return null
      const control = byBlock(accepted(rows, ROLES.cost, CONTROL), cpu)
      return valuesOf(addedTo([control], byBlock(own(rows, ROLES.cost, scheme), cpu)))
    },
    error(rows, value) {
      const error = ownErrorOf(rows, cpu, differences, 0)
      return error === null ? null : error / Math.abs(value)
    },
  },
  {
    name: 'cpu',
    title: 'CPU of a request',
    unit: 'CPU µs/request',
    of: (rows, scheme) => valuesOf(byBlock(own(rows, ROLES.cost, scheme), cpu)),
    error: (rows) => ownErrorOf(rows, cpu, ratios, 1),
  },
  {
    name: 'throughput',
    title: 'Throughput of one replica',
    unit: 'requests/s',
    of(rows, scheme) {
      const found = own(rows, ROLES.cost, scheme)
      // Of two ceilings of a load generator the ratio says nothing about schemes.
      if (instrumentLimit(found.flatMap(({ warnings }) => warnings))) return null
      return valuesOf(byBlock(found, throughput))
    },
    error: (rows) => ownErrorOf(rows, throughput, ratios, 1),
  },
  {
    name: 'capacity',
    title: 'Capacity at the SLO',
    unit: 'arrivals/s',
    of: (rows, scheme) =>
      valuesOf(byBlock(own(rows, ROLES.latency, scheme), ({ capacityPerSec }) => capacityPerSec)),
    error: noError,
  },
  {
    name: 'replicaMemory',
    title: 'Replica memory of a user',
    unit: 'bytes/user',
    of: (rows, scheme) => slopes(rows, scheme, ({ replicaGrowthBytes }) => replicaGrowthBytes),
    error: noError,
  },
  {
    name: 'redisMemory',
    title: 'Redis memory of a user',
    unit: 'bytes/user',
    of: (rows, scheme) => slopes(rows, scheme, ({ redisGrowthBytes }) => redisGrowthBytes),
    error: noError,
  },
  {
    name: 'wire',
    title: 'Bytes on the wire',
    unit: 'bytes/request',
    of: (rows, scheme) => valuesOf(byBlock(own(rows, ROLES.cost, scheme), bothWays)),
    error: noError,
  },
]

function bothWays({ bytesSentPerRequest: sent, bytesReceivedPerRequest: received }: TrialRow['values']) {
  return sent === undefined || received === undefined ? undefined : sent + received
}
