/** Proof: fleets that wait for their turn, stopped, cost the one that has it nothing. */

import { THE_TWO } from '../../experiments/roles.ts'
import { CONTROL } from '../../figures/records.ts'
import { type TurnFigures, turnsByArm } from '../../figures/turns.ts'
import type { Fleet, RunningFleet } from '../../fleet/fleet.ts'
import { processCpuUs } from '../../probe/proc.ts'
import { openTurnProbe } from '../../probe/turn.ts'
import { SERVING } from '../../record/tiers.ts'
import { saturation } from '../../run/phases.ts'
import { columnsOf, type Turn } from '../../run/turns/columns.ts'
import { takeTurn } from '../../run/turns/turn.ts'
import { logIn, type Session, warmUp } from '../../run/window.ts'
import { clusteredMean } from '../../stats/clustered.ts'
import type { Interval } from '../../stats/median-interval.ts'
import { sum } from '../../stats/sums.ts'
import { withRange } from '../../words/format.ts'
import { recordsOf, trialOf, withSessions } from '../fleets-of-proof.ts'
import { digits, type Finding, type Instrument, type Proof } from '../proof.ts'
import type { TestBed } from '../test-bed.ts'

const NEIGHBOURS = 4
/** The one of the two that has a store, a replica and a proxy to stop. */
const [NEIGHBOUR] = THE_TWO
const PER_SEC = 500
/** Of the control, in each quarter of a round: alone, beside them, beside them, alone. */
const TURNS = 6
/** Of the control alone before the first round. What becomes faster meanwhile would look dear in the first quarter. */
const WARM_REQUESTS = 10_000
const LEAST_ROUNDS = 3
const MOST_ROUNDS = 4
/** To either side; only how wide it is decides whether a round is added. */
const NARROW = 0.05
const TOO_WIDE = 0.1
const MOST_RATIO = 1.1
/** Of a core, by all neighbours together. */
const MOST_CORES = 0.01

const expected = 'beside ÷ alone 1 ± 0.1; the neighbours took at most 1 % of a core'

/** CPU of stopped neighbours while the control had its turns beside them. */
export interface Rest {
  cpuUs: number
  seconds: number
}

/**
 * Failed: the neighbours took more than a hundredth of a core, or all of the interval lies above 1.1. Unclear: the interval
 * reaches further than 0.1 to either side. Pure.
 *
 * @param own turns of the control, by `order`, rounds one after the other
 * @param quarter turns in a quarter of a round
 * @param rests null: their CPU cannot be read
 */
export function findingOf(
  own: readonly TurnFigures[],
  quarter: number,
  rests: readonly Rest[] | null,
): Finding {
  if (!rests || rests.length === 0)
    return { expected, measured: 'their CPU cannot be read here', passed: null, figures: {} }
  const ratio = ratioOf(own, quarter)
  const cores = sum(rests.map(({ cpuUs }) => cpuUs)) / (1e6 * sum(rests.map(({ seconds }) => seconds)))
  const wakeful = cores > MOST_CORES
  const isDear = ratio !== null && ratio.lo > MOST_RATIO
  const isOpen = ratio === null || reachOf(ratio) > TOO_WIDE
  const compared = ratio ? `beside ÷ alone ${withRange(ratio, digits)}` : 'too few turns'
  const told = `${compared}; they took ${digits(100 * cores, 2)} % of a core`
  return {
    expected,
    measured: isOpen && !wakeful && !isDear ? `${told}: too noisy here` : told,
    passed: wakeful || isDear ? false : isOpen ? null : true,
    figures: {
      ...(ratio ? { ratio: ratio.value, ratioLo: ratio.lo, ratioHi: ratio.hi, pairs: ratio.n } : {}),
      ...{ rounds: rests.length, neighbourCores: cores },
    },
  }
}

/**
 * By pairs that lie as near to each other as can be: the last turn before the neighbours came and the first beside them,
 * the one before it and the second, and the same where they leave. Of logarithms, so that half and twice are equally far.
 */
function ratioOf(own: readonly TurnFigures[], quarter: number): (Interval & { n: number }) | null {
  const costs = new Map(own.map(({ order, totalUs }) => [order, totalUs]))
  const rounds = Math.floor(Math.max(-1, ...costs.keys()) / (4 * quarter)) + 1
  const logs = Array.from({ length: rounds }, (_, round) => {
    const first = 4 * quarter * round
    return Array.from({ length: quarter }, (_, i) => [
      [first + i, first + 2 * quarter - 1 - i],
      [first + 3 * quarter + i, first + 3 * quarter - 1 - i],
    ])
      .flat()
      .flatMap(([one = -1, other = -1]) => {
        const [alone, beside] = [costs.get(one), costs.get(other)]
        return alone && beside ? [Math.log(beside / alone)] : []
      })
  })
  const mean = clusteredMean(logs)
  return mean && { value: Math.exp(mean.value), lo: Math.exp(mean.lo), hi: Math.exp(mean.hi), n: mean.n }
}

const reachOf = ({ lo, hi }: Interval) => (hi - lo) / 2

/** @param rest puts a neighbour to sleep; in tests of the proof it does not */
export function sleepingNeighbour({
  least = LEAST_ROUNDS,
  most = MOST_ROUNDS,
  neighbours = NEIGHBOURS,
  quarter = TURNS,
  warmupRequests = WARM_REQUESTS,
  rest = (running: RunningFleet) => running.rest?.(),
} = {}): Proof {
  return {
    id: 'sleeping-neighbour',
    shows: 'fleets that wait for their turn cost the one that has it nothing',
    timed: true,
    async run(instrument, bed): Promise<Finding> {
      const unread = 'no /proc here: CPU of a process is not known'
      if (processCpuUs(process.pid) === null) return { expected, measured: unread, passed: null, figures: {} }
      // Neighbours come and go while the control stays: a fleet of its own, since a start ends those before.
      return await bed.withFleet((fleet) =>
        bed.withFleet((other) =>
          withControl({ fleet, generator: instrument, warmupRequests }, async (session, control) => {
            const rests: (Rest | null)[] = []
            for (let round = 0; round < most; round++) {
              const ratio = ratioOf(control.figures(), quarter)
              if (round >= least && ratio && reachOf(ratio) <= NARROW) break
              await take(session, control, quarter, bed)
              const asked = { fleet: other, generator: instrument, neighbours, rest }
              rests.push(await besideSleepers(asked, () => take(session, control, 2 * quarter, bed)))
              await take(session, control, quarter, bed)
            }
            const known = rests.filter((one) => one !== null)
            return findingOf(control.figures(), quarter, known.length < rests.length ? null : known)
          }),
        ),
      )
    },
  }
}

/** What the control has measured, in order. */
interface Control {
  turns: Turn[]
  figures(): readonly TurnFigures[]
}

const POINT = { perSec: PER_SEC, handlerUs: 0 }

/** The control, up and warm until `use` ends. */
async function withControl(
  { fleet, generator, warmupRequests }: { fleet: Fleet; generator: Instrument; warmupRequests: number },
  use: (session: Session, control: Control) => Promise<Finding>,
): Promise<Finding> {
  const asked = { ratesPerSec: [PER_SEC], handlerUs: [0], passes: 1 }
  const trial = trialOf({ name: CONTROL, warmupRequests, ...asked }, 0)
  return await withSessions({ fleet, generator, scheme: CONTROL }, [trial], async ([session]) => {
    const load = session?.trial.arm.load
    if (!session || load?.loop !== 'turns') throw new Error('the control is not there')
    const judged = await saturation(session, load)
    if (!judged.ok) throw new Error(judged.reason)
    const turns: Turn[] = []
    const figures = () => {
      const [result] = recordsOf([session], [{ ...judged, turns: columnsOf([POINT], turns) }])
      return result ? (turnsByArm([result]).get(result.trial.arm.id)?.turns ?? []) : []
    }
    return await use(session, { turns, figures })
  })
}

async function take(session: Session, { turns }: Control, count: number, { signal }: TestBed): Promise<void> {
  const { load } = session.trial.arm
  if (load.loop !== 'turns') return
  for (let i = 0; i < count; i++) {
    signal.throwIfAborted()
    const order = turns.length
    turns.push({ ...(await takeTurn(session, load, POINT, order)), order, point: 0 })
  }
}

interface Sleepers {
  fleet: Fleet
  generator: Instrument
  neighbours: number
  rest(running: RunningFleet): void
}

/** Neighbours with users and connections, as those of a run, stopped while `use` lasts. @returns null: not readable */
async function besideSleepers(
  { fleet, generator, neighbours, rest }: Sleepers,
  use: () => Promise<void>,
): Promise<Rest | null> {
  const asked = { name: NEIGHBOUR, ratesPerSec: [PER_SEC], handlerUs: [0], passes: 1 }
  const trials = Array.from({ length: neighbours }, (_, i) => trialOf(asked, i))
  return await withSessions({ fleet, generator, scheme: NEIGHBOUR }, trials, async (sessions) => {
    for (const session of sessions) {
      await logIn(session)
      await warmUp(session, { loop: 'closed', connections: 32 }, 0)
      rest(session.running)
    }
    const probes = sessions.map(({ running }) => openTurnProbe(running, []))
    for (const probe of probes) probe.open()
    await use()
    for (const probe of probes) probe.close()
    const readings = probes.map((probe) => probe.reading())
    const used = readings.flatMap(({ cpuUs }) => SERVING.map(({ key }) => cpuUs[key]))
    if (used.includes(null)) return null
    return { cpuUs: sum(used as number[]), seconds: readings[0]?.seconds ?? 0 }
  })
}
