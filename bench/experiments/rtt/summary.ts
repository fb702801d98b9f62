/** What each added round trip to Redis does to an answer, and how many of them it waits for. */
import { accepted, type Ladder, ladders, windowsAt } from '../../figures/ladders/climbs.ts'
import { latencyRows } from '../../figures/ladders/latency.ts'
import { estimate, servingCpuUs } from '../../figures/metrics.ts'
import { flags, schemesIn } from '../../figures/records.ts'
import { slopePerBlock } from '../../figures/slopes.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['distance'][number]
type Level = Entry['levels'][number]

/** One entry a scheme, and one more where its commands were sent one by one as well; empty without the experiment, and for runs without rules. */
export function distance(run: Run, results: readonly TrialResult[]): Summary['distance'] {
  const all = ladders(run, results, 'rtt')
  const lines = schemesIn(all).flatMap((scheme) => [false, true].map((oneByOne) => ({ scheme, oneByOne })))
  return lines.flatMap(({ scheme, oneByOne }) => {
    const own = all.filter((one) => one.arm.scheme === scheme && isOneByOne(one) === oneByOne)
    if (own.length === 0) return []
    own.sort((a, b) => (roundTripMs(a) ?? 0) - (roundTripMs(b) ?? 0))
    const levels = own.map((one) => level(one, run))
    return [{ scheme, oneByOne, roundTripsPerRead: roundTrips(own, run), levels }]
  })
}

const isOneByOne = ({ arm }: Ladder) => arm.settings.autoPipelining === false
const roundTripMs = ({ arm }: Ladder) => arm.settings.redisRoundTripMs ?? null

function level(ladder: Ladder, run: Run): Level {
  const { arm, climbs } = ladder
  const closed = climbs.map(({ closedLoop }) => closedLoop)
  const throughputs = closed.map(({ throughputPerSec }) => throughputPerSec)
  const rungs = run.rules ? latencyRows(ladder, run, run.rules.slo) : []
  return {
    arm: arm.id,
    roundTripMs: roundTripMs(ladder),
    rungs,
    servingCpuUs: rungs.flatMap(({ arrivalsPerSec }) => {
      const found = cpuAt(ladder, arrivalsPerSec, run)
      return found ? [{ arrivalsPerSec, estimate: found }] : []
    }),
    closedLoopPerSec: estimate(throughputs, 'requests/s', { warnings: flags(run, closed) }),
  }
}

/** The rate is the same for all distances, so that wake-ups share the same work. */
function cpuAt(ladder: Ladder, rate: number, run: Run) {
  const measurements = windowsAt(ladder, rate).map(({ measurement }) => measurement)
  const values = measurements.flatMap((measurement) => servingCpuUs(measurement) ?? [])
  return estimate(values, 'µs/request', { warnings: flags(run, measurements) })
}

/**
 * ms of p50 for each ms of round trip: what an answer waits for several times over counts as often. At the lowest
 * rate, where next to no queue adds to it; one slope a block, over the distances that were measured in it.
 */
function roundTrips(levels: readonly Ladder[], run: Run): Entry['roundTripsPerRead'] {
  const far = levels.filter((one) => roundTripMs(one) !== null)
  const rungs = far.flatMap(({ climbs }) => climbs.flatMap(accepted))
  const lowest = Math.min(...rungs.map(({ arrivalsPerSec }) => arrivalsPerSec))
  const windows = far.flatMap((one) =>
    windowsAt(one, lowest).map((window) => ({ ...window, ms: roundTripMs(one) ?? 0 })),
  )
  const measurements = windows.map(({ measurement }) => measurement)
  const slopes = slopePerBlock(
    windows.map(({ block, ms, measurement }) => [block, ms, measurement.latencyUs.p50 / 1_000]),
  )
  return estimate(slopes, 'round trips/request', { warnings: flags(run, measurements) })
}
