/** The measured servers: N replicas under pm2, each with its own port and CPUs, each proven to be ours. */
import { setTimeout as delay } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import { fetchWhole } from '../load/wire/exchange.ts'
import type { FleetSpec, ReplicaHandle } from './fleet.ts'
import { freePort, onPort } from './ports.ts'
import type { RunFolder } from './processes/manifest.ts'
import { wrapped } from './processes/process.ts'
import type { Supervisor } from './processes/supervised.ts'
import { allOrNone } from './processes/undo.ts'
import { replicaEnv } from './server-env.ts'
import { type Runtime, STEADY_HEAP } from './tools/runtime.ts'

const READY_TIMEOUT_MS = 15_000
const HEALTH_TIMEOUT_MS = 5000

/** All that the replicas of one trial have in common. */
export interface ReplicaPlan {
  runtime: Pick<Runtime, 'command' | 'node'>
  script: string
  spec: FleetSpec
  /** Of the trial; a server that answers with another one is a stray. */
  nonce: string
  keys: string
  redisUrl: string | undefined
  keyPrefix: string
  cpus: readonly (readonly number[])[]
  supervisor: Supervisor
  folder: RunFolder
  /** Chooses ports; tests pass one that is taken. */
  choosePort?: () => Promise<number>
  /** A module that the last of several replicas loads before its own. */
  lastPreloads?: string | undefined
}

/** Replicas that are up. */
export interface RunningReplicas {
  handles: (ReplicaHandle & { pid: number; port: number })[]
  /** Resolves with a reason when one of them ends by itself; never rejects. */
  died: Promise<string>
  /** Ends one at once, without a word to it; it is not taken for dead by itself. */
  kill(id: string): Promise<void>
  /** SIGTERM; resolves when it is gone. */
  drain(id: string): Promise<void>
  /** After it was killed or drained: again on its port, with these keys if not its former ones. */
  restart(id: string, keys?: string): Promise<void>
  stop(): Promise<void>
}

/** Starts all replicas at once. @throws AuthscaleError REPLICA_FAILED with a server's own last words */
export async function startReplicas(plan: ReplicaPlan): Promise<RunningReplicas> {
  const launch = launcher(plan)
  const launched = Array.from({ length: plan.spec.replicas }, (_, i) => launch(i))
  const started = await allOrNone(launched, ({ app }) => plan.supervisor.stop(app))
  const up = new Map(started.map((one) => [one.handle.id, one]))
  const stop = async () => {
    await Promise.all([...up.values()].map(({ app }) => plan.supervisor.stop(app)))
  }
  let die = (_reason: string) => {}
  const died = new Promise<string>((resolve) => {
    die = resolve
  })
  // A replica that is no longer on the list was ended on purpose.
  const watch = (one: Started) =>
    void one.ended.then((reason) => up.get(one.handle.id) === one && die(reason))
  started.forEach(watch)
  /** Takes one off the list. */
  const take = (id: string): Started => {
    const one = up.get(id)
    if (!one) throw new AuthscaleError('REPLICA_FAILED', `replica ${id} is not up`)
    up.delete(id)
    return one
  }
  return {
    handles: started.map(({ handle }) => handle),
    died,
    stop,
    async kill(id) {
      const { app, handle, ended } = take(id)
      process.kill(handle.pid, 'SIGKILL')
      await ended
      await plan.supervisor.stop(app)
    },
    drain: (id) => plan.supervisor.stop(take(id).app),
    async restart(id, keys) {
      const place = started.findIndex(({ handle }) => handle.id === id)
      const one = await launch(place, keys, started[place]?.handle.port)
      up.set(id, one)
      watch(one)
    },
  }
}

interface Started {
  app: string
  handle: RunningReplicas['handles'][number]
  ended: Promise<string>
}

/** Starts replicas by their places, from 0, under names that no earlier one had. */
function launcher(plan: ReplicaPlan) {
  let names = 0
  return async (place: number, keys = plan.keys, formerPort?: number) => {
    const id = `r${place + 1}`
    const choose = async () => formerPort ?? (plan.choosePort ?? freePort)()
    const startOn = async (port: number) => {
      const url = `http://127.0.0.1:${port}`
      const app = `${plan.nonce}-${id}-${names++}`
      const ended = plan.supervisor.ended(app).then((reason) => `${id} ${reason}`)
      const pid = await plan.supervisor.start({ name: app, ...describeApp({ ...plan, keys }, place, port) })
      try {
        if (pid > 0) plan.folder.record(pid, `replica ${id}`)
      } catch (error) {
        await plan.supervisor.stop(app)
        throw error
      }
      const trouble = await Promise.race([healthProblem(url, plan, id), ended])
      if (trouble === null) return { app, handle: { id, url, pid, port }, ended } satisfies Started
      await plan.supervisor.stop(app)
      const message = `replica ${id} of ${plan.spec.scheme} did not start: ${trouble}`
      throw new AuthscaleError('REPLICA_FAILED', message)
    }
    return await onPort(choose, startOn, (message) => PORT_TROUBLE.test(message))
  }
}

function describeApp(plan: ReplicaPlan, place: number, port: number) {
  const isLast = place > 0 && place === plan.spec.replicas - 1
  const flags = [
    // Lets /metrics?gc=1 collect first: heap figures without it are mostly garbage.
    '--expose-gc',
    ...(plan.spec.quotas ? STEADY_HEAP : []),
    ...(isLast && plan.lastPreloads ? ['--import', plan.lastPreloads] : []),
  ]
  const line = [plan.runtime.command, ...flags, plan.script]
  const [script = '', ...args] = wrapped(line, plan.cpus[place], plan.supervisor.pid)
  return {
    script,
    args,
    // pm2 would otherwise wrap the server into its own loader, which is no property of a scheme.
    interpreter: 'none',
    exec_mode: 'fork',
    autorestart: false,
    wait_ready: true,
    listen_timeout: READY_TIMEOUT_MS,
    pmx: false,
    vizion: false,
    treekill: false,
    out_file: '/dev/null',
    error_file: '/dev/null',
    env: {
      HOST: '127.0.0.1',
      PORT: String(port),
      ...replicaEnv(plan.spec, { ...plan, replica: `r${place + 1}` }),
    },
  }
}

const STRAY = 'another server answers on its port'
/** In its own words; of what pm2 says of a start nothing is tried again. */
const PORT_TROUBLE = new RegExp(`did not start: .*(EADDRINUSE|${STRAY})`, 's')

/** Null when the right server answers. pm2 also calls a server ready that has only been silent for long. */
async function healthProblem(url: string, plan: ReplicaPlan, id: string): Promise<string | null> {
  try {
    const { body } = await fetchWhole(`${url}/healthz`, HEALTH_TIMEOUT_MS)
    const health = JSON.parse(body) as Partial<Record<'scheme' | 'replica' | 'nonce' | 'node', string>>
    const ours = health.nonce === plan.nonce && health.scheme === plan.spec.scheme && health.replica === id
    if (!ours) return STRAY
    // Which Node served is recorded once for a whole run, so that every server must prove it.
    if (health.node === `v${plan.runtime.node}`) return null
    return `Node ${health.node} runs it, not ${plan.runtime.node}`
  } catch (error) {
    if (error instanceof SyntaxError) return STRAY
    // A server that has just ended refuses connections, and its own last words, a moment later, say more.
    await delay(HEALTH_TIMEOUT_MS, undefined, { ref: false })
    return `/healthz does not answer (${(error as Error).message})`
  }
}
