/** `npm run verify:harness`: kills the harness at random moments and looks at what is left. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type KillOptions, type KillReport, killRepeatedly } from '../verify/kills/kills.ts'
import { catchSignals } from './interrupt.ts'

const BLOCKS = 2
/** About half of what a run takes from its start to the last of its trials. */
const WITHIN_MS = 8_000

/** The exit code is 1 when something was lost, damaged or left running; then the folder is kept and named. */
export async function verifyHarness(options: Pick<KillOptions, 'kills' | 'seed'>): Promise<void> {
  const interrupt = catchSignals()
  const home = await mkdtemp(path.join(tmpdir(), 'authscale-kills-'))
  const startedMs = Date.now()
  const log = (line: string) => console.error(line)
  const plan = { home, withinMs: WITHIN_MS, blocks: BLOCKS }
  const report = await killRepeatedly({ ...options, ...plan, signal: interrupt.signal, log })
  console.log(conclusion(report, (Date.now() - startedMs) / 1_000))
  process.exitCode = interrupt.exitCode() ?? (report.faults.length > 0 ? 1 : 0)
  if (report.faults.length === 0) await rm(home, { recursive: true })
  else console.error(`what the harnesses left is in ${home}`)
}

function conclusion({ faults, ...seen }: KillReport, seconds: number): string {
  const { kills, beforePlan, amidTrials, resumes, runs, trials } = seen
  return [
    `${kills} kills in ${Math.round(seconds / 60)} min: ${beforePlan} before the plan was on disk, ${amidTrials} when trials were finished`,
    `${resumes} resumes, ${runs} runs completed as planned, ${trials} trials in them`,
    faults.length === 0
      ? 'passed: nothing lost, nothing damaged, nothing left running'
      : `failed: ${faults.join('; ')}`,
  ].join('\n')
}
