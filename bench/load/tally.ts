/** Counts what happens between the opening and the closing of the measurement window, and checks samples. */
import type { RecordableHistogram } from 'node:perf_hooks'
import type { LoadReport } from '../types.ts'
import { createLatencyHistogram, summarize } from './histogram.ts'

const MAX_EXAMPLES = 5
const EXAMPLE_CHARS = 120

/** Everything outside the window is ignored; a reply belongs to the window in which its last byte arrived. */
export class Tally {
  isOpen = false
  readonly latency: RecordableHistogram = createLatencyHistogram()
  readonly #verifyEvery: number
  readonly #statusCounts: Record<number, number> = {}
  readonly #examples: string[] = []
  #repliesUntilSample = 1
  #requests = 0
  #errors = 0
  #verifiedBodies = 0
  #wrongAnswers = 0
  #bytesSent = 0
  #bytesReceived = 0
  #openedAt = 0n
  #closedAt = 0n

  /** @param verifyEvery one reply in this many is verified, on average */
  constructor(verifyEvery: number) {
    this.#verifyEvery = verifyEvery
  }

  open(): void {
    this.#openedAt = process.hrtime.bigint()
    this.isOpen = true
  }

  close(): void {
    this.isOpen = false
    this.#closedAt = process.hrtime.bigint()
  }

  /** A reply inside the window. Both byte counts are those of this request and its reply, headers included. */
  reply(status: number, user: number, bytesSent: number, bytesReceived: number): void {
    this.#requests++
    this.#statusCounts[status] = (this.#statusCounts[status] ?? 0) + 1
    this.#bytesSent += bytesSent
    this.#bytesReceived += bytesReceived
    if (status !== 200) this.#wrong(`user${user}: status ${status}`)
  }

  lost(reason: string): void {
    if (!this.isOpen) return
    this.#errors++
    this.#example(reason)
  }

  /**
   * Whether the next reply is to be verified. The gaps are random around `verifyEvery`: equal ones could keep
   * step with the rotation and verify the same few users for ever.
   */
  isSampleDue(): boolean {
    if (--this.#repliesUntilSample > 0) return false
    this.#repliesUntilSample = 1 + Math.floor(Math.random() * (2 * this.#verifyEvery - 1))
    return true
  }

  verify(body: string, user: number): void {
    if (!this.isOpen) return
    this.#verifiedBodies++
    const username = usernameIn(body)
    if (username !== `user${user}`) this.#wrong(`user${user} was answered as ${username}`)
  }

  /** Throws a RangeError when the window was not opened and closed. */
  report(distinctUsers: number): LoadReport {
    const windowSec = Number(this.#closedAt - this.#openedAt) / 1e9
    if (windowSec <= 0) throw new RangeError('the measurement window was not opened and closed')
    return {
      windowSec,
      requests: this.#requests,
      statusCounts: { ...this.#statusCounts },
      errors: this.#errors,
      verifiedBodies: this.#verifiedBodies,
      wrongAnswers: this.#wrongAnswers,
      wrongExamples: this.#examples,
      distinctUsers,
      latencyUs: summarize(this.latency),
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    }
  }

  #wrong(example: string): void {
    this.#wrongAnswers++
    this.#example(example)
  }

  #example(text: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(text.slice(0, EXAMPLE_CHARS))
  }
}

/** Only the name leaves this function: a wrong body may hold somebody's credential. */
function usernameIn(body: string): string {
  try {
    const { username } = JSON.parse(body) as { username?: unknown }
    return typeof username === 'string' ? username : 'nobody: the body has no username'
  } catch {
    return 'nobody: the body is not JSON'
  }
}
