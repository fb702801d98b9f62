/** The measured servers: N replicas under pm2, each with its own port and CPUs, each proven to be ours. */
import { setTimeout as delay } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import type { FleetSpec, ReplicaHandle } from '../types.ts'
import type { RunFolder } from './manifest.ts'
import { freePort } from './ports.ts'
import { wrapped } from './process.ts'
import { type Runtime, STEADY_HEAP } from './runtime.ts'
import { loadEnv } from './server-env.ts'
import type { Supervisor } from './supervised.ts'

const READY_TIMEOUT_MS = 15_000
const HEALTH_TIMEOUT_MS = 5000
/** A free port can be taken before the server binds it; more often than this it is no coincidence. */
const PORT_TRIES = 5

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
}

/** Replicas that are up. */
export interface RunningReplicas {
  handles: (ReplicaHandle & { pid: number; port: number })[]
  /** Resolves with a reason when one of them ends by itself; never rejects. */
  died: Promise<string>
  stop(): Promise<void>
}

/** Starts all replicas at once. @throws AuthscaleError REPLICA_FAILED with a server's own last words */
export async function startReplicas(plan: ReplicaPlan): Promise<RunningReplicas> {
  const ids = Array.from({ length: plan.spec.replicas }, (_, index) => `r${index + 1}`)
  const settled = await Promise.allSettled(ids.map((id, index) => startReplica(plan, id, plan.cpus[index])))
  const up = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const stop = async () => {
    await Promise.all(up.map(({ app }) => plan.supervisor.stop(app)))
  }
  const failure = settled.find((one) => one.status === 'rejected')
  if (failure) {
    await stop()
    throw failure.reason
  }
  return { handles: up.map(({ handle }) => handle), died: Promise.race(up.map(({ ended }) => ended)), stop }
}

type Started = { app: string; handle: RunningReplicas['handles'][number]; ended: Promise<string> }

async function startReplica(plan: ReplicaPlan, id: string, cpus: readonly number[] = []): Promise<Started> {
  const choosePort = plan.choosePort ?? freePort
  let problem = ''
  for (let attempt = 0; attempt < PORT_TRIES; attempt++) {
    const port = await choosePort()
    const url = `http://127.0.0.1:${port}`
    const app = `${plan.nonce}-${id}-${attempt}`
    const ended = plan.supervisor.ended(app).then((reason) => `${id} ${reason}`)
    const pid = await plan.supervisor.start({ name: app, ...describeApp(plan, id, port, cpus) })
    try {
      if (pid > 0) plan.folder.record(pid, `replica ${id}`)
    } catch (error) {
      await plan.supervisor.stop(app)
      throw error
    }
    const trouble = await Promise.race([healthProblem(url, plan, id), ended])
    if (trouble === null) return { app, handle: { id, url, pid, port }, ended }
    await plan.supervisor.stop(app)
    problem = trouble
    if (!isPortTrouble(trouble)) break
  }
  throw new AuthscaleError('REPLICA_FAILED', `replica ${id} of ${plan.spec.scheme} did not start: ${problem}`)
}

function describeApp(plan: ReplicaPlan, id: string, port: number, cpus: readonly number[]) {
  // The flag lets /metrics?gc=1 collect first: heap figures without it are mostly garbage.
  const flags = ['--expose-gc', ...(plan.spec.quotas ? STEADY_HEAP : [])]
  const line = [plan.runtime.command, ...flags, plan.script]
  const [script = '', ...args] = wrapped(line, cpus, plan.supervisor.pid)
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
      SCHEME: plan.spec.scheme,
      HOST: '127.0.0.1',
      PORT: String(port),
      REPLICA: id,
      RUN_NONCE: plan.nonce,
      KEYS: plan.keys,
      KEY_PREFIX: plan.keyPrefix,
      USERS: String(plan.spec.users),
      ...loadEnv(plan.spec.settings ?? {}),
      ...(plan.redisUrl === undefined ? {} : { REDIS_URL: plan.redisUrl }),
    },
  }
}

const STRAY = 'another server answers on its port'
const isPortTrouble = (problem: string) => problem === STRAY || problem.includes('EADDRINUSE')

/** Null when the right server answers. pm2 also calls a server ready that has only been silent for long. */
async function healthProblem(url: string, plan: ReplicaPlan, id: string): Promise<string | null> {
  try {
    const response = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) })
    const health = (await response.json()) as Partial<Record<'scheme' | 'replica' | 'nonce' | 'node', string>>
    const ours = health.nonce === plan.nonce && health.scheme === plan.spec.scheme && health.replica === id
    if (!ours) return STRAY
    // Which Node served is recorded once for a whole run, so that every server must prove it.
    return health.node === `v${plan.runtime.node}`
      ? null
      : `Node ${health.node} runs it, not ${plan.runtime.node}`
  } catch (error) {
    if (error instanceof SyntaxError) return STRAY
    // A server that has just ended refuses connections, and its own last words, a moment later, say more.
    await delay(HEALTH_TIMEOUT_MS, undefined, { ref: false })
    return `/healthz does not answer (${(error as Error).message})`
  }
}
