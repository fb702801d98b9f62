/** The runs that a decision rests on: those of one kind of machine and one method that have cost over load. */
import { alikeRuns } from '../compare/alike.ts'
import { machineOf } from '../compare/differences.ts'
import type { CostCurves } from '../figures/curve-schema.ts'
import type { RunWithRows } from '../figures/rows.ts'
import { type LoadFigure, loadFigures, type PairFigures, pairFigures } from '../figures/runs/over-load.ts'
import type { Run } from '../record/types.ts'

/** Of a run as much as a decision reads. */
export interface BasisRun {
  id: string
  startedAt: string
  overLoad: readonly LoadFigure[]
  pairs: readonly PairFigures[]
}

export interface Basis {
  /** In the order of time. */
  runs: readonly BasisRun[]
  /** `AMD EPYC, 2 cores` */
  machine: string
  /** Kinds of machine that have any such run. */
  machines: number
}

/** Of one run by itself; null where it has no cost over load. */
export function basisOfRun(run: Run, costCurves: CostCurves): Basis | null {
  const one = { run, overLoad: loadFigures(costCurves), pairs: pairFigures(costCurves) }
  if (one.pairs.every(({ points }) => points.length === 0)) return null
  return { runs: [inBasis(one)], machine: machineOf(run), machines: 1 }
}

/** Of the machine with most runs that are alike; null where none has cost over load. */
export function basisOf(all: readonly RunWithRows[]): Basis | null {
  const { alike } = alikeRuns(all)
  const main = alike.at(-1)
  if (!main) return null
  const machines = new Set(all.filter(({ pairs }) => pairs.length > 0).map(({ run }) => machineOf(run)))
  return { runs: alike.map(inBasis), machine: machineOf(main.run), machines: machines.size }
}

const inBasis = ({ run: { id, startedAt }, overLoad, pairs }: Omit<RunWithRows, 'rows'>): BasisRun => ({
  ...{ id, startedAt, overLoad, pairs },
})
