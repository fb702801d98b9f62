/** Counts what happens between the opening and the closing of the measurement window, and checks samples. */
import type { LoadJob, LoadReport } from './job.ts'

const MAX_EXAMPLES = 5
const EXAMPLE_CHARS = 120
const SLICES = 10

/** The counts of all loops; latencies are each loop's own. */
type Counts = Omit<LoadReport, 'latencyUs' | 'arrivals' | 'journeys' | 'handshakes' | 'distinctUsers'>

/** By Poisson's law one connection in 3,000 has none where the mean is this. */
const REPLIES_EACH = 8

/**
 * Whether so few replies came that a connection may have had none by chance: nothing is lost then. Where nobody had any, the
 * server stands still.
 */
export const isTooShort = (replies: number, connections: number) =>
  replies > 0 && replies < REPLIES_EACH * connections

/** Everything outside the window is ignored; a reply belongs to the window in which its last byte arrived. */
export class Tally {
  readonly #verifyEvery: number
  readonly #sliceUs: number
  readonly #counts: Omit<Counts, 'windowSec'> = {
    requests: 0,
    requestsPerSlice: new Array<number>(SLICES).fill(0),
    statusCounts: {},
    errors: 0,
    verifiedBodies: 0,
    wrongAnswers: 0,
    wrongExamples: [],
    bytesSent: 0,
    bytesReceived: 0,
  }
  #repliesUntilSample = 1
  #openUs = Number.POSITIVE_INFINITY
  #closeUs = Number.POSITIVE_INFINITY

  constructor({ verifyEvery, measureSec }: Pick<LoadJob, 'verifyEvery' | 'measureSec'>) {
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

  /** Inside the window, so far. */
  get replies(): number {
    return this.#counts.requests
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
    const counts = this.#counts
    counts.requests++
    counts.statusCounts[status] = (counts.statusCounts[status] ?? 0) + 1
    // A window that closes a timer's lag too late has its last replies in the last slice.
    const slice = Math.min(SLICES - 1, Math.floor((atUs - this.#openUs) / this.#sliceUs))
    counts.requestsPerSlice[slice] = (counts.requestsPerSlice[slice] ?? 0) + 1
    counts.bytesSent += bytesSent
    counts.bytesReceived += bytesReceived
    if (status !== expectedStatus) this.wrong(`user${user}: status ${status}`)
  }

  /** A request of the window that has no reply. */
  failed(reason: string): void {
    this.#counts.errors++
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
    this.#counts.verifiedBodies++
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
    return { windowSec, ...this.#counts }
  }

  /** An answer inside the window that is not what it should be. @param example without any credential */
  wrong(example: string): void {
    this.#counts.wrongAnswers++
    this.example(example)
  }

  /** Keeps the first few. */
  example(text: string): void {
    const { wrongExamples } = this.#counts
    if (wrongExamples.length < MAX_EXAMPLES) wrongExamples.push(text.slice(0, EXAMPLE_CHARS))
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
