/** Which runs are of one kind of machine and made by one method: only their figures are put together. */
import type { RunWithRows } from '../figures/rows.ts'
import type { Run } from '../record/types.ts'
import { type RunDifference, runDifferences } from './differences.ts'

/** A run, or a folder that should be one, that is not among those put together. */
export interface LeftOut {
  name: string
  /** In half a sentence. */
  reason: string
}

/**
 * On rented machines a kernel changes from day to day. What it changes is then part of what occasions differ by, and runs of
 * two kernels are of one kind of machine.
 */
const PASSING: readonly string[] = ['system']

const lasting = (base: Run, other: Run, kind: RunDifference['kind']) =>
  runDifferences(base, other).filter((one) => one.kind === kind && !PASSING.includes(one.what))

export function isSameMachine(base: Run, other: Run): boolean {
  return lasting(base, other, 'machine').length === 0
}

/** Whether their figures may be put together. */
export const isAlike = (run: Run, main: Run): boolean => whyApart(run, main) === null

/** Why the figures of a run are not put together with those of `main`; null where they are. */
function whyApart(run: Run, main: Run): string | null {
  for (const kind of ['machine', 'method'] as const) {
    const [first] = lasting(main, run, kind)
    if (first) return `another ${kind} (${first.what}: ${first.other}, and not ${first.base})`
  }
  return null
}

/** Why a run has no cost over load to put together; null where it has. */
function whyNone({ run, overLoad }: RunWithRows): string | null {
  if (run.profile !== 'standard' && run.profile !== 'full')
    return `a ${run.profile} run, too short for figures`
  if (run.finishedAt === null) return 'not finished'
  if (overLoad.some(({ taxUs }) => taxUs !== null)) return null
  return overLoad.length > 0
    ? 'has controls alone, and nothing to compare with them'
    : 'took no turns, and so says nothing of cost over load'
}

/**
 * The most runs of one kind of machine and method that have cost over load, in the order of time; of as many those with the newest. All
 * others are named.
 */
export function alikeRuns<T extends RunWithRows>(all: readonly T[]): { alike: T[]; leftOut: LeftOut[] } {
  const reasons = new Map(all.map((one) => [one, whyNone(one)]))
  const fit = all
    .filter((one) => reasons.get(one) === null)
    .toSorted((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt))
  const groups = fit.map((main) => fit.filter(({ run }) => whyApart(run, main.run) === null))
  const alike = groups.reduce<T[]>((most, group) => (group.length >= most.length ? group : most), [])
  const main = alike.at(-1)
  const leftOut = all.flatMap((one) => {
    const reason = reasons.get(one) ?? (main ? whyApart(one.run, main.run) : null)
    return reason === null ? [] : [{ name: one.run.id, reason }]
  })
  return { alike, leftOut }
}
