/** Shows what is running, what came out, and how long it will still take. */
import { Listr } from 'listr2'
import type { Trial, TrialResult } from './types.ts'

/** Rough length of a trial before any has been timed: its phases, its logins, and starting the processes. */
const START_SEC = 2
const LOGINS_PER_SEC = 4_000

const expectedSec = ({ arm }: Trial): number =>
  arm.warmupSec + arm.measureSec + arm.users / LOGINS_PER_SEC + START_SEC * (1 + arm.replicas / 4)

/** Time left, corrected by how the finished trials compared with their estimates. Pure. */
export function secondsLeft(finished: readonly Trial[], left: readonly Trial[], elapsedSec: number): number {
  const total = (trials: readonly Trial[]) => trials.reduce((sum, trial) => sum + expectedSec(trial), 0)
  const done = total(finished)
  return total(left) * (done > 0 ? elapsedSec / done : 1)
}

export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 90 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`
}

/** What came out of a trial, in one line. */
export function outcome(result: TrialResult): string {
  if (!result.ok) return `rejected: ${result.reason}`
  const { throughputPerSec, cpuUsPerRequest } = result.measurement
  const cpu = cpuUsPerRequest.replicas
  const rate = `${Math.round(throughputPerSec).toLocaleString('en')} requests/s`
  return cpu === null ? rate : `${rate}, ${cpu.toFixed(0)} µs of replica CPU each`
}

/** One step of a run; `say` replaces the line below its title, or prints a line where there is no terminal. */
export interface Step {
  title: string
  run(say: (line: string) => void): Promise<void>
}

/** Runs the steps in order. Rejects with the error of the first that fails. */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  const tasks = steps.map(({ title, run }) => ({
    title,
    task: (_: unknown, task: { output: string }) =>
      run((line) => {
        task.output = line
      }),
  }))
  const list = new Listr(tasks, {
    concurrent: false,
    exitOnError: true,
    // The harness stops its fleet itself on a signal; listr2's own handler would end the process first.
    registerSignalListeners: false,
    fallbackRenderer: 'simple',
    rendererOptions: { collapseErrors: false, showErrorMessage: false },
  })
  await list.run()
}
