/**
 * One generation of processes: the fleets of all arms are up at once, each is made warm, and then they take short turns.
 *
 * On a shared host the speed of a CPU has a standard deviation of a fifth and a correlation time of some two seconds.
 * Windows of one arm that follow those of another by a minute compare two machines; turns of a third of a second, side by
 * side, compare two schemes. A fleet that waits for its turn is stopped, so that it takes no CPU from the one that has it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { unlessAborted, within } from '../../load/in-time.ts'
import { seedOf } from '../../stats/seeded.ts'
import { type StepLimits, stepLimits } from '../limits.ts'
import { saturation } from '../phases.ts'
import { failed, type Judged, type Session } from '../window.ts'
import { columnsOf, type Turn } from './columns.ts'
import { isTooBusy, type Place, passOrder, restedAlike } from './order.ts'
import { pointsOf, type TurnsLoad } from './points.ts'
import { QUIET_MS, takeTurn } from './turn.ts'

/** An arm of the generation: its fleets, what it has measured, and why it is out. */
interface Player {
  /** Of the first; the control may have more, which stand by turns beside the others. */
  session: Session
  sets: readonly Session[]
  /** Place of the last turn of each set; -1 before the first. */
  lasts: number[]
  load: TurnsLoad
  turns: Turn[]
  judged: Judged | null
}

/** Whom a generation tells, and asks. */
export interface Company {
  /** Ends it after the turn that is under way, once each arm had a pass. */
  signal: AbortSignal
  /** Told what became of each arm so far, after each pass but the last and a few times in what follows. */
  passed?: (judged: Judged[], passes: number) => void
  /** Which handfuls come next when the passes are over and there is time left; none: nothing would be gained. */
  more?: (judged: Judged[], round: number) => Place[][]
  /** Beyond these a step hangs; absent: those of each arm. */
  limits?: StepLimits
  /** More sets of the control's processes; absent: none. */
  controls?: readonly Session[]
}

/**
 * @param sessions of the arms, in the order of their trials, whose loads are alike
 * @param control the index of the one that the others are compared with
 * @returns what became of each; with fewer passes than were asked for where the signal or the end of its time came first
 */
export async function playGeneration(
  sessions: readonly Session[],
  control: number,
  company: Company,
): Promise<Judged[]> {
  const began = performance.now()
  const players = sessions.map((session, i): Player => {
    const sets = [session, ...(i === control ? (company.controls ?? []) : [])]
    return { session, sets, lasts: sets.map(() => -1), load: turnsOf(session), turns: [], judged: null }
  })
  const [first] = players
  if (!first) return []
  const points = pointsOf(first.load)
  const limitsOf = ({ session }: Player) => company.limits ?? stepLimits(session.trial.arm)
  for (const { sets } of players) for (const { running } of sets) running.rest?.()
  for (const player of players) {
    // The first one is what the arm's measurement is of.
    for (const set of player.sets.toReversed()) {
      company.signal.throwIfAborted()
      const warmed = inTime(
        limitsOf(player).warmSec,
        warm(player, set, points),
        `the warm-up of ${set.trial.id}`,
      )
      await unlessAborted(warmed, company.signal)
    }
  }
  const soFar = () =>
    players.map(({ judged, turns }) =>
      judged?.ok ? { ...judged, turns: columnsOf(points, turns) } : (judged as Judged),
    )
  const { passes, secPerArm } = first.load
  const { block } = first.session.trial
  const mostMs = secPerArm && 1_000 * secPerArm * players.length
  const isOver = () => mostMs !== undefined && performance.now() - began >= mostMs
  let order = 0
  /** @returns whether there is time for more */
  const take = async (handful: readonly Place[], seed: number, isFirst = false) => {
    const others = handful.flatMap(({ arm }) => (arm === control ? [] : (players[arm]?.lasts ?? [])))
    const beside = restedAlike(order, players[control]?.lasts ?? [], others)
    for (const place of handful) {
      if (isFirst) company.signal.throwIfAborted()
      else if (company.signal.aborted || isOver()) return false
      const player = players[place.arm] as Player
      const set = place.arm === control ? beside : 0
      player.lasts[set] = order
      const played = play(player, points, { at: place.point, order: order++, seed, set })
      const turn = inTime(limitsOf(player).turnSec, played, `a turn of ${player.session.trial.id}`)
      if (isFirst) await unlessAborted(turn, company.signal)
      else if (!(await endsSoon(turn, company.signal))) return false
    }
    return true
  }
  for (let pass = 0; pass < passes; pass++) {
    if (pass > 0) company.passed?.(soFar(), pass)
    const seed = seedOf(`${block}/${pass}`, first.session.seed)
    for (const handful of passOrder(pass, players.length, points.length, control, seed))
      if (!(await take(handful, seed, pass === 0))) return soFar()
  }
  for (let round = 0; mostMs !== undefined && !isOver(); round++) {
    const handfuls = company.more?.(soFar(), round) ?? []
    if (handfuls.length === 0) break
    company.passed?.(soFar(), passes)
    for (const [i, places] of handfuls.entries()) {
      const seed = seedOf(`${block}/more/${round}/${i}`, first.session.seed)
      if (!(await take(places, seed))) return soFar()
    }
  }
  return soFar()
}

/** What hangs in one arm would hang in the next: the generator does one job at a time. */
function inTime<T>(limitSec: number, work: Promise<T>, what: string): Promise<T> {
  return within(1_000 * limitSec, work, () => {
    throw new Error(`${what} took longer than its limit of ${Math.ceil(limitSec)} s`)
  })
}

/** More than a turn takes on a machine that is busy. */
const LAST_TURN_MS = 5_000

/** After an interrupt the turn that is under way may end, unless it hangs. @returns whether it did */
async function endsSoon(turn: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await unlessAborted(turn, signal)
    return true
  } catch (error) {
    if (!signal.aborted) throw error
    return await within(
      LAST_TURN_MS,
      turn.then(() => true),
      () => false,
    )
  }
}

function turnsOf({ trial }: Session): TurnsLoad {
  const { load } = trial.arm
  if (load.loop !== 'turns') throw new Error(`${trial.id} takes no turns`)
  return load
}

/** So that each route was asked once. */
const TRIAL_SEC = 0.1

/** Logins, the closed loop until the code is compiled, and a look at what it reaches; then every route once. */
async function warm(player: Player, session: Session, points: ReturnType<typeof pointsOf>): Promise<void> {
  const { load } = player
  session.running.wake?.()
  try {
    player.judged = await saturation(session, load)
    await sleep(QUIET_MS)
  } finally {
    session.running.rest?.()
  }
  const open = points.filter(({ perSec }) => perSec !== null && perSec > 0)
  for (const us of load.handlerUs) {
    const lightest = open.find(({ handlerUs }) => handlerUs === us)
    if (lightest && player.judged.ok) await takeTurn(session, load, lightest, 0, TRIAL_SEC)
  }
}

/**
 * One turn, unless the arm is out or would be too busy. A wrong answer puts it out, and the others go on.
 *
 * All arms of a pass meet the same arrivals at a point: when requests come in a row by chance, both sides of a comparison
 * are spared as many wake-ups.
 */
async function play(
  player: Player,
  points: ReturnType<typeof pointsOf>,
  { at, order, seed, set }: { at: number; order: number; seed: number; set: number },
): Promise<void> {
  const { sets, load, turns, judged } = player
  const session = sets[set] ?? player.session
  const point = points[at]
  if (!point || !judged?.ok) return
  if (point.perSec && isTooBusy({ ...point, perSec: point.perSec }, looksOf(player, points), load.mostBusy))
    return
  try {
    turns.push({ ...(await takeTurn(session, load, point, seed + at)), order, point: at, set })
  } catch (error) {
    player.judged = failed((error as Error).message, judged.measurement)
  }
}

function looksOf({ turns, session }: Player, points: ReturnType<typeof pointsOf>) {
  return turns.flatMap(({ point, cpuUs, seconds }) => {
    const { perSec, handlerUs } = points[point] ?? { perSec: null, handlerUs: 0 }
    if (!perSec || cpuUs.replicas === null) return []
    return [{ perSec, handlerUs, busy: cpuUs.replicas / 1e6 / seconds / session.trial.arm.replicas }]
  })
}
