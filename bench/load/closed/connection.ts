/** Connections that are kept: the users that each rotates through, and which of them is waiting for a reply. */
import { type EventEmitter, once } from 'node:events'
import autocannon, { type Client, type Request } from 'autocannon'
import { type Histogram, recordUs } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { Tally } from '../tally.ts'

const REPLY_TIMEOUT_SEC = 10
/** autocannon looks this often whether it was stopped. */
const STOP_WITHIN_MS = 20
const NEVER_SEC = 1_000_000

/** One user's request. autocannon builds its bytes once, into `requestBuffer`, and sends the same ones again. */
interface UserRequest extends Request {
  readonly user: number
  onResponse: ((status: number, body: string) => void) | undefined
  requestBuffer?: Buffer
}

/** What all connections of a loop have in common: whom they ask as whom, and where they count. */
export interface Common {
  url: string
  path: string
  credentials: Credentials
  tally: Tally
  /** In µs. */
  latency: Histogram
  /** A 1 for each user whose request was sent inside the window. */
  sentUsers: Uint8Array
}

/**
 * Connections on autocannon, which send at once. Taken from it is only the sending. Its own latencies are whole
 * milliseconds and its counts begin with the warm-up, so latency comes from its events.
 */
export function keptConnections(common: Common, users: readonly number[][]) {
  const all: Connection[] = []
  const built = new Map<number, UserRequest>()
  const options: autocannon.Options = {
    url: new URL(common.path, common.url).href,
    connections: users.length,
    duration: NEVER_SEC,
    timeout: REPLY_TIMEOUT_SEC,
    sampleInt: STOP_WITHIN_MS,
    skipAggregateResult: true,
    setupClient(client) {
      all.push(new Connection(client, users[all.length] ?? [], common, built))
    },
  }
  let instance!: autocannon.Instance
  const ended = new Promise<void>((resolve, reject) => {
    instance = autocannon(options, (error) => (error ? reject(error) : resolve()))
  })
  return {
    all,
    handshakes: null,
    started: Promise.race([once(instance, 'start'), ended]),
    async stop() {
      instance.stop()
      await ended
      for (const connection of all) connection.markSentUsers(common.sentUsers)
    },
  }
}

/**
 * Follows one autocannon client by its events. A request that is sent while another waits means that a reply
 * was lost (the connection ended, failed or timed out), which autocannon reports only in part.
 */
class Connection {
  readonly #common: Common
  readonly #requests: UserRequest[]
  #current = -1
  #waiting = false
  #sentInWindow = 0
  #window = { sent: 0, last: -1 }
  #lostBecause = 'the connection ended or timed out before the reply'
  /** After a loss autocannon pairs replies with older requests: their latency and user are no longer known. */
  #disturbed = false

  /** For `setupClient`, which runs before the client connects and sends its first request. */
  constructor(client: Client, users: readonly number[], common: Common, built: Map<number, UserRequest>) {
    const { credentials } = common
    this.#common = common
    // The first is built in any case: with it the client begins.
    const fresh = [...new Set(users)].filter((user, place) => place === 0 || !built.has(user))
    this.#requests = fresh.map((user) => {
      const request = built.get(user) ?? { user, onResponse: undefined }
      built.set(user, request)
      return Object.assign(request, { headers: { [credentials.header]: credentials.get(user) } })
    })
    client.setRequests(this.#requests)
    // The bytes are built by now; 100,000 header objects beside them would double the memory.
    for (const request of this.#requests) request.headers = undefined
    // autocannon goes through the list that it was given, which may hold what was built before many times.
    for (const [place, user] of users.entries()) this.#requests[place] = built.get(user) as UserRequest
    const events: EventEmitter = client
    events.on('request', () => this.#onSent())
    events.on('response', (status: number, bytes: number, ms: number) => this.#onReply(status, bytes, ms))
    events.on('connError', (error: Error) => {
      this.#lostBecause = error.message
    })
  }

  openWindow(): void {
    this.#sentInWindow = 0
  }

  /** Keeps where the window ended, and counts a request that waited all through it, unless that may happen. */
  closeWindow({ mayStall }: { mayStall: boolean }): void {
    this.#window = { sent: this.#sentInWindow, last: this.#current }
    if (this.#waiting && this.#sentInWindow === 0 && !mayStall)
      this.#common.tally.failed('no reply during the whole window')
  }

  /** Sets a 1 for each user whose request was sent inside the window. */
  markSentUsers(users: Uint8Array): void {
    const { length } = this.#requests
    for (let back = 0; back < Math.min(this.#window.sent, length); back++) {
      const request = this.#requests[(this.#window.last - back + length) % length]
      if (request !== undefined) users[request.user] = 1
    }
  }

  #onSent(): void {
    const { tally } = this.#common
    if (this.#waiting) {
      this.#disturbed = true
      if (tally.covers(nowUs())) tally.failed(this.#lostBecause)
    }
    this.#waiting = true
    this.#current = this.#current + 1 === this.#requests.length ? 0 : this.#current + 1
    this.#sentInWindow++
  }

  #onReply(status: number, bytes: number, ms: number): void {
    this.#waiting = false
    const { tally, latency } = this.#common
    const request = this.#requests[this.#current]
    const atUs = nowUs()
    if (tally.covers(atUs) && request !== undefined) {
      tally.reply(atUs, status, request.user, request.requestBuffer?.length ?? Number.NaN, bytes)
      if (!this.#disturbed) recordUs(latency, ms * 1_000)
    }
    if (tally.isSampleDue()) this.#verifyNext()
  }

  /** Asks for the body of the next reply. Not for every one: autocannon then parses all headers into objects. */
  #verifyNext(): void {
    const request = this.#requests[(this.#current + 1) % this.#requests.length]
    if (request === undefined) return
    const { tally } = this.#common
    request.onResponse = (status, body) => {
      request.onResponse = undefined
      if (status === 200 && !this.#disturbed && tally.covers(nowUs())) tally.verify(body, request.user)
    }
  }
}
