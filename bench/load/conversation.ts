/** The harness's side of one load generator process: one question at a time over IPC, and why it died. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { AuthscaleError } from '../errors.ts'
import { within } from './in-time.ts'
import type { GeneratorMessage, HarnessMessage, OnWindow } from './job.ts'
import { lastWords } from './last-words.ts'

const LEAVE_WITHIN_MS = 3_000

type Kind = GeneratorMessage['type']
type Pending = {
  settles: Kind
  onWindow: OnWindow | undefined
  resolve(message: GeneratorMessage): void
  reject(error: Error): void
}

/** One question at a time over the IPC channel; the end of the process answers whatever is still open. */
export class Conversation {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  readonly #lastWords: () => string
  #pending: Pending | undefined
  #death: AuthscaleError | undefined

  constructor(command: readonly string[], env: NodeJS.ProcessEnv) {
    const [program = '', ...args] = command
    const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
    this.#child = child
    this.#lastWords = lastWords([child.stderr])
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

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Ends the job under way early, with a failure; nothing happens where there is none. */
  cancel(): void {
    if (this.#pending !== undefined && this.#child.connected) this.#child.send({ type: 'cancel' }, () => {})
  }

  /** Sends a question and waits for its answer; window messages meanwhile go to `onWindow`. */
  ask<K extends Kind>(question: HarnessMessage, answer: K, onWindow?: OnWindow) {
    const answered = this.until(answer, onWindow)
    // A channel that breaks is followed by the end of the process, which rejects with the better reason.
    if (this.#child.connected) this.#child.send(question, () => {})
    return answered
  }

  until<K extends Kind>(settles: K, onWindow?: OnWindow) {
    return new Promise<Extract<GeneratorMessage, { type: K }>>((resolve, reject) => {
      if (this.#death !== undefined) return reject(this.#death)
      this.#pending = { settles, onWindow, resolve: resolve as Pending['resolve'], reject }
    })
  }

  /** Closes the channel, which makes the generator leave; ends it by force when it does not. */
  async end(): Promise<void> {
    if (this.#child.connected) this.#child.disconnect()
    await within(LEAVE_WITHIN_MS, this.#gone, () => {
      this.#child.kill('SIGKILL')
      return this.#gone
    })
  }

  #hear(message: GeneratorMessage): void {
    const pending = this.#pending
    if (message.type === 'window') return void pending?.onWindow?.(message.edge)
    this.#pending = undefined
    if (message.type === 'failed') pending?.reject(new AuthscaleError(message.code, message.message))
    else if (message.type === pending?.settles) pending.resolve(message)
    else pending?.reject(new Error(`the load generator said ${message.type} instead of ${pending.settles}`))
  }

  #die(why: string): void {
    const tail = this.#lastWords()
    const message = `The load generator ${why}${tail === '' ? '.' : `: ${tail}`}`
    this.#death = new AuthscaleError('GENERATOR_DIED', message)
    this.#pending?.reject(this.#death)
    this.#pending = undefined
  }
}
