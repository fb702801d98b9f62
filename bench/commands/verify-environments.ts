/** `npm run verify:environments`: a short run in each of some forty odd environments, for real. */
import { spawnSync } from 'node:child_process'
import { AuthscaleError } from '../errors.ts'
import { openRuntimes } from '../fleet/tools/other-runtimes.ts'
import { findRuntime } from '../fleet/tools/runtime.ts'
import { NODE_VERSIONS } from '../fleet/tools/versions.ts'
import { ENVIRONMENTS, type Environment } from '../verify/environments/environments.ts'
import { type Tried, tryIn } from '../verify/environments/try.ts'
import { counted } from '../words/format.ts'
import { catchSignals } from './interrupt.ts'

interface Job {
  environment: Environment
  node: string
}

/** The exit code is 1 when one of them ends in anything but a result or its sentence, or leaves something behind. */
export async function verifyEnvironments({ only }: { only?: string[] }): Promise<void> {
  const interrupt = catchSignals()
  const jobs = [
    ...ENVIRONMENTS.map((environment) => ({ environment, node: process.execPath })),
    ...(await otherNodes()),
  ]
  const chosen = only ? jobs.filter(({ environment }) => only.includes(environment.id)) : jobs
  const unknown = only?.find((id) => !jobs.some(({ environment }) => environment.id === id))
  if (unknown !== undefined) {
    const ids = jobs.map(({ environment }) => environment.id).join(', ')
    throw new AuthscaleError('UNKNOWN_ENVIRONMENT', `no environment '${unknown}'; choose from: ${ids}`, {
      exitCode: 2,
    })
  }
  const tried: Tried[] = []
  const skipped: string[] = []
  for (const { environment, node } of chosen) {
    if (interrupt.signal.aborted) break
    const reason = lacking(environment)
    if (reason !== null) skipped.push(`${environment.id} (${reason})`)
    else {
      const one = await tryIn(environment, node)
      tried.push(one)
      console.log(lineOf(one, environment))
    }
  }
  const faulty = tried.filter(({ faults }) => faults.length > 0)
  const untried = skipped.length > 0 ? `; not tried: ${skipped.join(', ')}` : ''
  console.log(
    `${counted(tried.length - faulty.length, 'environment')} of ${tried.length} end in a result or in one sentence, and leave nothing behind${untried}`,
  )
  process.exitCode = interrupt.exitCode() ?? (faulty.length > 0 ? 1 : 0)
}

/** Nodes that the harness may run on itself. */
async function otherNodes(): Promise<Job[]> {
  const runtimes = openRuntimes(await findRuntime(), (line) => console.error(line))
  const jobs = Object.keys(NODE_VERSIONS).map(async (major): Promise<Job[]> => {
    const runtime = await runtimes.of(major).catch(() => null)
    const what = `the harness on Node ${NODE_VERSIONS[major]}`
    const shell = 'NODE_USE_ENV_PROXY=1 HTTP_PROXY=http://127.0.0.1:9 exec "$@"'
    return runtime
      ? [{ environment: { id: `node-${major}`, what, shell, expects: 'result' }, node: runtime.command }]
      : []
  })
  return (await Promise.all(jobs)).flat()
}

/** Why it cannot be tried here; null where it can. */
function lacking({ needs }: Environment): string | null {
  const isRoot = process.getuid?.() === 0
  if (needs === 'user') return isRoot ? 'root is not bound by it: try as a user' : null
  if (needs !== 'mounts') return null
  return spawnSync('unshare', ['--mount', 'true']).status === 0
    ? null
    : 'needs mounts of its own: try as root'
}

function lineOf({ seconds, faults, said }: Tried, { id, what }: Environment): string {
  const head = `${faults.length === 0 ? '✓' : '✗'} ${id.padEnd(16)} ${seconds.toFixed(0).padStart(3)} s  ${what}`
  return faults.length === 0 ? head : [head, ...faults, said].join('\n    ')
}
