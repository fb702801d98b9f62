/** The harness's side of the pm2 supervisor: starts that process, and asks it to start and stop replicas. */
import { join } from 'node:path'
import type { StartOptions } from 'pm2'
import { AuthscaleError } from '../../errors.ts'
import { within } from '../../load/in-time.ts'
import { lastLines } from '../../load/last-words.ts'
import { environmentOf } from './child-environment.ts'
import type { RunFolder } from './manifest.ts'
import { type Child, nextMessage, signalGroup, spawnChild } from './process.ts'

/** Time for a replica to drain after SIGTERM before pm2 kills it. */
const REPLICA_GRACE_MS = 5000
const READY_TIMEOUT_MS = 15_000
/** Longer than pm2 waits for an app that does not say that it is ready, or kills one that does not leave. */
const ANSWER_LIMIT_MS = 20_000

type Order = { type: 'start'; app: StartOptions } | { type: 'stop'; name: string }
export type SupervisorRequest = { id: number } & Order

/** After a first one, which says that it is ready. */
export type SupervisorMessage =
  | { type: 'done'; id: number; pid: number }
  | { type: 'failed'; id: number; reason: string }
  | { type: 'ended'; name: string; code: number; stderr: string }

/** @param script the compiled supervisor. @throws AuthscaleError SUPERVISOR_FAILED */
export async function startSupervisor(node: string, script: string, folder: RunFolder): Promise<Supervisor> {
  const child = await spawnChild([node, script], {
    name: 'pm2',
    ipc: true,
    mute: true,
    env: { ...environmentOf('measured'), PM2_HOME: join(folder.path, 'pm2'), ...PM2_SETTINGS },
    onPid: (pid) => folder.record(pid, 'pm2'),
  })
  const failure = (reason: string) => new AuthscaleError('SUPERVISOR_FAILED', `pm2 did not start: ${reason}`)
  try {
    // Its first message says that it is ready.
    await within(READY_TIMEOUT_MS, nextMessage(child, failure), () => {
      throw failure('no answer in time')
    })
    return new Supervisor(child)
  } catch (error) {
    await child.stop()
    throw error
  }
}

const PM2_SETTINGS = {
  PM2_KILL_SIGNAL: 'SIGTERM',
  PM2_KILL_TIMEOUT: String(REPLICA_GRACE_MS),
  PM2_KILL_RETRY_TIME: '20',
  // Replicas of one trial start and stop together.
  PM2_CONCURRENT_ACTIONS: '64',
  // No look at the processes and the system every 30 s, and none for a newer pm2 once a day.
  PM2_WORKER_INTERVAL: String(2 ** 31 - 1),
  PM2_DISABLE_VERSION_CHECK: 'true',
  PM2_NO_INTERACTION: 'true',
}

/** pm2 at work in a process of its own. */
export class Supervisor {
  readonly pid: number
  readonly #child: Child
  readonly #waiting = new Map<number, { resolve(pid: number): void; reject(error: Error): void }>()
  readonly #endings = new Map<string, (reason: string) => void>()
  #death: AuthscaleError | undefined
  #lastId = 0

  constructor(child: Child) {
    this.#child = child
    this.pid = child.pid
    child.process.on('message', (message: SupervisorMessage) => this.#hear(message))
    child.ended.then((reason) => this.#gone(reason))
  }

  /**
   * Rejects with AuthscaleError SUPERVISOR_FAILED when pm2 has ended or is silent for too long; then all apps are gone.
   * Resolves with the pid when the app says that it is ready, or has ended, or was silent for too long.
   * No name is used twice: the late end of an earlier process would be taken for that of a later one.
   */
  start(app: StartOptions & { name: string }): Promise<number> {
    return this.#ask({ type: 'start', app })
  }

  /** Ends an app and waits until it is gone. Where pm2 has ended, so have its apps. */
  async stop(name: string): Promise<void> {
    await this.#ask({ type: 'stop', name }).catch((error) => {
      if (error !== this.#death) throw error
    })
    this.#endings.delete(name)
  }

  /** Resolves with a reason when this app ends by itself; never rejects. */
  ended(name: string): Promise<string> {
    return new Promise((resolve) => this.#endings.set(name, resolve))
  }

  close(): Promise<void> {
    return this.#child.stop()
  }

  #ask(order: Order): Promise<number> {
    if (this.#death) return Promise.reject(this.#death)
    const id = ++this.#lastId
    const answer = new Promise<number>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      // A channel that breaks is followed by the end of the process, which rejects with the better reason.
      this.#child.process.send({ id, ...order }, () => {})
    })
    return within(ANSWER_LIMIT_MS, answer, () => {
      this.#gone(`pm2 gave no answer for ${ANSWER_LIMIT_MS / 1_000} s`)
      // Its apps are bound to its life: when it cannot end them any more, its own end does.
      signalGroup(this.pid, 'SIGKILL')
      return answer
    })
  }

  #hear(message: SupervisorMessage): void {
    if (message.type === 'ended') {
      const words = lastLines(message.stderr)
      // Of one that a signal ended pm2 tells exit code 0.
      const how = message.code === 0 ? 'by a signal, or with exit code 0' : `exit code ${message.code}`
      this.#endings.get(message.name)?.(`ended (${how})${words && `: ${words}`}`)
    } else {
      const waiting = this.#waiting.get(message.id)
      this.#waiting.delete(message.id)
      if (message.type === 'done') waiting?.resolve(message.pid)
      else waiting?.reject(new AuthscaleError('REPLICA_FAILED', `pm2: ${lastLines(message.reason)}`))
    }
  }

  #gone(reason: string): void {
    if (this.#death) return
    const message = `${reason}; every finished trial is kept, go on with --resume`
    this.#death = new AuthscaleError('SUPERVISOR_FAILED', message)
    for (const { reject } of this.#waiting.values()) reject(this.#death)
    for (const end of this.#endings.values()) end(`lost its supervisor: ${reason}`)
  }
}
