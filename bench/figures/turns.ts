/** Turns as figures: what a request took in each, and each beside the turn of another arm that met the same machine. */
import { ofServing, SERVING, type ServingTier } from '../record/tiers.ts'
import type { Arm, Point, TrialResult } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import { begunOf, blocksInTime } from './records.ts'

/** One turn of an arm. CPU is that of the tiers that serve, in µs a request; in idle turns in cores. */
export interface TurnFigures {
  /** Of one set of processes, from whose arms it can be told apart by nothing but this. */
  generation: string
  /** As `blocksInTime` has it. */
  block: number
  /** What the arm was asked for: the turns of a first answer are others than those beside all schemes. */
  round: string
  order: number
  point: Point
  totalUs: number
  tiers: Record<ServingTier, number>
  /** Of the sender, µs a request; null where it cannot be read. */
  generatorUs: number | null
  /** Of a core, by one replica. */
  busy: number
  meanInFlight: number
}

/** Two points at which the same was asked. */
export const pointKey = ({ perSec, handlerUs }: Point) => `${perSec}/${handlerUs}`
export const isSamePoint = (a: Point, b: Point) => a.perSec === b.perSec && a.handlerUs === b.handlerUs

/** In an idle turn there is no request to divide by. */
export const isIdle = ({ perSec }: Point) => perSec === 0

/** Of the turns at the point that has most: fewer, and it is not what the run was about. */
const MANY_TURNS = 1 / 2

/**
 * Where headlines are taken: of the points of the open loop with the most handler work that all arms have, the highest rate at
 * which many turns were taken. A first answer spends its turns at one rate. A higher one that all schemes could carry in a fast hour of
 * the machine, and not in the next, would have few, and would move the headline from run to run.
 *
 * @param arms the points of each with its turns, by rising rate; null without a common one
 */
export function everydayOf(arms: readonly (readonly (Point & { turns: number })[])[]): Point | null {
  const [first = [], ...others] = arms
  const common = first.filter(
    (point) => point.perSec !== null && others.every((own) => own.some((other) => isSamePoint(other, point))),
  )
  const most = Math.max(...common.map(({ handlerUs }) => handlerUs))
  const working = common.filter(({ handlerUs }) => handlerUs === most)
  // Of the arm that has most but one: the control has a turn beside each handful.
  const turnsAt = (point: Point) => {
    const counts = arms.flatMap((own) =>
      own.filter((one) => isSamePoint(one, point)).map(({ turns }) => turns),
    )
    const [first = 0, second = first] = counts.toSorted((a, b) => b - a)
    return second
  }
  const many = MANY_TURNS * Math.max(...working.map(turnsAt))
  const last = working.filter((point) => turnsAt(point) >= many).at(-1)
  return last ? { perSec: last.perSec, handlerUs: last.handlerUs } : null
}

/** More failures than this among a turn's arrivals, and it is no figure of what an answer costs. */
const MOST_FAILED = 0.01

/**
 * The turns of each arm that took any, by the id of the arm. Where an arm was measured once more, the control went along
 * and has two records of that trial: each is a generation of its own. A turn in which a tier could not be read, nothing was
 * answered or much failed is left out.
 */
export function turnsByArm(results: readonly TrialResult[]): ReadonlyMap<string, ArmTurns> {
  const found = new Map<string, { arm: Arm; turns: TurnFigures[] }>()
  const blocks = blocksInTime(results, begunOf)
  for (const result of results) {
    const block = blocks.get(result)
    if (!result.ok || !result.turns || block === undefined) continue
    const { arm } = result.trial
    const own = found.get(arm.id) ?? { arm, turns: [] }
    const generation = `${block} ${result.startedAt}`
    const round = JSON.stringify([arm.load, arm.measureSec])
    own.turns.push(...figuresOf(result.turns, { generation, block, round }, arm.replicas))
    found.set(arm.id, own)
  }
  return found
}

export interface ArmTurns {
  arm: Arm
  turns: readonly TurnFigures[]
}

type Columns = NonNullable<Extract<TrialResult, { ok: true }>['turns']>

function figuresOf(
  columns: Columns,
  from: Pick<TurnFigures, 'generation' | 'block' | 'round'>,
  replicas: number,
): TurnFigures[] {
  const serving = SERVING.map(({ key }) => ({ key, cpuUs: columns.cpuUs[key] }))
  return columns.order.flatMap((order, i) => {
    const point = columns.points[columns.point[i] ?? -1]
    const [requests = 0, seconds = 0, failed = 0] = [
      columns.requests[i],
      columns.seconds[i],
      columns.failed[i],
    ]
    if (!point || (requests === 0 && !isIdle(point)) || failed > MOST_FAILED * (requests + failed)) return []
    const each = isIdle(point) ? 1e6 * seconds : requests
    const tiers = ofServing(() => 0)
    let totalUs = 0
    for (const { key, cpuUs } of serving) {
      const used = cpuUs?.[i] ?? null
      if (used === null) return []
      tiers[key] = used / each
      totalUs += tiers[key]
    }
    const generator = columns.cpuUs.generator?.[i] ?? null
    return {
      ...{ ...from, order, point, tiers, totalUs },
      generatorUs: generator === null ? null : generator / each,
      busy: (columns.cpuUs.replicas?.[i] ?? 0) / 1e6 / seconds / replicas,
      meanInFlight: columns.meanInFlight[i] ?? 0,
    }
  })
}

/** Turns by round, each round once. */
export const byRound = (turns: readonly TurnFigures[]) => groupedBy(turns, ({ round }) => round)

/** Turns by point, each point once. */
export const byPoint = (turns: readonly TurnFigures[]) => groupedBy(turns, ({ point }) => pointKey(point))

/**
 * `of` each turn and of the turn of `base` at the same point that lies nearest in the order of its generation, by
 * generation. What the two have in common, above all the speed of the machine in those seconds, then cancels out. Where
 * only one fleet can be up at a time, it is the nearest in the order of the block, and little cancels out.
 */
export function besideEach(
  own: readonly TurnFigures[],
  base: readonly TurnFigures[],
  of: (own: TurnFigures, base: TurnFigures) => number,
): number[][] {
  return besideAll(own, [base], (turn, near) => near.flatMap((other) => of(turn, other))).map((values) =>
    values.flat(),
  )
}

/** The same beside several at once; a turn that one of them has none beside is left out. */
export function besideAll<T>(
  own: readonly TurnFigures[],
  bases: readonly (readonly TurnFigures[])[],
  of: (own: TurnFigures, near: readonly TurnFigures[]) => T,
): T[][] {
  const nearIn = bases.map((base) => {
    const byGeneration = groupedBy(base, ({ generation }) => generation)
    return (turn: TurnFigures) =>
      nearestTo(turn, byGeneration.get(turn.generation) ?? []) ??
      nearestTo(
        turn,
        base.filter(({ block }) => block === turn.block),
      )
  })
  const found = own.flatMap((turn): [string, T][] => {
    const near = nearIn.flatMap((nearest) => nearest(turn) ?? [])
    return near.length < bases.length ? [] : [[turn.generation, of(turn, near)]]
  })
  return clustered(found)
}

/** Of those at the same point; of two that are as near the first. */
function nearestTo(turn: TurnFigures, others: readonly TurnFigures[]): TurnFigures | null {
  let nearest: TurnFigures | null = null
  let least = Number.POSITIVE_INFINITY
  for (const other of others) {
    const distance = Math.abs(other.order - turn.order)
    if (distance >= least || !isSamePoint(other.point, turn.point)) continue
    nearest = other
    least = distance
  }
  return nearest
}

/** Values by generation. */
export function clustered<T>(values: readonly (readonly [generation: string, value: T])[]): T[][] {
  return [...groupedBy(values, ([generation]) => generation).values()].map((own) =>
    own.map(([, value]) => value),
  )
}
