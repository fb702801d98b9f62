/** What a page carries with it: all that follows from a run, and its trials as rows, without the raw measurements. */
import { schemeNames } from '../../servers/scheme.ts'
import { basisOf, basisOfRun } from '../decide/basis.ts'
import { CONTROL } from '../figures/records.ts'
import { type RunWithRows, runWithRows } from '../figures/rows.ts'
import { type Evidence, evidenceOf } from '../plan/evidence.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Run, TrialResult } from '../record/types.ts'
import type { Summary } from '../report/schema.ts'
import type { Trade } from '../trade/schema.ts'
import { machine } from '../words/format.ts'
import type { DecisionData } from './decision-html.ts'

export interface PageData extends RunWithRows {
  /** Of the page as a whole, so that another version of it can say that it does not know this one. */
  schemaVersion: number
  summary: Summary
  /** What plans were worth that were started, where that was tried beside this run. */
  held: string | null
}

/** What the list of published runs carries. */
export interface CatalogueData {
  schemaVersion: number
  runs: readonly RunWithRows[]
  /** What was measured of guarantees by the newest run of the machine that measured any. */
  trade: Trade
  tradeFrom: string | null
  planning: Planning
}

/** What the planner of a page rests on. */
export interface Planning {
  evidence: readonly Evidence[]
  /** Why there is none. */
  why: string | null
  /** Runs and machine. */
  from: string
  /** What plans were worth that were started, where that was tried; null elsewhere. */
  held: string | null
}

/** Of a run by itself. */
export function planningOf({ run, summary, rows, held }: PageData): Planning {
  const tried = rows.map(({ id, scheme, experiment, twin, rejected }) => ({
    ok: rejected === null,
    trial: { id, arm: { scheme, experiment, twin } },
  }))
  const found = schemeNames
    .filter((scheme) => scheme !== CONTROL && run.plan.some(({ arm }) => arm.scheme === scheme))
    .map((scheme) => evidenceOf(run, summary, tried, scheme))
  return planningFrom(found, `${run.id} · ${machine(run.environment)}`, held)
}

export function planningFrom(
  found: readonly (Evidence | string)[],
  from: string,
  held: string | null,
): Planning {
  const evidence = found.filter((one): one is Evidence => typeof one !== 'string')
  const why = found.find((one) => typeof one === 'string') ?? 'the run has no scheme besides the control'
  return { evidence, why: evidence.length > 0 ? null : why, from, held }
}

/** What to choose by a run alone. */
export function decisionOf(data: PageData): DecisionData {
  const { run, summary } = data
  const { costCurves, trade } = summary
  return {
    basis: basisOfRun(run, costCurves),
    ...{ trade, tradeFrom: trade.length > 0 ? run.id : null },
    evidence: planningOf(data).evidence,
  }
}

/** What to choose by all runs of a machine. */
export function decisionOver({ runs, trade, tradeFrom, planning }: CatalogueData): DecisionData {
  return { basis: basisOf(runs), trade, tradeFrom, evidence: planning.evidence }
}

export function pageData(
  run: Run,
  summary: Summary,
  results: readonly TrialResult[],
  held: string | null = null,
): PageData {
  return { schemaVersion: SCHEMA_VERSION, summary, held, ...runWithRows(run, results, summary.costCurves) }
}
