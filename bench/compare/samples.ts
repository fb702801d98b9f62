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

type Value = keyof TrialRow['values']

const accepted = (rows: readonly TrialRow[], experiment: string, scheme: string) =>
  firsts(
    rows.filter((row) => row.rejected === null && row.experiment === experiment && row.scheme === scheme),
  )

/** The first valid record of a trial counts, as everywhere. */
function firsts(rows: readonly TrialRow[]): TrialRow[] {
  const seen = new Set<string>()
  return rows.filter(({ id }) => !seen.has(id) && seen.add(id))
}

function byBlock(rows: readonly TrialRow[], value: Value): ByBlock {
  return medianPerBlock(
    rows.flatMap(({ block, values }) => {
      const found = values[value]
      return found === undefined ? [] : [[block, found] as const]
    }),
  )
}

const own = (rows: readonly TrialRow[]) => rows.filter(({ twin }) => !twin)
const valuesOf = (blocks: ByBlock) => (blocks.size === 0 ? null : [...blocks.values()])

const CPU = 'cpuUsPerRequest.total'

/** Two identical controls within blocks. */
function twins(rows: readonly TrialRow[], value: Value): [ByBlock, ByBlock] {
  const controls = accepted(rows, ROLES.cost, CONTROL)
  const part = (twin: boolean) =>
    byBlock(
      controls.filter((row) => row.twin === twin),
      value,
    )
  return [part(true), part(false)]
}

function ratioError(rows: readonly TrialRow[], value: Value): number | null {
  const found = ratios(...twins(rows, value))
  return found.length < 2 ? null : ownError(medianInterval(found), 1)
}

/** A figure that has no scatter of its own, or that no control measures: only the blocks themselves say how sure it is. */
const noError = () => 0

function slopes(rows: readonly TrialRow[], scheme: string, value: Value): readonly number[] | null {
  const levels = own(accepted(rows, ROLES.users, scheme))
  const found = slopePerBlock(
    levels.flatMap(({ block, users, values }) => {
      const bytes = values[value]
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
      const cpuOf = (some: readonly TrialRow[]) => byBlock(some, CPU)
      const control = cpuOf(accepted(rows, ROLES.cost, CONTROL))
      return valuesOf(addedTo([control], cpuOf(own(accepted(rows, ROLES.cost, scheme)))))
    },
    error(rows, value) {
      const found = differences(...twins(rows, CPU))
      return found.length < 2 ? null : ownError(medianInterval(found), 0) / Math.abs(value)
    },
  },
  {
    name: 'cpu',
    title: 'CPU of a request',
    unit: 'CPU µs/request',
    of: (rows, scheme) => valuesOf(byBlock(own(accepted(rows, ROLES.cost, scheme)), CPU)),
    error: (rows) => ratioError(rows, CPU),
  },
  {
    name: 'throughput',
    title: 'Throughput of one replica',
    unit: 'requests/s',
    of(rows, scheme) {
      const found = own(accepted(rows, ROLES.cost, scheme))
      // Of two ceilings of a load generator the ratio says nothing about schemes.
      if (instrumentLimit(found.flatMap(({ warnings }) => warnings))) return null
      return valuesOf(byBlock(found, 'throughputPerSec'))
    },
    error: (rows) => ratioError(rows, 'throughputPerSec'),
  },
  {
    name: 'capacity',
    title: 'Capacity at the SLO',
    unit: 'arrivals/s',
    of: (rows, scheme) => valuesOf(byBlock(own(accepted(rows, ROLES.latency, scheme)), 'capacityPerSec')),
    error: noError,
  },
  {
    name: 'replicaMemory',
    title: 'Replica memory of a user',
    unit: 'bytes/user',
    of: (rows, scheme) => slopes(rows, scheme, 'replicaGrowthBytes'),
    error: noError,
  },
  {
    name: 'redisMemory',
    title: 'Redis memory of a user',
    unit: 'bytes/user',
    of: (rows, scheme) => slopes(rows, scheme, 'redisGrowthBytes'),
    error: noError,
  },
  {
    name: 'wire',
    title: 'Bytes on the wire',
    unit: 'bytes/request',
    of(rows, scheme) {
      const found = own(accepted(rows, ROLES.cost, scheme))
      const received = byBlock(found, 'bytesReceivedPerRequest')
      return valuesOf(
        new Map(
          [...byBlock(found, 'bytesSentPerRequest')].flatMap(([block, sent]) => {
            const back = received.get(block)
            return back === undefined ? [] : [[block, sent + back] as const]
          }),
        ),
      )
    },
    error: noError,
  },
]
