/** Makes one report and one window of those of several generator processes: nothing is averaged twice. */
import { AuthscaleError } from '../errors.ts'
import { stepsOf } from '../record/journey.ts'
import type { Arrivals } from '../record/types.ts'
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  summarizeHistogram,
} from '../stats/histogram.ts'
import { mean, sum } from '../stats/sums.ts'
import type { Journeys, Load, LoadReport, LoadShare, LoginReport, OnWindow } from './job.ts'
import { type JourneyLoad, ofSteps } from './open/journey-plan.ts'

const MAX_EXAMPLES = 5

/** The only way to a report, also for one process, so that every report is made alike. */
export function mergeShares(load: Load, shares: readonly LoadShare[]): LoadReport {
  const latency = merged(shares.map((share) => share.latency))
  const handshakes = shares.flatMap((share) => share.handshakes ?? [])
  return {
    // No user belongs to two processes.
    ...totals(shares, ['requests', 'errors', 'verifiedBodies', 'wrongAnswers', 'distinctUsers']),
    ...totals(shares, ['bytesSent', 'bytesReceived']),
    // Closed windows differ by the lag of a timer; a sum of rates is the sum of counts over the mean of windows.
    windowSec: mean(shares.map(({ windowSec }) => windowSec)),
    requestsPerSlice: (shares[0]?.requestsPerSlice ?? []).map((_, slice) =>
      sum(shares.map(({ requestsPerSlice }) => requestsPerSlice[slice] ?? 0)),
    ),
    statusCounts: addedUp(shares.map(({ statusCounts }) => statusCounts)),
    wrongExamples: shares.flatMap(({ wrongExamples }) => wrongExamples).slice(0, MAX_EXAMPLES),
    latencyUs: summarizeHistogram(latency),
    arrivals: load.loop === 'closed' ? null : mergeArrivals(rateOf(load), shares, latency),
    journeys: load.loop === 'journey' ? mergeJourneys(load, shares) : null,
    handshakes: handshakes.length > 0 ? addedUp(handshakes) : null,
  }
}

/** Logins run side by side, so they take as long as the slowest process. */
export function mergeLogins(reports: readonly LoginReport[]): LoginReport {
  return { ...totals(reports, ['count']), seconds: Math.max(...reports.map(({ seconds }) => seconds)) }
}

/** Of the single requests; those of journeys come in no Poisson process, only the journeys do. */
function rateOf(load: Exclude<Load, { loop: 'closed' }>): Pick<Arrivals, 'perSec' | 'spacing'> {
  if (load.loop === 'open') {
    const { loginsPerSec = 0, refreshesPerSec = 0 } = load.issuing ?? {}
    return { perSec: load.arrivalsPerSec + loginsPerSec + refreshesPerSec, spacing: load.spacing }
  }
  return { perSec: load.journeysPerSec * stepsOf(load), spacing: 'poisson' }
}

function mergeJourneys({ journeysPerSec: perSec }: JourneyLoad, shares: readonly LoadShare[]): Journeys {
  const journeys = shares.flatMap((share) => share.journeys ?? [])
  const steps = ofSteps((step) => {
    const histogram = merged(journeys.map((one) => one.steps[step]))
    return { count: histogram.totalCount, latencyUs: summarizeHistogram(histogram) }
  })
  return { perSec, ...totals(journeys, ['underWayAtOpen', 'started', 'finished', 'failed']), steps }
}

function mergeArrivals(
  rate: Pick<Arrivals, 'perSec' | 'spacing'>,
  shares: readonly LoadShare[],
  latency: Histogram,
): Arrivals {
  const arrivals = shares.flatMap((share) => share.arrivals ?? [])
  return {
    ...rate,
    account: addedUp(arrivals.map(({ account }) => account)),
    // The peaks of backlogs may have come one after the other: an upper bound, since a backlog is to be noticed.
    ...totals(arrivals, ['noticed', 'meanInFlight', 'backlogMax', 'reconnects']),
    uncorrectedUs: summarizeHistogram(merged(arrivals.map(({ uncorrected }) => uncorrected))),
    lagUs: summarizeHistogram(merged(arrivals.map(({ lag }) => lag))),
    histogram: encodeHistogram(latency),
  }
}

function merged(histograms: readonly string[]): Histogram {
  const whole = createHistogram()
  for (const text of histograms) whole.add(decodeHistogram(text))
  return whole
}

export function addedUp<K extends string>(records: readonly Record<K, number>[]): Record<K, number> {
  const whole = {} as Record<K, number>
  for (const record of records) {
    for (const key of Object.keys(record) as K[]) whole[key] = (whole[key] ?? 0) + record[key]
  }
  return whole
}

function totals<K extends string>(
  items: readonly Record<K, number>[],
  keys: readonly K[],
): Record<K, number> {
  const entries = keys.map((key) => [key, sum(items.map((item) => item[key]))])
  return Object.fromEntries(entries) as Record<K, number>
}

/**
 * The window that all processes have in common: from when the last one opened its own until the first one closed. What
 * is read at its edges, CPU above all, then belongs to the full load; a window from the first opening to the last
 * closing would begin and end while some process sends nothing that counts.
 */
export function overlapOf(processes: number, onWindow: OnWindow) {
  let opened = 0
  let closed = 0
  let areApart = false
  return {
    hear(edge: 'open' | 'close'): void {
      if (edge === 'open' && ++opened === processes) onWindow('open')
      if (edge === 'close' && closed++ === 0) {
        areApart = opened < processes
        onWindow('close')
      }
    },
    /** Once all are done. @throws AuthscaleError WINDOWS_APART when they have no window in common */
    check(): void {
      if (areApart)
        throw new AuthscaleError(
          'WINDOWS_APART',
          'A load generator process closed its window before another opened its own; give them more CPUs.',
        )
    },
  }
}
