/**
 * A harness that is killed with SIGKILL at random moments, resumed, and killed again: nothing of it may go on running,
 * nothing that was finished may be lost, and in the end the run must be the one that was planned.
 */
import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { buildFolder } from '../../fleet/tools/build.ts'
import { type Draw, seededDraw } from '../../stats/seeded.ts'
import { type Ending, HARNESS, leftAfter, live, type Moment } from './command-line.ts'
import { KilledRun } from './killed-run.ts'

/** What a harness prints when its plan is on disk and the first trial begins. */
const TRIALS_BEGIN = /trials into/
/** A run whose trials a busy machine has rejected is resumed this often, and then given up. */
const MOST_INCOMPLETE = 5

export interface KillOptions {
  /** Folder of nobody else's, for the runs and for all that harnesses leave. */
  home: string
  kills: number
  /** Of the moments, and of the runs. */
  seed: number
  /**
   * A kill comes up to this much later, each moment equally likely, than a harness starts or, every other time, than
   * its trials begin: how long it takes until then is a matter of the machine.
   */
  withinMs: number
  /** Of each run: repeats of its five arms. */
  blocks: number
  signal: AbortSignal
  log(line: string): void
  /** What starts the harness; tests have one that is broken. */
  command?: readonly string[]
}

export interface KillReport {
  kills: number
  /** Kills before there was a plan on disk. */
  beforePlan: number
  /** Kills of a run that had finished trials. */
  amidTrials: number
  /** Harnesses that went on with the run of one before. */
  resumes: number
  /** Runs that were completed, and their trials. */
  runs: number
  trials: number
  /** What must not be, a sentence each. */
  faults: string[]
}

/** Goes on until all kills are done and the run that met the last of them is complete, or until `signal` aborts. */
export async function killRepeatedly(options: KillOptions): Promise<KillReport> {
  const campaign = new Campaign(options)
  while (!campaign.isOver && !options.signal.aborted) await campaign.live()
  return campaign.report
}

class Campaign {
  readonly report: KillReport = {
    ...{ kills: 0, beforePlan: 0, amidTrials: 0, resumes: 0, runs: 0, trials: 0 },
    faults: [],
  }
  isOver = false
  readonly #options: KillOptions
  readonly #draw: Draw
  readonly #tracesAfter: ReturnType<typeof tracesIn>
  #run: KilledRun
  #incomplete = 0

  constructor(options: KillOptions) {
    this.#options = options
    this.#draw = seededDraw(options.seed)
    this.#tracesAfter = tracesIn(options.home)
    mkdirSync(path.join(options.home, 'tmp'), { recursive: true })
    this.#run = this.#newRun()
  }

  /** One harness from its start to its end, and what there is to say against it. */
  async live(): Promise<void> {
    const { home, kills, signal, command = HARNESS } = this.#options
    const moment = this.report.kills < kills ? this.#moment() : null
    if (this.#run.isBegun) this.report.resumes++
    const ending = await live([...command, ...this.#run.args], home, moment)
    // A user's Ctrl-C ends this harness too, which says nothing of kills.
    if (signal.aborted) return
    const faults = await this.#run.faultsAfter(ending)
    faults.push(...(await this.#tracesAfter(ending)))
    if (ending.killed === 'as planned' && moment) this.#count(moment)
    else faults.push(...this.#judge(ending, moment === null))
    for (const fault of faults) this.#options.log(`fault: ${fault}`)
    this.report.faults.push(...faults)
  }

  #newRun(): KilledRun {
    const number = this.report.runs + 1
    const { home, seed, blocks } = this.#options
    return new KilledRun(path.join(home, `run-${number}`), { seed: seed + number, blocks })
  }

  #moment(): Moment {
    const from = this.#draw(2) === 0 ? undefined : TRIALS_BEGIN
    return { ms: this.#draw(this.#options.withinMs), from }
  }

  #count({ ms, from }: Moment): void {
    const { isBegun, trials } = this.#run
    this.report.kills++
    if (!isBegun) this.report.beforePlan++
    if (trials > 0) this.report.amidTrials++
    const kept = isBegun ? `${trials} trials on record` : 'no plan yet'
    const when = `${ms} ms after ${from ? 'its trials began' : 'its start'}`
    this.#options.log(`kill ${this.report.kills} of ${this.#options.kills}, ${when}: ${kept}`)
  }

  /** Of a harness that nobody killed, or that had to be killed since it hung. */
  #judge({ code, stderr, killed }: Ending, isLast: boolean): string[] {
    const { missing, trials } = this.#run
    if (code === 0 && missing === null) {
      this.report.runs++
      this.report.trials += trials
      this.#options.log(`run ${this.report.runs} is complete: ${trials} trials`)
      if (isLast) this.isOver = true
      else this.#run = this.#newRun()
      this.#incomplete = 0
      return []
    }
    const rejected = code === 1 && /trials were rejected/.test(stderr)
    if (rejected && ++this.#incomplete <= MOST_INCOMPLETE) return []
    this.isOver = true
    if (killed) return ['a harness hung']
    return [`ended with exit code ${code}, ${missing ?? 'complete'}: ${stderr.trim()}`]
  }
}

/** A harness's processes must be gone within this time of its end; nothing waits when they are sooner. */
const GONE_WITHIN_MS = 5_000

/**
 * Looks after each harness for what should not be there, a sentence each: processes, which it ends, so that they are told
 * once; and run folders, builds and control groups, except after a killed one, since a next start may sweep them.
 */
function tracesIn(home: string) {
  /** Of all harnesses that left a folder. */
  const nonces = new Set<string>()
  return async ({ killed }: Ending): Promise<string[]> => {
    const strays = await leftAfter(home, GONE_WITHIN_MS)
    for (const { pid } of strays) process.kill(pid, 'SIGKILL')
    const faults = strays.map(({ command }) => `still running after ${GONE_WITHIN_MS / 1_000} s: ${command}`)
    const folders = readdirSync(path.join(home, 'tmp')).filter((name) => /^\.?authscale-/.test(name))
    for (const name of folders) nonces.add(name.replace(/^\.?authscale-/, ''))
    if (killed) return faults
    const builds = [...nonces].map(buildFolder).filter(existsSync)
    return [...faults, ...[...folders, ...builds].map((name) => `not swept: ${name}`)]
  }
}
