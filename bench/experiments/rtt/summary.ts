/** What each added round trip to Redis does to an answer, and how many of them it waits for. */
import { accepted, flags, type Ladder, ladders } from '../../figures/climbs.ts'
import { latencyRows } from '../../figures/latency.ts'
import { estimate, servingCpuUs } from '../../figures/metrics.ts'
import { schemePlace } from '../../figures/records.ts'
import { slopePerBlock } from '../../figures/slopes.ts'
import type { Run, TrialResult } from '../../record/types.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['distance'][number]
type Level = Entry['levels'][number]

/** One entry a scheme, and one more where its commands were sent one by one as well; empty without the experiment, and for runs without rules. */
export function distance(run: Run, results: readonly TrialResult[]): Summary['distance'] {
  const all = ladders(run, results, 'rtt')
  const firsts = all
    .filter((one, i) => all.findIndex((other) => sameLine(one, other)) === i)
    .sort(
      (a, b) =>
        schemePlace(a.arm.scheme) - schemePlace(b.arm.scheme) ||
        Number(isOneByOne(a)) - Number(isOneByOne(b)),
    )
  return firsts.map((first) => {
    const own = all
      .filter((one) => sameLine(one, first))
      .sort((a, b) => (roundTripMs(a) ?? 0) - (roundTripMs(b) ?? 0))
    return {
      scheme: first.arm.scheme,
      oneByOne: isOneByOne(first),
      roundTripsPerRead: roundTrips(own, run),
      levels: own.map((one) => level(one, run)),
    }
  })
}

const isOneByOne = ({ arm }: Ladder) => arm.settings.autoPipelining === false
const sameLine = (a: Ladder, b: Ladder) => a.arm.scheme === b.arm.scheme && isOneByOne(a) === isOneByOne(b)
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
function cpuAt({ climbs }: Ladder, rate: number, run: Run) {
  const windows = climbs.flatMap((climb) =>
    accepted(climb)
      .filter(({ arrivalsPerSec }) => arrivalsPerSec === rate)
      .slice(0, 1),
  )
  const measurements = windows.map(({ measurement }) => measurement)
  const values = measurements.flatMap((measurement) => servingCpuUs(measurement) ?? [])
  return estimate(values, 'µs/request', { warnings: flags(run, measurements) })
}

/**
 * ms of p50 for each ms of round trip: what an answer waits for several times over counts as often. At the lowest
 * rate, where next to no queue adds to it; one slope a block, over the distances that were measured in it.
 */
function roundTrips(levels: readonly Ladder[], run: Run): Entry['roundTripsPerRead'] {
  const far = levels.filter((one) => roundTripMs(one) !== null)
  const rates = far
    .flatMap(({ climbs }) => climbs.flatMap(accepted))
    .map(({ arrivalsPerSec }) => arrivalsPerSec)
  const lowest = Math.min(...rates)
  const windows = far.flatMap((one) =>
    one.climbs.flatMap((climb) =>
      accepted(climb)
        .filter(({ arrivalsPerSec }) => arrivalsPerSec === lowest)
        .map(({ measurement }) => ({ block: climb.block, ms: roundTripMs(one) ?? 0, measurement })),
    ),
  )
  const slopes = slopePerBlock(
    windows.map(({ block, ms, measurement }) => [block, ms, measurement.latencyUs.p50 / 1_000]),
  )
  const warnings = flags(
    run,
    windows.map(({ measurement }) => measurement),
  )
  return estimate(slopes, 'round trips/request', { warnings })
}
