/** Made-up turns whose truth is known, on a host as uneven as those that were measured on. */
import { isFirstControl } from '../figures/records.ts'
import { ofTiers } from '../record/tiers.ts'
import type { Arm, Point, TrialResult } from '../record/types.ts'
import { cellsOf, focusedHandfuls } from '../run/turns/focus.ts'
import { type Place, passOrder } from '../run/turns/order.ts'
import { pointsOf, type TurnsLoad } from '../run/turns/points.ts'
import { groupedBy } from '../stats/groups.ts'
import { seededNormal } from '../stats/normal.ts'
import { seedOf } from '../stats/seeded.ts'

/** Of the logarithm of the host's speed, as recorded windows had it. */
const HOST_SD = 0.22
const TURN_SD = 0.04
const CORRELATION_SEC = 2
const CONNECTIONS = 32
/** From the beginning of a turn to that of the next. */
const TURN_SEC = 0.45

export interface TurnsOptions {
  /** Standard deviation of what sets one server process apart from its like, as a share. */
  habit?: number
  hostSd?: number
  /** Of what a turn takes, as a share, beside habit and host. */
  turnSd?: number
  ratesPerSec?: number[]
  handlerUs?: number[]
  passes?: number
  /** Taken after the passes of each generation, where figures are least sure by then. */
  handfuls?: number
  seed?: number
  /** Default `cost`. */
  experiment?: string
}

/** CPU µs a request of all tiers, without handler work, of a scheme at a point. */
type CostUs = (scheme: string, point: Point, twin: boolean, variant: string | null) => number

/**
 * The results of an experiment as if they had been measured in turns.
 *
 * @param costUs the truth
 */
export function withTurns(
  results: readonly TrialResult[],
  costUs: CostUs,
  {
    habit = 0.03,
    hostSd = HOST_SD,
    turnSd = TURN_SD,
    passes = 4,
    handfuls = 0,
    seed = 1,
    ...asked
  }: TurnsOptions = {},
): TrialResult[] {
  const load: TurnsLoad = {
    loop: 'turns',
    connections: CONNECTIONS,
    ratesPerSec: asked.ratesPerSec ?? [100, 500, 1_000, 2_000],
    handlerUs: asked.handlerUs ?? [0, 500],
    passes,
    ...{ settleSec: 0.05, closed: true, idleSec: 0.3, mostBusy: 0.7 },
  }
  const points = pointsOf(load)
  const { experiment = 'cost' } = asked
  const cost = results.filter(({ trial }) => trial.arm.experiment === experiment)
  const blocks = groupedBy(cost, ({ trial }) => trial.block)
  const made = [...blocks].flatMap(([block, arms]) =>
    generation(arms, {
      ...{ load, points, costUs, habit, hostSd, turnSd, passes, handfuls },
      seed: seed + 7_919 * block,
    }),
  )
  return [...made, ...results.filter(({ trial }) => trial.arm.experiment !== experiment)]
}

interface Asked {
  load: TurnsLoad
  points: Point[]
  costUs: CostUs
  habit: number
  hostSd: number
  turnSd: number
  passes: number
  handfuls: number
  seed: number
}

interface MadeTurn {
  order: number
  point: number
  us: number
  speed: number
}

function generation(results: readonly TrialResult[], asked: Asked): TrialResult[] {
  const normal = seededNormal(asked.seed)
  const speeds = hostSpeeds(asked.hostSd, normal)
  const control = Math.max(
    0,
    results.findIndex(({ trial: { arm } }) => isFirstControl(arm)),
  )
  const habits = results.map(() => 1 + asked.habit * normal())
  const turns = results.map((): MadeTurn[] => [])
  let order = 0
  const take = (places: readonly Place[]) => {
    for (const { arm, point: at } of places) {
      const [result, point, speed] = [results[arm], asked.points[at], speeds()]
      if (!result || !point) continue
      const { scheme, twin, variant } = result.trial.arm
      const truth =
        asked.costUs(scheme, point, twin, variant) * (habits[arm] ?? 1) * (1 + asked.turnSd * normal())
      // Handler work lasts for a time, whatever the machine does in it.
      turns[arm]?.push({ order: order++, point: at, us: point.handlerUs + truth / speed, speed })
    }
  }
  const soFar = () => results.map((result, i) => recorded(result, asked, turns[i] ?? []))
  for (let pass = 0; pass < asked.passes; pass++) {
    const seed = seedOf(String(pass), asked.seed)
    take(orderOf(pass, results.length, asked.points.length, control, seed).flat())
  }
  if (asked.handfuls > 0) {
    const made = soFar()
    const trials = made.map(({ trial }) => trial)
    const cells = cellsOf(trials, control, asked.points, made)
    take(focusedHandfuls(cells, control, asked.handfuls, asked.seed).flat())
  }
  return soFar()
}

const known = new Map<string, ReturnType<typeof passOrder>>()

/** Worked out once for all tests of a process: most ask for the same seeds. */
function orderOf(...of: Parameters<typeof passOrder>): ReturnType<typeof passOrder> {
  const key = of.join()
  const order = known.get(key) ?? passOrder(...of)
  known.set(key, order)
  return order
}

/** The speed of the host turn after turn: its logarithm is an Ornstein–Uhlenbeck process. */
function hostSpeeds(sd: number, normal: () => number): () => number {
  const kept = Math.exp(-TURN_SEC / CORRELATION_SEC)
  let log = sd * normal()
  return () => {
    log = kept * log + sd * Math.sqrt(1 - kept ** 2) * normal()
    return Math.exp(log)
  }
}

/** As in a queue with one server, random arrivals and random work (M/M/1); in the closed loop every connection. */
function inFlight(perSec: number | null, us: number): number {
  if (perSec === null) return CONNECTIONS
  const busy = Math.min(0.95, (perSec * us) / 1e6)
  return busy / (1 - busy)
}

function recorded(result: TrialResult, { load, points }: Asked, turns: readonly MadeTurn[]): TrialResult {
  if (!result.ok) return result
  const arm: Arm = { ...result.trial.arm, load, measureSec: 0.3 }
  const requestsOf = ({ point }: MadeTurn) => {
    const { perSec = 0 } = points[point] ?? {}
    return perSec === null ? 600 : Math.round(0.3 * perSec)
  }
  const column = (of: (turn: MadeTurn) => number) => turns.map(of)
  const cpuUs = ofTiers(() => column(() => 0))
  cpuUs.replicas = column((turn) => turn.us * (requestsOf(turn) || 1))
  cpuUs.generator = column((turn) => (60 / turn.speed) * requestsOf(turn))
  return {
    ...result,
    trial: { ...result.trial, arm },
    turns: {
      points: [...points],
      order: column(({ order }) => order),
      point: column(({ point }) => point),
      seconds: column(() => 0.3),
      requests: column(requestsOf),
      cpuUs,
      hostUs: null,
      meanInFlight: column(({ point, us }) => inFlight(points[point]?.perSec ?? null, us)),
      failed: column(() => 0),
    },
  }
}
