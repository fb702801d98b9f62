/** How long the phases of a trial may take: nothing may hang, and the longest phases are known. Pure. */
import type { Arm } from '../record/types.ts'
import { sum } from '../stats/sums.ts'
import { pointsOf } from './turns/points.ts'
import { LONGEST_WARMUP_SEC } from './window.ts'

/** Anything beyond this on top of what is known is a fault. */
const SLACK_SEC = 60
/** Between two turns: connecting, draining, and messages. */
const TURN_SLACK_SEC = 2
/** Slowest login rate that is still taken for progress, in users a second. */
const SLOWEST_LOGINS_PER_SEC = 200

/** The longest that logins and warm-up may take, with slack for what is not known. */
export function fleetSec({ replicas, fleet = replicas, warmupSec, users }: Arm): number {
  return warmupSec + LONGEST_WARMUP_SEC * fleet + users / SLOWEST_LOGINS_PER_SEC + SLACK_SEC
}

/** All arms that take turns with each other. */
export function generationSec(arms: readonly Arm[]): number {
  return sum(arms.map((arm) => fleetSec(arm) + longestTurnsSec(arm)))
}

/** With a second turn of the control for each, and what a busy machine needs between them. */
function longestTurnsSec(arm: Arm): number {
  if (arm.load.loop !== 'turns') return 0
  const { passes, secPerArm = 0 } = arm.load
  return secPerArm + 2 * passes * pointsOf(arm.load).length * longestTurnSec(arm)
}

function longestTurnSec({ load, measureSec }: Arm): number {
  return load.loop === 'turns' ? load.settleSec + Math.max(load.idleSec, measureSec) + TURN_SLACK_SEC : 0
}

/** In seconds, for one arm of a generation. */
export interface StepLimits {
  warmSec: number
  turnSec: number
}

/** What of all arms together would be found out only when as many of them could have been measured. */
export function stepLimits(arm: Arm): StepLimits {
  return { warmSec: fleetSec(arm), turnSec: SLACK_SEC + longestTurnSec(arm) }
}
