/** Shows what is running, what came out, and how long it will still take. */
import { capacityIn } from '../figures/ladders/capacity.ts'
import { settleSec } from '../record/journey.ts'
import type { Arm, Rung, Slo, Trial, TrialResult } from '../record/types.ts'
import { median } from '../stats/quantiles.ts'
import { sum } from '../stats/sums.ts'
import { exact } from '../words/format.ts'
import { wrap } from '../words/wrap.ts'
import { rotationSec } from './rotation/rotate.ts'
import { pointsOf } from './turns/points.ts'

/** Rough length of a trial before any has been timed: its phases, its logins, and starting the processes. */
const START_SEC = 2
const LOGINS_PER_SEC = 4_000
const REPLIES_PER_SEC = 8_000
/** What a turn takes beside its load: connecting, messages, and until all is quiet. */
const TURN_SEC = 0.15
/** Rungs of a ladder that finds its own rates: about five doublings, a second look, and its search. */
const RUNGS_FOUND = 12

/** Of those that work in shifts on one fleet the one that the others are compared with counts for all. */
const warmingSec = ({ warmupSec, warmupRequests, replicas, fleet = replicas, comparedWith }: Arm) =>
  fleet > replicas && comparedWith !== null
    ? 0
    : Math.max(warmupSec, (fleet * warmupRequests) / REPLIES_PER_SEC)

function expectedSec({ arm }: Trial): number {
  const startSec = START_SEC * (1 + arm.replicas / 4)
  if (arm.load.loop === 'turns' && arm.load.secPerArm !== undefined) return startSec + arm.load.secPerArm
  return warmingSec(arm) + measuringSec(arm) + arm.users / LOGINS_PER_SEC + startSec
}

function measuringSec(arm: Arm): number {
  const { load, measureSec } = arm
  if (arm.fleet !== undefined) return rotationSec(arm)
  if (load.loop === 'closed') return measureSec
  if (load.loop === 'journey') return settleSec(load) + measureSec
  if (load.loop === 'turns')
    return load.passes * pointsOf(load).length * (load.settleSec + measureSec + TURN_SEC)
  return (load.ratesPerSec?.length ?? RUNGS_FOUND) * (load.settleSec + measureSec)
}

/** Time left, corrected by how the finished trials compared with their estimates. Pure. */
export function secondsLeft(finished: readonly Trial[], left: readonly Trial[], elapsedSec: number): number {
  const total = (trials: readonly Trial[]) => sum(trials.map(expectedSec))
  const done = total(finished)
  return total(left) * (done > 0 ? elapsedSec / done : 1)
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** What came out of a trial, in one line. */
export function outcome(result: TrialResult, slo: Slo): string {
  if (!result.ok) return `rejected: ${result.reason}`
  if (result.rungs.length > 0) return ladderOutcome(result.rungs, slo)
  const { throughputPerSec, cpuUsPerRequest } = result.measurement
  const cpu = cpuUsPerRequest.replicas
  const rate = `${whole(throughputPerSec)} requests/s`
  return cpu === null ? rate : `${rate}, ${cpu.toFixed(0)} µs of replica CPU each`
}

function ladderOutcome(rungs: readonly Rung[], slo: Slo): string {
  const { perSec, note } = capacityIn(rungs, slo)
  const rejected = rungs.filter(({ rejectedBy }) => rejectedBy.length > 0).length
  const counted = `${rungs.length} arrival rates${rejected > 0 ? `, ${rejected} rejected` : ''}`
  if (perSec === null) return `${counted}, no capacity (${note.replaceAll('-', ' ')})`
  return `${counted}, the SLO is kept up to ${note === 'found' ? '' : 'at least '}${whole(perSec)}/s`
}

const whole = (value: number): string => exact(Math.round(value))

/** Lines that what came out so far may take. */
const SO_FAR_LINES = 4

/**
 * What came out of an experiment so far: the median of each scheme, most first.
 *
 * @param indent before each of its lines
 */
export function soFar(results: readonly TrialResult[], experiment: string, slo: Slo, indent = ''): string {
  const schemes = new Map<string, number[]>()
  let unit = ''
  for (const result of results) {
    const { arm } = result.trial
    if (!result.ok || arm.experiment !== experiment || arm.twin || arm.observe || arm.examine) continue
    const isLadder = arm.load.loop === 'open'
    const value = isLadder ? capacityIn(result.rungs, slo).perSec : result.measurement.throughputPerSec
    if (value === null) continue
    unit = isLadder ? 'arrivals/s' : 'requests/s'
    const name = arm.variant === null ? arm.scheme : `${arm.scheme} ${arm.variant}`
    schemes.set(name, [...(schemes.get(name) ?? []), value])
  }
  if (schemes.size === 0) return ''
  const sorted = [...schemes]
    .map(([name, values]) => ({ name, value: median(values) }))
    .sort((a, b) => b.value - a.value)
  const words = `so far, ${unit}: ${sorted.map(({ name, value }) => `${name} ${whole(value)}`).join(', ')}`
  return indent + wrap(words, indent).split('\n').slice(0, SO_FAR_LINES).join('\n')
}

/** Where nobody watches, a line that only says how far it is comes no more often. */
const QUIET_MS = 60_000

/**
 * Lines that stay; above the last one on a terminal a block that is written anew, and below it one that says what goes on. Where
 * output is kept in a file all of them are lines, of those that say what goes on one a minute.
 *
 * @param now in ms
 */
export function displayOn(
  output: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>,
  now: () => number = () => performance.now(),
) {
  let told = Number.NEGATIVE_INFINITY
  /** Of the block, while nothing stands below it. */
  let standing = 0
  /** Only ever this one line: whatever else was printed meanwhile ends with a line of its own, which is empty. */
  const clear = () => {
    if (output.isTTY) output.write('\r\x1b[K')
  }
  const say = (text: string) => {
    clear()
    standing = 0
    if (text !== '') output.write(`${text}\n`)
  }
  return {
    /** Whether what is shown is seen. */
    isLive: output.isTTY === true,
    clear,
    /** For good; nothing where there is no text. */
    say,
    /** In the place of the block before it, where that can still be taken back. */
    stand(text: string): void {
      if (text === '') return
      clear()
      if (output.isTTY && standing > 0) output.write(`\x1b[${standing}A\x1b[J`)
      output.write(`${text}\n`)
      standing = text.split('\n').length
    },
    /** Until the next line of any kind. A longer one than the terminal is wide could not be taken back. */
    show(text: string): void {
      if (!output.isTTY) {
        if (now() - told < QUIET_MS) return
        told = now()
        output.write(`${text}\n`)
        return
      }
      clear()
      output.write(text.slice(0, output.columns - 1))
    },
  }
}
