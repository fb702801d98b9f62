/** Makes one report of what several generator processes saw: counts add, histograms merge, nothing is averaged twice. */
import { stepsOf } from '../record/journey.ts'
import type { Arrivals, Measurement } from '../record/types.ts'
import {
  createHistogram,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  summarizeHistogram,
} from '../stats/histogram.ts'
import type { Load, LoadReport, LoginReport } from './job.ts'
import type { JourneyLoad, Step } from './open/journey-plan.ts'

/** One process's part of a LoadReport, with whole histograms (base64) in the place of their quantiles. */
export interface LoadShare extends Omit<LoadReport, 'latencyUs' | 'arrivals' | 'journeys'> {
  latency: string
  arrivals: ArrivalsShare | null
  journeys?: JourneysShare
}

/** The same of `Arrivals`. */
interface ArrivalsShare
  extends Pick<Arrivals, 'account' | 'noticed' | 'meanInFlight' | 'backlogMax' | 'reconnects'> {
  uncorrected: string
  lag: string
}

/** The same of what was seen of journeys. */
type JourneysShare = Omit<Journeys, 'perSec' | 'steps'> & { steps: Record<Step, string> }

type Journeys = NonNullable<Measurement['journeys']>

const MAX_EXAMPLES = 5

/** The only way to a report, also for one process, so that every report is made alike. */
export function mergeShares(load: Load, shares: readonly LoadShare[]): LoadReport {
  const latency = merged(shares.map((share) => share.latency))
  const open = shares.map(({ arrivals }) => arrivals).filter((arrivals) => arrivals !== null)
  return {
    // Closed windows differ by the lag of a timer; a sum of rates is the sum of counts over the mean of windows.
    windowSec: total(shares, 'windowSec') / shares.length,
    requests: total(shares, 'requests'),
    requestsPerSlice: (shares[0]?.requestsPerSlice ?? []).map((_, slice) =>
      sum(shares.map(({ requestsPerSlice }) => requestsPerSlice[slice] ?? 0)),
    ),
    statusCounts: addedUp(shares.map(({ statusCounts }) => statusCounts)),
    errors: total(shares, 'errors'),
    verifiedBodies: total(shares, 'verifiedBodies'),
    wrongAnswers: total(shares, 'wrongAnswers'),
    wrongExamples: shares.flatMap(({ wrongExamples }) => wrongExamples).slice(0, MAX_EXAMPLES),
    // No user belongs to two processes.
    distinctUsers: total(shares, 'distinctUsers'),
    latencyUs: summarizeHistogram(latency),
    arrivals: load.loop === 'closed' ? null : mergeArrivals(rateOf(load), open, latency),
    journeys: load.loop === 'journey' ? mergeJourneys(load, shares) : null,
    handshakes: mergeHandshakes(shares),
    bytesSent: total(shares, 'bytesSent'),
    bytesReceived: total(shares, 'bytesReceived'),
  }
}

/** Logins run side by side, so they take as long as the slowest process. */
export function mergeLogins(reports: readonly LoginReport[]): LoginReport {
  return { count: total(reports, 'count'), seconds: Math.max(...reports.map(({ seconds }) => seconds)) }
}

/** Null where no process counted any. */
function mergeHandshakes(shares: readonly LoadShare[]): Measurement['handshakes'] {
  const counted = shares.flatMap(({ handshakes }) => (handshakes ? [handshakes] : []))
  return counted.length > 0 ? addedUp(counted) : null
}

/** Of the single requests; those of journeys come in no Poisson process, only the journeys do. */
function rateOf(load: Exclude<Load, { loop: 'closed' }>): Pick<Arrivals, 'perSec' | 'spacing'> {
  if (load.loop === 'open') return { perSec: load.arrivalsPerSec, spacing: load.spacing }
  return { perSec: load.journeysPerSec * stepsOf(load), spacing: 'poisson' }
}

function mergeJourneys({ journeysPerSec: perSec }: JourneyLoad, shares: readonly LoadShare[]): Journeys {
  const journeys = shares.flatMap(({ journeys }) => (journeys ? [journeys] : []))
  const step = (name: Step) => {
    const histogram = merged(journeys.map(({ steps }) => steps[name]))
    return { count: histogram.totalCount, latencyUs: summarizeHistogram(histogram) }
  }
  return {
    perSec,
    underWayAtOpen: total(journeys, 'underWayAtOpen'),
    started: total(journeys, 'started'),
    finished: total(journeys, 'finished'),
    failed: total(journeys, 'failed'),
    steps: { login: step('login'), read: step('read'), write: step('write'), logout: step('logout') },
  }
}

function mergeArrivals(
  rate: Pick<Arrivals, 'perSec' | 'spacing'>,
  shares: readonly ArrivalsShare[],
  latency: Histogram,
): Arrivals {
  return {
    ...rate,
    account: addedUp(shares.map(({ account }) => account)),
    noticed: total(shares, 'noticed'),
    uncorrectedUs: summarizeHistogram(merged(shares.map(({ uncorrected }) => uncorrected))),
    lagUs: summarizeHistogram(merged(shares.map(({ lag }) => lag))),
    meanInFlight: total(shares, 'meanInFlight'),
    // The peaks may have come one after the other: an upper bound, since a backlog is to be noticed.
    backlogMax: total(shares, 'backlogMax'),
    reconnects: total(shares, 'reconnects'),
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

function total<K extends string>(items: readonly Record<K, number>[], key: K): number {
  return sum(items.map((item) => item[key]))
}

function sum(values: readonly number[]): number {
  return values.reduce((whole, value) => whole + value, 0)
}
