/** Measures this machine for a plan: a run of its own, in a process whose output leaves that of the plan alone. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import type { SchemeName } from '../../servers/scheme.ts'
import { AuthscaleError } from '../errors.ts'
import { ROLES } from '../experiments/roles.ts'

/** As many experiments as a plan needs, each as short as it can be and still have a range. */
const EXPERIMENTS = [ROLES.cost, ROLES.latency, ROLES.users]

/**
 * @param withState whether the plan is for users who carry more state than usual
 * @param results where the run's folder goes
 * @returns the folder of a finished run
 * @throws AuthscaleError CALIBRATION_FAILED; what the run said before is on standard error
 */
export async function calibrate(
  schemes: readonly SchemeName[],
  withState: boolean,
  results: string,
  now: Date,
): Promise<string> {
  const [day, time] = now.toISOString().replaceAll(':', '').split(/[T.]/)
  const folder = path.join(results, `${day}-calibration-${time}`)
  const experiments = withState ? [...EXPERIMENTS, ROLES.payload] : EXPERIMENTS
  const choice = ['--profile', 'calibration', '--only', experiments.join(','), '--schemes', schemes.join(',')]
  // As this process was started, whether from a checkout or as a package.
  const args = [...process.execArgv, process.argv[1] ?? '', 'run', ...choice, '--out', folder]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 2, 2] })
  const code = await ending(child)
  if (code === 0) return folder
  throw new AuthscaleError(
    'CALIBRATION_FAILED',
    `the calibration ended with exit code ${code}: see what it said above, or plan from a run with --run`,
  )
}

/** From a terminal Ctrl-C reaches the run as well, which would take a second one for impatience; SIGTERM does not. */
async function ending(child: ChildProcess): Promise<number> {
  const handlers = { SIGINT: () => {}, SIGHUP: () => {}, SIGTERM: () => child.kill('SIGTERM') }
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  const [code] = await once(child, 'exit')
  for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
  return code ?? 1
}
