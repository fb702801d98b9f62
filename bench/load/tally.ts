/** Counts what happens between the opening and the closing of the measurement window, and checks samples. */
import type { LoadReport } from './job.ts'

const MAX_EXAMPLES = 5
const EXAMPLE_CHARS = 120
const SLICES = 10

/** The counts of all loops; latencies are each loop's own. */
type Counts = Omit<LoadReport, 'latencyUs' | 'arrivals' | 'journeys' | 'distinctUsers'>

/** Everything outside the window is ignored; a reply belongs to the window in which its last byte arrived. */
export class Tally {
  readonly #verifyEvery: number
  readonly #sliceUs: number
  readonly #statusCounts: Record<number, number> = {}
  readonly #perSlice = new Array<number>(SLICES).fill(0)
  readonly #examples: string[] = []
  #repliesUntilSample = 1
  #requests = 0
  #errors = 0
  #verifiedBodies = 0
  #wrongAnswers = 0
  #bytesSent = 0
  #bytesReceived = 0
  #openUs = Number.POSITIVE_INFINITY
  #closeUs = Number.POSITIVE_INFINITY

  /** @param verifyEvery one reply in this many is verified, on average */
  constructor({ verifyEvery, measureSec }: { verifyEvery: number; measureSec: number }) {
    this.#verifyEvery = verifyEvery
    this.#sliceUs = (measureSec * 1e6) / SLICES
  }

  /** May lie ahead, as that of an open loop, or be now. */
  open(atUs: number): void {
    this.#openUs = atUs
  }

  close(atUs: number): void {
    this.#closeUs = atUs
  }

  covers(atUs: number): boolean {
    return atUs >= this.#openUs && atUs < this.#closeUs
  }

  /** A reply inside the window. Both byte counts are those of this request and its reply, headers included. */
  reply(
    atUs: number,
    status: number,
    user: number,
    bytesSent: number,
    bytesReceived: number,
    expectedStatus = 200,
  ): void {
    this.#requests++
    this.#statusCounts[status] = (this.#statusCounts[status] ?? 0) + 1
    // A window that closes a timer's lag too late has its last replies in the last slice.
    const slice = Math.min(SLICES - 1, Math.floor((atUs - this.#openUs) / this.#sliceUs))
    this.#perSlice[slice] = (this.#perSlice[slice] ?? 0) + 1
    this.#bytesSent += bytesSent
    this.#bytesReceived += bytesReceived
    if (status !== expectedStatus) this.wrong(`user${user}: status ${status}`)
  }

  /** A request of the window that has no reply. */
  failed(reason: string): void {
    this.#errors++
    this.example(reason)
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

  /**
   * The body of a reply inside the window, or to a credential that was issued in it.
   *
   * @param written JSON of the preferences that it must show; null: any
   * @returns whether it is right
   */
  verify(body: string, user: number, written: string | null = null): boolean {
    this.#verifiedBodies++
    const { username, preferences } = shownIn(body)
    if (username !== `user${user}`) this.wrong(`user${user} was answered as ${username}`)
    else if (written !== null && preferences !== written)
      this.wrong(`user${user} does not find what it wrote`)
    else return true
    return false
  }

  /** @throws RangeError when the window was not opened and closed */
  counts(): Counts {
    const windowSec = (this.#closeUs - this.#openUs) / 1e6
    if (!(windowSec > 0)) throw new RangeError('the measurement window was not opened and closed')
    return {
      windowSec,
      requests: this.#requests,
      requestsPerSlice: this.#perSlice,
      statusCounts: this.#statusCounts,
      errors: this.#errors,
      verifiedBodies: this.#verifiedBodies,
      wrongAnswers: this.#wrongAnswers,
      wrongExamples: this.#examples,
      bytesSent: this.#bytesSent,
      bytesReceived: this.#bytesReceived,
    }
  }

  /** An answer inside the window that is not what it should be. @param example without any credential */
  wrong(example: string): void {
    this.#wrongAnswers++
    this.example(example)
  }

  /** Keeps the first few. */
  example(text: string): void {
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push(text.slice(0, EXAMPLE_CHARS))
  }
}

/** How many users have a 1. */
export const countUsers = (users: Uint8Array): number => users.reduce((sum, one) => sum + one, 0)

/** Only the name is ever shown: a wrong body may hold somebody's credential. */
function shownIn(body: string): { username: string; preferences?: string } {
  try {
    const { username, preferences } = JSON.parse(body) as { username?: unknown; preferences?: unknown }
    if (typeof username !== 'string') return { username: 'nobody: the body has no username' }
    return { username, preferences: JSON.stringify(preferences) }
  } catch {
    return { username: 'nobody: the body is not JSON' }
  }
}
