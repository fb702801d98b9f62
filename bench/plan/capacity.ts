/** What one replica can be given: no more than keeps the latency, and no more than leaves the headroom. Pure. */
import { FEW_BLOCKS } from '../stats/median-interval.ts'
import { counted } from '../words/format.ts'
import { latencyAt, measuredRates, mostBlocks, type Reach, rate, reach } from './curve.ts'
import type { Evidence } from './evidence.ts'
import { atMost, exactly, type Range, smaller, times } from './range.ts'
import { coreShare, type PlanRequest } from './request.ts'
import { costWhenBusiest, rateAtBusy } from './tier-cost.ts'
import { addedUs, sharedServers, tooLong } from './waiting.ts'

/** Past this an interval says so little that a number of replicas would only look like an answer. */
const WIDEST = 3

/** From fewer a capacity is a range, and a number of replicas would only look like an answer. @returns null for enough */
export function tooFewBlocks({ scheme, ladder }: Evidence): string | null {
  const blocks = mostBlocks(ladder)
  if (blocks >= FEW_BLOCKS) return null
  return (
    `the capacity of ${scheme} was measured in ${counted(blocks, 'block')}, and a plan takes ${FEW_BLOCKS}: these are ranges. Run npm run bench again, ` +
    `since runs of one machine are put together, or npm run bench -- --only latency,cost,users --schemes ${scheme} --trials ${FEW_BLOCKS}`
  )
}

export interface PerProcess {
  /** What a process may get, by itself and in a fleet. */
  alone: Range
  perSec: Range
  /** Where it breaks the latency asked for; where none is, where it is busy all the time. */
  capacity: number
  atLeast: boolean
  /** Where all blocks together keep the latency up to a lower rate than the median block. */
  held: { perSec: number; medianPerSec: number } | null
}

type Asked = Pick<PlanRequest, 'headroom' | 'p99Ms' | 'replicaCores'>

/** The rate at which one is no busier than the headroom leaves and keeps the latency, or why it is not known. */
export function perProcess(evidence: Evidence, request: Asked): PerProcess | string {
  const { headroom, p99Ms } = request
  const { ladder, scaling, slo, replica } = evidence
  if (p99Ms === null) return byCpuAlone(evidence, request)
  if (coreShare(request) < 1) return underQuota(request)
  const one = oneReplica(evidence, p99Ms)
  if (typeof one === 'string') return one
  const kept = reach(ladder, { p99Us: p99Ms * 1_000, maxErrorShare: slo.maxErrorShare })
  if (!kept) return nowhereKept(evidence, p99Ms)
  const most = Math.max(one.perSec.hi, measuredRates(evidence).most)
  const notTooBusy = rateAtBusy(replica, 1 - headroom, most)
  // The run's capacity is its median block's, while users meet all blocks: where these say less, less is planned with.
  const byLatency = kept.atLeast ? one.perSec : atMost(one.perSec, kept.perSec.value)
  const isHeld = byLatency.value < Math.min(one.perSec.value, notTooBusy.value)
  const alone = smaller(byLatency, notTooBusy)
  return {
    alone,
    // Beyond one it is noise, and no promise.
    perSec: times(alone, atMost(scaling?.efficiency ?? exactly(1), 1)),
    capacity: byLatency.value,
    atLeast: one.atLeast,
    held: isHeld ? { perSec: kept.perSec.value, medianPerSec: one.perSec.value } : null,
  }
}

/**
 * Up to where it is busy enough. Beyond the rates that were measured a request is taken to cost what it did at the last of them: it
 * costs less, as a replica gets busier, so that a plan has rather too many.
 */
function byCpuAlone(evidence: Evidence, request: Asked): PerProcess {
  const { scaling, replica } = evidence
  const most = Math.max(measuredRates(evidence).most, 1e6 / costWhenBusiest(replica).lo)
  const share = coreShare(request)
  const upTo = (busy: number) => smaller(rateAtBusy(replica, busy * share, most), exactly(most))
  const alone = upTo(1 - request.headroom)
  const full = upTo(1).value
  return {
    alone,
    perSec: times(alone, atMost(scaling?.efficiency ?? exactly(1), 1)),
    capacity: full,
    atLeast: false,
    held: null,
  }
}

const underQuota = ({ replicaCores, p99Ms }: Asked) =>
  `p99 ≤ ${p99Ms} ms cannot be promised for ${replicaCores} of a core: a process under such a quota is held back until the next ` +
  'period of 100 ms once its share is spent, and how often that happens was not measured. --p99 none sizes replicas by CPU alone'

/**
 * The highest rate of a process, up to `most`, at which what is waited for at Redis and proxy does not break the latency either; or
 * why there is none.
 */
export function rateWithWaiting(
  evidence: Evidence,
  request: PlanRequest,
  most: number,
  busy: { redis: number | null; proxy: number },
): number | string {
  const { p99Ms } = request
  if (p99Ms === null) return most
  const at = (perSec: number) => {
    const own = latencyAt(evidence.ladder, perSec, (step) => step.p99Us)?.value ?? 0
    return { own, waiting: addedUs(sharedServers(evidence, busy, { rps: request.rps, perSec })).p99.value }
  }
  const isKept = (perSec: number) => {
    const { own, waiting } = at(perSec)
    return own + waiting <= 1_000 * p99Ms
  }
  if (isKept(most)) return most
  const { least } = measuredRates(evidence)
  if (least >= most || !isKept(least)) {
    const { own, waiting } = at(Math.min(least, most))
    return tooLong(own, waiting, { ...request, p99Ms }) ?? nowhereKept(evidence, p99Ms)
  }
  let [kept, broken] = [least, most]
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (kept + broken) / 2
    if (isKept(middle)) kept = middle
    else broken = middle
  }
  return kept
}

/** Halvings of the interval, to the last digit. */
const BISECTIONS = 60

/** The rate of one replica that a plan can rest on, or why it cannot. */
export function oneReplica(evidence: Evidence, p99Ms: number): Reach | string {
  const one = capacityOfOne(evidence, p99Ms * 1_000)
  if (one === null) return nowhereKept(evidence, p99Ms)
  if (one.perSec.hi <= WIDEST * one.perSec.lo) return one
  return (
    `one replica keeps ${p99Ms} ms up to somewhere between ${rate(one.perSec.lo)} and ${rate(one.perSec.hi)}: ` +
    'too wide to plan with; measure more blocks with --trials'
  )
}

function nowhereKept(evidence: Evidence, p99Ms: number): string {
  return (
    `already at ${rate(measuredRates(evidence).least)}, the lowest rate measured, p99 is above ${p99Ms} ms: ` +
    'allow more, or measure lower rates with --rates'
  )
}

/** The run's own capacity where it was measured for just this bound, so that report and plan say the same. */
function capacityOfOne({ ladder, slo }: Evidence, p99Us: number): Reach | null {
  const { capacityPerSec, capacityNote } = ladder
  if (capacityPerSec && slo.p99Us === p99Us && capacityNote !== 'one-rung') {
    return { perSec: capacityPerSec, atLeast: capacityNote !== 'found' }
  }
  return reach(ladder, { p99Us, maxErrorShare: slo.maxErrorShare })
}
