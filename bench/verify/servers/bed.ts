/** The servers that are tried: real processes as a run starts them, each with one that ends its logins after 2 seconds. */

import type { SchemeName } from '../../../servers/scheme.ts'
import { environmentOf } from '../../fleet/processes/child-environment.ts'
import { openRunFolder, sweep } from '../../fleet/processes/manifest.ts'
import { type Child, spawnChild } from '../../fleet/processes/process.ts'
import { Undo } from '../../fleet/processes/undo.ts'
import { replicaEnv } from '../../fleet/server-env.ts'
import { startRedis } from '../../fleet/stores/redis.ts'
import { compile } from '../../fleet/tools/build.ts'
import { findRuntime } from '../../fleet/tools/runtime.ts'
import { unlessEnded, within } from '../../load/in-time.ts'
import { traits } from '../../traits.ts'
import type { Ring } from './sealing.ts'

const READY_LIMIT_MS = 30_000
const USERS = 1_000_000_000
/** Beyond the longest run. */
const LASTING_SEC = 40_000
export const BRIEF_SEC = 2

interface Server {
  url: string
  port: number
  pid: number
  /** Resolves with a reason when the process ends. */
  ended: Promise<string>
}

export interface Pair {
  server: Server
  brief: Server
}

export interface Bed {
  ring: Ring
  /** @param script another server than the project's own */
  start(scheme: SchemeName, script?: string): Promise<Pair>
  close(): Promise<void>
}

/** @throws AuthscaleError of a part that is missing or does not start */
export async function openBed(log: (line: string) => void): Promise<Bed> {
  await sweep(log)
  const folder = openRunFolder()
  const undo = new Undo()
  undo.add(() => folder.remove())
  try {
    const runtime = await findRuntime()
    const build = await compile(folder.nonce, runtime)
    undo.add(() => build.remove())
    const [keys, redis] = await Promise.all([build.makeKeys(), startRedis({ folder })])
    undo.add(() => redis.stop())
    const children: Child[] = []
    undo.add(() => Promise.all(children.map((child) => child.stop())))
    let servers = 0

    const start = async (scheme: SchemeName, brief: boolean, script: string): Promise<Server> => {
      const replica = `${scheme}-${++servers}`
      const told = { replica, nonce: folder.nonce, keys, keyPrefix: `${replica}:`, redisUrl: redis.url }
      // As in production: cookies are Secure. A refresh token is used once, and a busy Redis is no failure here.
      const settings = { plainHttp: false, refreshGraceSec: 0, redisTimeoutMs: 5_000 }
      const lasting = { ...settings, ttlSec: brief ? BRIEF_SEC : LASTING_SEC }
      const spec = { scheme, traits: traits[scheme], replicas: 1, users: USERS, settings: lasting }
      const child = await spawnChild([runtime.command, '--expose-gc', script], {
        name: `the server of ${scheme}`,
        env: {
          ...environmentOf('measured'),
          ...replicaEnv(spec, told),
          ...(brief ? { ABSOLUTE_TTL_SEC: String(BRIEF_SEC) } : {}),
          HOST: '127.0.0.1',
          PORT: '0',
        },
        ipc: true,
        onPid: (pid) => folder.record(pid, `server of ${scheme}`),
      })
      children.push(child)
      const listening = unlessEnded(portOf(child), child.ended)
      const port = await within(READY_LIMIT_MS, listening, () => {
        throw new Error(`the server of ${scheme} does not listen`)
      })
      return { url: `http://127.0.0.1:${port}`, port, pid: child.pid, ended: child.ended }
    }
    return {
      ring: JSON.parse(keys) as Ring,
      async start(scheme, script = build.server) {
        const [server, brief] = await Promise.all([start(scheme, false, script), start(scheme, true, script)])
        return { server, brief }
      },
      close: () => undo.all(),
    }
  } catch (error) {
    await undo.all()
    throw error
  }
}

/** The port that a server says it listens on. */
function portOf({ process: { stdout } }: Child): Promise<number> {
  return new Promise((resolve) => {
    let text = ''
    stdout?.on('data', (piece: string) => {
      text += piece
      const port = /listening on http:\/\/[^\s]+:(\d+) /.exec(text)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
  })
}
