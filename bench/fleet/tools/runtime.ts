/** The Node that runs what is measured: pinned, so that results from two machines speak of the same runtime. */
import { createRequire } from 'node:module'
import { AuthscaleError, unlessCode } from '../../errors.ts'
import type { Environment } from '../../record/types.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { run } from './run.ts'

const require = createRequire(import.meta.url)

/** A Node binary with the versions that it tells of itself. */
export interface Runtime extends Readonly<Environment['runtime']> {
  command: string
}

/**
 * The npm platform package where there is one for this system, else the Node that runs the harness.
 * PATH is never asked: `npm run` puts node_modules/.bin first, so that `node` there may be either of them.
 * @throws AuthscaleError RUNTIME_UNUSABLE when neither runs
 */
export async function findRuntime(): Promise<Runtime> {
  const pinned = unlessCode(['MODULE_NOT_FOUND'], () => require.resolve(`${platformPackage}/bin/node`))
  const runtime =
    (pinned && (await tryRuntime(pinned, 'npm'))) ?? (await tryRuntime(process.execPath, 'system'))
  if (runtime) return runtime
  throw new AuthscaleError('RUNTIME_UNUSABLE', `${process.execPath} does not run; reinstall Node`)
}

/** The npm package that holds nothing but the Node of this system; the version of the package is that of Node. */
export const platformPackage = `node-${process.platform}-${process.arch}`

/** Null when the binary does not run here, e.g. the glibc build on a musl system. */
export async function tryRuntime(command: string, source: string): Promise<Runtime | null> {
  try {
    const env = environmentOf('measured')
    const { stdout } = await run(command, ['-p', 'JSON.stringify(process.versions)'], { env })
    const { node, openssl, v8 } = JSON.parse(stdout) as Record<'node' | 'openssl' | 'v8', string>
    return { command, node, openssl, v8, source }
  } catch {
    return null
  }
}

/**
 * Keeps a Node from giving memory back while it rests, and from asking for it again under a quota. A page that is new
 * to a virtual machine can be dear on its first touch (16 µs of CPU were seen, a hundred times the usual). Growing the
 * young generation from 1 to 16 MB anew then takes a replica with 8 % of a core most of a second. A replica that is
 * always busy has 16 MB and keeps them.
 */
export const STEADY_HEAP = ['--no-memory-reducer', '--min-semi-space-size=16', '--max-semi-space-size=16']
