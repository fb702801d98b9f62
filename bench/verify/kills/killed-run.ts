/** A run whose harness is killed: what its folder must keep whatever happens, its plan and every finished trial. */
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { AuthscaleError } from '../../errors.ts'
import { ROLES, THE_TWO } from '../../experiments/roles.ts'
import { RUN_FILE, readRun } from '../../record/run-dir.ts'
import { TRIALS_FILE } from '../../record/trial-log.ts'

/** Trials of under two seconds, some with a fleet of two replicas. */
const PLAN = [
  ...['--profile', 'smoke', '--only', `${ROLES.cost},${ROLES.replicas}`, '--schemes', THE_TWO[0]],
  ...['--replicas', '2', '--users', '50', '--duration', '0.3'],
]

/** What is in a run's folder at one moment. */
export interface Kept {
  /** Ids of the trials that are planned; null before there is a plan. */
  plan: readonly string[] | null
  /** Of the log, byte for byte; a last one that was cut short is none. */
  lines: readonly string[]
  /** Ids of the trials of these lines, and whether each is valid. */
  results: readonly { id: string; ok: boolean }[]
}

const NOTHING: Kept = { plan: null, lines: [], results: [] }

/** @throws AuthscaleError for a run.json, or a line, that cannot be read */
async function keptIn(folder: string): Promise<Kept> {
  if (!existsSync(path.join(folder, RUN_FILE))) return NOTHING
  const { run, results } = await readRun(folder)
  const log = path.join(folder, TRIALS_FILE)
  const text = existsSync(log) ? readFileSync(log, 'utf8') : ''
  return {
    plan: run.plan.map(({ id }) => id),
    lines: text.split('\n').slice(0, -1),
    results: results.map(({ ok, trial }) => ({ id: trial.id, ok })),
  }
}

/** Ids of the trials that a harness has told its user to be finished, with `--verbose` each. */
export function toldFinished(stdout: string): string[] {
  return [...stdout.matchAll(/\[\d+\/\d+, .+? left\] (\S+): /g)].map(([, id = '']) => id)
}

/**
 * What was lost or damaged from one moment to another, a sentence each. Pure.
 * @param told ids of the trials that the user was told to be finished in between
 */
export function losses(before: Kept, after: Kept, told: readonly string[]): string[] {
  const wrong: string[] = []
  if (before.plan !== null && before.plan.join() !== after.plan?.join()) wrong.push('the plan is another one')
  const changed = before.lines.findIndex((line, i) => after.lines[i] !== line)
  if (changed !== -1) wrong.push(`line ${changed + 1} of ${TRIALS_FILE} is not what it was`)
  const added = after.results.slice(before.results.length).map(({ id }) => id)
  for (const id of told) if (!added.includes(id)) wrong.push(`${id} was told to be finished, and is lost`)
  const valid = after.results.filter(({ ok }) => ok).map(({ id }) => id)
  const twice = valid.filter((id, i) => valid.indexOf(id) !== i)
  return [...wrong, ...twice.map((id) => `${id} was measured again although it was valid`)]
}

export class KilledRun {
  readonly #folder: string
  readonly #plan: { seed: number; blocks: number }
  #kept = NOTHING

  constructor(folder: string, plan: { seed: number; blocks: number }) {
    this.#folder = folder
    this.#plan = plan
  }

  /** For the harness that is to begin it, or to go on with it. */
  get args(): string[] {
    if (this.isBegun) return ['--resume', this.#folder, '--verbose']
    const { seed, blocks } = this.#plan
    return [...PLAN, '--trials', String(blocks), '--seed', String(seed), '--out', this.#folder, '--verbose']
  }

  /** Whether a plan is on disk. */
  get isBegun(): boolean {
    return this.#kept.plan !== null
  }

  /** On record, valid or not. */
  get trials(): number {
    return this.#kept.results.length
  }

  /** Planned trials without a valid result, as a sentence; null when the run is complete. */
  get missing(): string | null {
    const { plan, results } = this.#kept
    const valid = new Set(results.filter(({ ok }) => ok).map(({ id }) => id))
    const without = plan?.filter((id) => !valid.has(id))
    if (without?.length === 0) return null
    return `without a valid result: ${without?.join(', ') ?? 'all, since there is no plan'}`
  }

  /** What a harness did to the run, as far as it must not; a sentence each. */
  async faultsAfter({ stdout }: { stdout: string }): Promise<string[]> {
    const before = this.#kept
    try {
      this.#kept = await keptIn(this.#folder)
    } catch (error) {
      if (error instanceof AuthscaleError) return [error.message]
      throw error
    }
    return losses(before, this.#kept, toldFinished(stdout))
  }
}
