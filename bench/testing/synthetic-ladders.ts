/**
 * Made-up ladders for tests: a single-server queue with exponential service (M/M/1: sojourn times are exponential
 * with mean S ÷ (1 − ρ)), so that what a report finds can be compared with the law. Not a measurement of anything.
 */
import { AS_IT_IS } from '../experiments/arms.ts'
import { type Look, look, nextRung, rungSec } from '../figures/ladders/ladder.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Arm, Measurement, Rules, Run, Rung, Trial, TrialResult } from '../record/types.ts'
import { createHistogram, encodeHistogram, summarizeHistogram } from '../stats/histogram.ts'
import { seededDraw } from '../stats/seeded.ts'
import { type SyntheticOptions, syntheticRun } from './synthetic-run.ts'

export interface LadderOptions {
  profile?: Run['profile']
  schemes?: readonly string[]
  blocks?: number
  /** Standard deviation of the processes' demand, as a share. */
  noise?: number
  /** Rungs that are named; else they are searched for. */
  ratesPerSec?: readonly number[]
  /** From this rate on a gate rejects what is seen. */
  loadLimitPerSec?: number
  /** What every answer takes beside its turn in the queue; of all schemes, or of those named. */
  floorUs?: number | Readonly<Record<string, number>>
  /** Busy cores of the replica at no load. */
  idleCores?: number
  /** Changes a record after it was made. */
  change?: (result: TrialResult) => TrialResult
  /** Of the closed-loop run that the ladders take their costs from, and stand beside. */
  closed?: SyntheticOptions
}

const SLO = { quantile: 'p99', limitMs: 50, maxErrorShare: 0.001 } as const

export const syntheticRules: Rules = {
  gates: [
    {
      id: 'generator-saturated',
      limit: 0.95,
      unit: 'cores',
      closedLoop: 'withhold',
      openLoop: 'reject',
      leastWindowSec: 0,
      why: 'a load generator without CPU to spare sends less than was asked for',
    },
    {
      id: 'steal',
      limit: 0.02,
      unit: 'of the window',
      closedLoop: 'flag',
      openLoop: 'flag',
      leastWindowSec: 0,
      why: 'what the hypervisor takes away, no part of the run had',
    },
  ],
  repeatsPerTrial: 2,
  repeatsShare: 0.1,
  slo: SLO,
  precision: null,
  minBlocks: 3,
}

/** The run of `syntheticRun` with ladders besides; `only` leaves out everything else. */
export function syntheticLadders(
  options: LadderOptions = {},
  only = true,
): { run: Run; results: TrialResult[] } {
  const { profile = 'standard', blocks = 2, change = (result) => result } = options
  const base = syntheticRun({ profile, ...options.closed })
  const schemes = options.schemes ?? [...new Set(base.run.plan.map(({ arm }) => arm.scheme))]
  const plan = schemes.flatMap((scheme, position) =>
    Array.from({ length: blocks }, (_, block): Trial => trialOf(scheme, block, position, options)),
  )
  const vary = noiseFrom(options.noise ?? 0.02)
  const results = plan.map((trial) =>
    change(record(trial, template(base.results, trial.arm.scheme), vary, options)),
  )
  const rules = syntheticRules
  if (only) return { run: { ...base.run, rules, plan }, results }
  return {
    run: { ...base.run, rules, plan: [...base.run.plan, ...plan] },
    results: [...base.results, ...results],
  }
}

function trialOf(scheme: string, block: number, position: number, { ratesPerSec }: LadderOptions): Trial {
  const arm: Arm = {
    id: `latency/${scheme}`,
    experiment: 'latency',
    scheme,
    ...AS_IT_IS,
    replicas: 1,
    users: 1_000,
    load: {
      loop: 'open',
      connections: 128,
      spacing: 'poisson',
      ratesPerSec: ratesPerSec ? [...ratesPerSec] : null,
      firstPerSec: 1_000,
      searchRungs: 3,
      settleSec: 0.2,
    },
    warmupSec: 2,
    warmupRequests: 0,
    measureSec: 1,
    twin: false,
  }
  return { id: `${arm.id}@${block}`, block, position, arm }
}

/** A closed-loop measurement of the scheme; ladders keep what they do not change. */
function template(results: readonly TrialResult[], scheme: string): Measurement {
  const found = results.find((result) => result.ok && result.trial.arm.id === `cost/${scheme}`)
  if (!found?.ok) throw new RangeError(`no scheme ${scheme} in the synthetic run`)
  return found.measurement
}

function record(
  trial: Trial,
  measurement: Measurement,
  vary: (value: number) => number,
  options: LadderOptions,
): TrialResult {
  const { arm } = trial
  const serviceUs = vary(measurement.cpuUsPerRequest.replicas ?? 0)
  const closedLoop = { ...measurement, throughputPerSec: 1e6 / serviceUs }
  const floored = { ...options, floorUs: floorOf(arm.scheme, options) }
  const rungs: Rung[] = []
  const looks: Look[] = []
  if (arm.load.loop !== 'open') throw new RangeError('a ladder is open-loop')
  for (let next = nextRung(arm.load, looks); next; next = nextRung(arm.load, looks)) {
    const rung = rungAt(next, serviceUs, measurement, rungSec(next.arrivalsPerSec, arm.measureSec), floored)
    rungs.push(rung)
    looks.push(look(rung, SLO))
  }
  return {
    schemaVersion: SCHEMA_VERSION,
    trial,
    startedAt: '2026-01-02T03:04:06.000Z',
    ok: true,
    measurement: closedLoop,
    rungs,
  }
}

const FLOOR_US = 300

function floorOf(scheme: string, { floorUs = FLOOR_US }: LadderOptions): number {
  return typeof floorUs === 'number' ? floorUs : (floorUs[scheme] ?? FLOOR_US)
}

function rungAt(
  { arrivalsPerSec, purpose }: Pick<Rung, 'arrivalsPerSec' | 'purpose'>,
  serviceUs: number,
  base: Measurement,
  windowSec: number,
  { loadLimitPerSec = 40_000, idleCores = 0.02, floorUs }: LadderOptions & { floorUs: number },
): Rung {
  const scheduled = Math.round(arrivalsPerSec * windowSec)
  const requests = Math.round(Math.min(scheduled, (windowSec * 1e6) / serviceUs))
  const throughputPerSec = requests / windowSec
  const { latencyUs, histogram } = sojourns(scheduled, arrivalsPerSec, serviceUs, windowSec, floorUs)
  const none = { mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 }
  const account = { scheduled, ok: scheduled, error: 0, timeout: 0, lost: 0, inFlight: 0 }
  const arrivals: Measurement['arrivals'] = {
    perSec: arrivalsPerSec,
    spacing: 'poisson',
    account,
    noticed: scheduled,
    uncorrectedUs: latencyUs,
    lagUs: none,
    meanInFlight: (arrivalsPerSec * latencyUs.mean) / 1e6,
    backlogMax: 0,
    reconnects: 0,
    histogram,
  }
  const busy = (us: number | null, idle: number) => Math.min(1, idle + (throughputPerSec * (us ?? 0)) / 1e6)
  const { redis, proxy, generator } = base.cpuUsPerRequest
  const utilization = {
    replicas: busy(serviceUs * (1 - idleCores), idleCores),
    redis: redis ? busy(redis, 0.005) : 0,
    proxy: busy(proxy, 0.01),
    generator: busy(generator, 0.02),
  }
  const measurement = { ...base, windowSec, requests, throughputPerSec, latencyUs, arrivals, utilization }
  const rejected = arrivalsPerSec >= loadLimitPerSec
  return { arrivalsPerSec, purpose, rejectedBy: rejected ? ['generator-saturated'] : [], measurement }
}

type Waits = ReturnType<typeof waitsOf>
const known = new Map<string, Waits>()

/** Worked out once for all tests of a process: most ask for the same ladders. */
function sojourns(...of: Parameters<typeof waitsOf>): Waits {
  const key = of.join()
  const { latencyUs, histogram } = known.get(key) ?? waitsOf(...of)
  known.set(key, { latencyUs, histogram })
  return { latencyUs: { ...latencyUs }, histogram }
}

/** Evenly spaced quantiles of the law; above saturation the wait grows through the window. */
function waitsOf(
  count: number,
  arrivalsPerSec: number,
  serviceUs: number,
  windowSec: number,
  floorUs: number,
) {
  const load = (arrivalsPerSec * serviceUs) / 1e6
  const histogram = createHistogram()
  const wholeUs = (i: number) => {
    const share = (i + 0.5) / count
    const us =
      load < 1
        ? (-Math.log(1 - share) * serviceUs) / (1 - load)
        : share * windowSec * 1e6 * (1 - 1 / load) + 20 * serviceUs
    return Math.max(1, Math.round(floorUs + us))
  }
  // They rise, and many are equal: those are recorded at once.
  for (let from = 0, to = 0; from < count; from = to) {
    const us = wholeUs(from)
    while (to < count && wholeUs(to) === us) to++
    histogram.recordValueWithCount(us, to - from)
  }
  return { latencyUs: summarizeHistogram(histogram), histogram: encodeHistogram(histogram) }
}

/** Uniform noise of the given standard deviation, as a share of the value. */
function noiseFrom(share: number): (value: number) => number {
  const draw = seededDraw(4)
  return (value) => value * (1 + share * Math.sqrt(12) * (draw(1_000_001) / 1e6 - 0.5))
}
