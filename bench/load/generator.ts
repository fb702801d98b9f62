/** The harness's side of the load generator: starts the process, hands it jobs, and says why it died. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { AuthscaleError } from '../errors.ts'
import type { Generator } from '../types.ts'
import type { GeneratorMessage, HarnessMessage } from './protocol.ts'

/**
 * V8 grows its young generation to three times 16 MiB and more, and building the requests of 100,000 users fills all
 * of it with garbage: about 360 MB resident, against 245 with this bound. A smaller one saves nothing more and
 * collects more often, and while a collection lasts a server with few connections runs out of work.
 */
const SMALL_YOUNG_GENERATION = '--max-semi-space-size=8'

const LEAVE_WITHIN_MS = 3_000
const STDERR_TAIL_CHARS = 2_000

export interface GeneratorOptions {
  /** Program and arguments that run load/main.ts, e.g. `['taskset', '-c', '1', node, 'load/main.js']`. */
  command: readonly string[]
  env: NodeJS.ProcessEnv
}

/** Resolves when the process is ready for jobs. Throws an AuthscaleError GENERATOR_DIED when it cannot start. */
export async function startGenerator(options: GeneratorOptions): Promise<Generator> {
  const [program = '', ...args] = options.command
  const nodeOptions = [options.env.NODE_OPTIONS, SMALL_YOUNG_GENERATION].filter(Boolean).join(' ')
  const env = { ...options.env, NODE_OPTIONS: nodeOptions }
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const conversation = new Conversation(child)
  await conversation.until('ready')
  return {
    pid: child.pid ?? 0,
    async login(job) {
      const done = await conversation.ask({ type: 'login', job }, 'login-done')
      return done.report
    },
    async load(job, onWindow) {
      const done = await conversation.ask({ type: 'load', job }, 'load-done', onWindow)
      return done.report
    },
    close: () => conversation.end(),
  }
}

type Kind = GeneratorMessage['type']
type Pending = {
  settles: Kind
  onWindow: ((edge: 'open' | 'close') => void) | undefined
  resolve(message: GeneratorMessage): void
  reject(error: Error): void
}

/** One question at a time over the IPC channel; the end of the process answers whatever is still open. */
class Conversation {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  #pending: Pending | undefined
  #death: AuthscaleError | undefined
  #stderr = ''

  constructor(child: ChildProcess) {
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARS)
    })
    child.on('message', (message: GeneratorMessage) => this.#hear(message))
    const ended = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(`could not be started: ${error.message}`))
      child.once('exit', (code, signal) =>
        resolve(signal ? `was ended by ${signal}` : `ended with exit code ${code}`),
      )
    })
    // The child's own 'close' event never comes once this side has closed the IPC channel.
    const stderrRead = child.stderr ? once(child.stderr, 'close') : undefined
    this.#gone = Promise.all([ended, stderrRead]).then(([why]) => this.#die(why))
  }

  /** Sends a question and waits for its answer; window messages meanwhile go to `onWindow`. */
  ask<K extends Kind>(question: HarnessMessage, answer: K, onWindow?: Pending['onWindow']) {
    const busy = this.#pending !== undefined
    const answered = this.until(answer, onWindow)
    // A channel that breaks is followed by the end of the process, which rejects with the better reason.
    if (!busy && this.#child.connected) this.#child.send(question, () => {})
    return answered
  }

  until<K extends Kind>(settles: K, onWindow?: Pending['onWindow']) {
    return new Promise<Extract<GeneratorMessage, { type: K }>>((resolve, reject) => {
      if (this.#death !== undefined) return reject(this.#death)
      if (this.#pending !== undefined) return reject(new Error('the load generator does one job at a time'))
      this.#pending = { settles, onWindow, resolve: resolve as Pending['resolve'], reject }
    })
  }

  /** Closes the channel, which makes the generator leave; ends it by force when it does not. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    const force = setTimeout(() => this.#child.kill('SIGKILL'), LEAVE_WITHIN_MS)
    await this.#gone
    clearTimeout(force)
  }

  #hear(message: GeneratorMessage): void {
    const pending = this.#pending
    if (message.type === 'window') {
      pending?.onWindow?.(message.edge)
      return
    }
    this.#pending = undefined
    if (message.type === 'failed') pending?.reject(new AuthscaleError(message.code, message.message))
    else if (message.type === pending?.settles) pending.resolve(message)
    else pending?.reject(new Error(`the load generator said ${message.type} instead of ${pending.settles}`))
  }

  #die(why: string): void {
    const tail = this.#stderr.trim().split('\n').slice(-3).join(' | ')
    const message = `The load generator ${why}${tail === '' ? '.' : `: ${tail}`}`
    this.#death = new AuthscaleError('GENERATOR_DIED', message)
    this.#pending?.reject(this.#death)
    this.#pending = undefined
  }
}
