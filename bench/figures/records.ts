/** Sorts a run's records by arm, and decides which record of a trial counts. */
import { type SchemeName, schemeNames } from '../../servers/scheme.ts'
import type { Arm, Measurement, Run, TrialResult, Warning } from '../record/types.ts'
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
  for (const result of results) {
    const blocks = measured.get(result.trial.arm.id)
    if (result.ok && blocks && !blocks.has(result.trial.block))
      blocks.set(result.trial.block, result.measurement)
  }
  return [...arms.values()].sort(inTableOrder).map((arm) => {
    const blocks = measured.get(arm.id) ?? new Map<number, Measurement>()
    return { arm, measured: blocks, warnings: flags(run, [...blocks.values()]) }
  })
}

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
