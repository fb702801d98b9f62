/** Sorts a run's records by arm, and decides which record of a trial counts. */
import { type SchemeName, schemeNames } from '../../servers/scheme.ts'
import type { Arm, Measurement, Run, TrialResult, Warning } from '../record/types.ts'
import { groupedBy } from '../stats/groups.ts'
import type { ByBlock } from '../stats/paired.ts'

/** An arm with what was measured of it, by block. */
export interface ArmRecords {
  arm: Arm
  measured: ReadonlyMap<number, Measurement>
  /** Union over its trials, and what follows from the profile. */
  warnings: Warning[]
}

/**
 * Every planned arm, in the order of tables: experiment, replicas, users, variant, then schemes as the registry has them.
 * The first valid record of a trial counts: measuring again can fill a gap, never replace a figure.
 */
export function recordsByArm(run: Run, results: readonly TrialResult[]): ArmRecords[] {
  const arms = new Map(run.plan.map(({ arm }) => [arm.id, arm]))
  const measured = new Map([...arms.keys()].map((id) => [id, new Map<number, Measurement>()]))
  const blocks = blocksInTime(results, begunOf)
  const counted = new Set<string>()
  for (const result of results) {
    const own = measured.get(result.trial.arm.id)
    const block = blocks.get(result)
    if (!result.ok || !own || block === undefined || counted.has(result.trial.id)) continue
    if (isGlance(run, result.trial.arm)) continue
    counted.add(result.trial.id)
    own.set(block, result.measurement)
  }
  return [...arms.values()].sort(inTableOrder).map((arm) => {
    const blocks = measured.get(arm.id) ?? new Map<number, Measurement>()
    return { arm, measured: blocks, warnings: flags(run, [...blocks.values()]) }
  })
}

/**
 * Whether the closed loop was only looked at before the turns: for a quarter of a second, of code that is hardly compiled. It
 * shows that the fleet answers, and is no figure. A smoke run has nothing better, and none of its figures is one.
 */
export function isGlance({ profile }: Pick<Run, 'profile'>, { load }: Pick<Arm, 'load'>): boolean {
  return profile !== 'smoke' && load.loop === 'turns' && !load.closed
}

/** When and for which comparison something was measured. */
export interface Begun {
  experiment: string
  block: number
  /** ISO time. */
  startedAt: string
}

export const begunOf = ({ startedAt, trial }: TrialResult): Begun => ({
  experiment: trial.arm.experiment,
  block: trial.block,
  startedAt,
})

/**
 * From the begin of a trial to that of the next in its block. In the runs published by 2026-11-29 it was 2.5 min at most while a
 * run went on, and 19 to 87 min where it was interrupted and resumed.
 */
const MOST_APART_MS = 10 * 60_000

/**
 * The block of each record. Figures are compared within blocks, since trials of one met about the same machine. What was measured
 * after a longer break, as when a run is resumed, did not: from there on it is another block, which pairs with nothing from
 * before. It has the number of the planned one with thousandths behind it.
 */
export function blocksInTime<T>(records: readonly T[], of: (record: T) => Begun): ReadonlyMap<T, number> {
  const entries = records.map((record) => {
    const { experiment, block, startedAt } = of(record)
    return { record, key: `${experiment} ${block}`, block, at: Date.parse(startedAt) }
  })
  return new Map(
    [...groupedBy(entries, ({ key }) => key).values()].flatMap((own) => {
      let breaks = 0
      return own
        .toSorted((a, b) => a.at - b.at)
        .map(({ record, block, at }, i, all) => {
          if (at - (all[i - 1]?.at ?? at) > MOST_APART_MS) breaks++
          return [record, block + breaks / 1_000] as const
        })
    }),
  )
}

/** The block of the plan that one of `blocksInTime` is of. */
export const plannedBlock = (block: number) => Math.floor(block)

/** One number a block from each measurement; blocks in which `of` gives null are left out. */
export function byBlock({ measured }: ArmRecords, of: (measurement: Measurement) => number | null): ByBlock {
  const pairs = [...measured].map(([block, measurement]) => [block, of(measurement)] as const)
  return new Map(pairs.filter((pair): pair is readonly [number, number] => pair[1] !== null))
}

/** The scheme that authenticates nobody; everything is compared with it. */
export const CONTROL: SchemeName = 'none'

export function isControl({ scheme }: Pick<Arm, 'scheme'>): boolean {
  return scheme === CONTROL
}

/** The one that all else is compared with: once, and without a change of its own. */
export function isFirstControl({ scheme, variant, twin }: Pick<Arm, 'scheme' | 'variant' | 'twin'>): boolean {
  return isControl({ scheme }) && variant === null && !twin
}

/** Arms that may be compared with each other: all that differs is the scheme. */
export function sameCell(a: Arm, b: Arm): boolean {
  return (
    a.experiment === b.experiment &&
    a.variant === b.variant &&
    a.replicas === b.replicas &&
    a.users === b.users
  )
}

// Made once: `localeCompare` with options makes one for each comparison.
const names = new Intl.Collator('en')
const numbered = new Intl.Collator('en', { numeric: true })

export function inTableOrder(a: Arm, b: Arm): number {
  return (
    names.compare(a.experiment, b.experiment) ||
    a.replicas - b.replicas ||
    a.users - b.users ||
    // As numbers, so that n2 stands before n10.
    numbered.compare(a.variant ?? '', b.variant ?? '') ||
    schemePlace(a.scheme) - schemePlace(b.scheme) ||
    Number(a.twin) - Number(b.twin)
  )
}

export const armsIn = <T extends { arm: Arm }>(entries: readonly T[], experiment: string) =>
  entries.filter(({ arm }) => arm.experiment === experiment)

/** Each once, in the order of the arms. */
export const schemesIn = (of: readonly { arm: Arm }[]) => [...new Set(of.map(({ arm }) => arm.scheme))]
export const experimentsIn = (of: readonly { arm: Arm }[]) => [
  ...new Set(of.map(({ arm }) => arm.experiment)),
]

/** The first of a scheme in an experiment; never that of the second control. */
export const entryOf = <T extends { arm: Arm }>(entries: readonly T[], experiment: string, scheme: string) =>
  entries.find(({ arm }) => arm.experiment === experiment && arm.scheme === scheme && !arm.twin)

/** As much of a trial as it takes to name it where the measurements themselves are not at hand. */
export interface Tried {
  ok: boolean
  trial: { id: string; arm: Pick<Arm, 'scheme' | 'experiment' | 'twin'> }
}

/** Ids of the valid trials of a scheme in an experiment, without those of the second control. */
export function validTrials(results: readonly Tried[], experiment: string, scheme: string): string[] {
  return results.flatMap(({ ok, trial: { id, arm } }) =>
    ok && arm.experiment === experiment && arm.scheme === scheme && !arm.twin ? [id] : [],
  )
}

/** Place in the registry; schemes that it no longer knows, in published runs, come last. */
export function schemePlace(scheme: string): number {
  const place = (schemeNames as string[]).indexOf(scheme)
  return place === -1 ? schemeNames.length : place
}

/** What follows from the profile, and what was flagged in any of the measurements. */
export function flags({ profile }: Run, measurements: readonly Measurement[]): Warning[] {
  const smoke: Warning[] = profile === 'smoke' ? ['smoke-profile'] : []
  return [...new Set([...smoke, ...measurements.flatMap(({ warnings }) => warnings)])]
}
