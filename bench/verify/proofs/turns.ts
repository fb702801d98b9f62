/** Proof: turns side by side find a planted tenth and a planted swap, and do not tell equal arms apart. */
import { messageOf } from '../../errors.ts'
import { comparedCurves } from '../../figures/curves.ts'
import { CONTROL } from '../../figures/records.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import type { Generator } from '../../load/job.ts'
import { processCpuUs } from '../../probe/proc.ts'
import type { TrialResult } from '../../record/types.ts'
import { playGeneration } from '../../run/turns/generation.ts'
import type { Session } from '../../run/window.ts'
import { rising } from '../../stats/groups.ts'
import { recordsOf, trialOf, withSessions } from '../fleets-of-proof.ts'
import { findingOf, type Planted, STEEP, TENTH, widest } from '../planted-turns.ts'
import type { Finding, Instrument, Proof } from '../proof.ts'
import type { TestBed } from '../test-bed.ts'

const RATES = [200, 500, 1_000]
/** What a service does besides. All arms are so asked for a route with handler work, and differ by nothing but how much. */
const HANDLER_US = 200
const SHARE = 0.1
/** The steep arm takes nothing more below the swap, and this share of the control above it. */
const STEEP_SHARE = 0.3
/** Between these two rates, where the line of the differences crosses zero. */
const SWAP_ABOVE = 500
const PASSES = 6
/** The fewest of which a mean has an interval. */
const LOOK_PASSES = 5
/** What sets one process apart from its like is known from two generations on. */
const LEAST_GENERATIONS = 2
const MOST_GENERATIONS = 3
/** Intervals this narrow, to either side, show a tenth nearly always; only how wide they are is looked at. */
const NARROW = 0.05

/** The generator of an arm that takes longer in its turns: it asks for a route that spins for that much more. */
export function planting(generator: Generator, usAt: (perSec: number) => number): Generator {
  return {
    ...generator,
    load(job, onWindow) {
      const { load, handlerUs } = job
      if (load.loop !== 'open' || handlerUs === undefined) return generator.load(job, onWindow)
      return generator.load({ ...job, handlerUs: handlerUs + usAt(load.arrivalsPerSec) }, onWindow)
    },
  }
}

const SHOWS = 'turns find a tenth more at each rate and a swap, and tell no equals apart'

const undecided = (measured: string): Finding => ({ expected: SHOWS, measured, passed: null, figures: {} })

export function turns(): Proof {
  return {
    id: 'turns',
    shows: SHOWS,
    timed: true,
    async run(instrument, bed): Promise<Finding> {
      if (processCpuUs(process.pid) === null) return undecided('no /proc here: CPU of a process is not known')
      return await bed.withFleet(async (fleet) => {
        const tried = onceMore(bed)
        const amounts = amountsFor(await tried(() => lookAt(fleet, instrument, bed)))
        const full = RATES.filter((perSec) => !amounts.some((one) => one.perSec === perSec))
        if (full.length > 0) return undecided(`a replica is too busy here at ${full.join(' and ')}/s`)
        const results: TrialResult[] = []
        for (let block = 1; block <= MOST_GENERATIONS; block++) {
          bed.signal.throwIfAborted()
          const asked = { fleet, instrument, bed, amounts }
          results.push(...(await tried(() => generation(asked, block))))
          if (block >= LEAST_GENERATIONS && widest(results, amounts) <= NARROW) break
        }
        return findingOf(results, amounts)
      })
    },
  }
}

/** What a request of the control takes, µs, at each rate at which a replica is not too busy. */
async function lookAt(
  fleet: Fleet,
  generator: Instrument,
  { signal }: TestBed,
): Promise<Map<number, number>> {
  const settings = { handlerUs: [HANDLER_US] }
  const asked = { ratesPerSec: RATES, handlerUs: [HANDLER_US], passes: LOOK_PASSES }
  const trial = trialOf({ name: CONTROL, settings, ...asked }, 0)
  return await withSessions({ fleet, generator, scheme: CONTROL }, [trial], async (sessions) => {
    const results = recordsOf(sessions, await playGeneration(sessions, 0, { signal }))
    const points = comparedCurves({ profile: 'standard' }, results).curves[0]?.points ?? []
    return new Map(points.map(({ perSec, cpuUs }) => [perSec ?? 0, cpuUs.value]))
  })
}

/** Without the rates at which nothing is known of the control. */
function amountsFor(controlUs: ReadonlyMap<number, number>): Planted[] {
  return RATES.flatMap((perSec): Planted[] => {
    const us = controlUs.get(perSec)
    if (us === undefined) return []
    const steepUs = perSec > SWAP_ABOVE ? Math.round(STEEP_SHARE * us) : 0
    return [{ perSec, tenthUs: Math.round(SHARE * us), steepUs }]
  })
}

interface Asked {
  fleet: Fleet
  instrument: Instrument
  bed: TestBed
  amounts: readonly Planted[]
}

/** As a run measures again what a busy machine spoiled: the first time that an arm fails, all of them play once more. */
function onceMore({ signal, log }: TestBed) {
  let isLast = false
  return <T>(play: () => Promise<T>): Promise<T> =>
    play().catch((error: unknown) => {
      if (isLast || signal.aborted) throw error
      isLast = true
      log(`  ${messageOf(error)}: once more`)
      return play()
    })
}

/** The control, its twin and the two planted arms, each with processes of its own. */
async function generation({ fleet, instrument, bed, amounts }: Asked, block: number): Promise<TrialResult[]> {
  const extras = amounts.flatMap(({ tenthUs, steepUs }) => [tenthUs, steepUs])
  const settings = { handlerUs: rising([0, ...extras].map((us) => HANDLER_US + us)) }
  const asked = { ratesPerSec: RATES, handlerUs: [HANDLER_US], passes: PASSES, settings }
  const trials = [
    trialOf({ name: CONTROL, ...asked }, block),
    trialOf({ name: CONTROL, twin: true, ...asked }, block),
    trialOf({ name: TENTH, ...asked }, block),
    trialOf({ name: STEEP, ...asked }, block),
  ]
  const usAt = (key: 'tenthUs' | 'steepUs') => (perSec: number) =>
    amounts.find((one) => one.perSec === perSec)?.[key] ?? 0
  const dearer = (session: Session): Session => {
    const { scheme } = session.trial.arm
    if (scheme === CONTROL) return session
    const key = scheme === TENTH ? 'tenthUs' : 'steepUs'
    return { ...session, generator: planting(session.generator, usAt(key)) }
  }
  return await withSessions({ fleet, generator: instrument, scheme: CONTROL }, trials, async (sessions) =>
    recordsOf(sessions, await playGeneration(sessions.map(dearer), 0, { signal: bed.signal })),
  )
}
