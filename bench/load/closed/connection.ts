/** One connection of the closed loop: the users it rotates through, and which of them is waiting for a reply. */
import type { EventEmitter } from 'node:events'
import type { Client, Request } from 'autocannon'
import { AuthscaleError } from '../../errors.ts'
import { type Histogram, recordUs } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { LoadJob } from '../job.ts'
import type { Tally } from '../tally.ts'

/** One user's request. autocannon builds its bytes once, into `requestBuffer`, and sends the same ones again. */
interface UserRequest extends Request {
  readonly user: number
  onResponse: ((status: number, body: string) => void) | undefined
  requestBuffer?: Buffer
}

/**
 * The users of connection `index`: every connection has its own, and all users have a connection. Only where
 * there are more connections than users do some share one.
 */
export function usersOf(index: number, connections: number, users: readonly number[]): number[] {
  if (connections >= users.length) return users.slice(index % users.length).slice(0, 1)
  const count = Math.ceil((users.length - index) / connections)
  return Array.from({ length: count }, (_, turn) => users[index + turn * connections] as number)
}

/**
 * The users of this process, by the number that all know them by.
 *
 * @param homes replicas by their name in the proxy's cookie; only who comes back to one of them is among them
 * @throws AuthscaleError NOBODY_THERE
 */
export function reachableUsers(credentials: Credentials, homes?: readonly string[]): number[] {
  const own = Array.from({ length: credentials.own }, (_, i) => credentials.user(i))
  if (!homes) return own
  const cookies = homes.map((id) => new RegExp(`(?:^|; ?)SRV=${id}(?:;|$)`))
  const there = own.filter((user) => cookies.some((cookie) => cookie.test(credentials.get(user))))
  if (there.length > 0) return there
  throw new AuthscaleError('NOBODY_THERE', `no user belongs to ${homes.join(' or ')}: log in more users`)
}

/** Where all connections count. */
interface Sinks {
  tally: Tally
  latency: Histogram
}

/**
 * Follows one autocannon client by its events. A request that is sent while another waits means that a reply
 * was lost (the connection ended, failed or timed out), which autocannon reports only in part.
 */
export class Connection {
  readonly #tally: Tally
  readonly #latency: Histogram
  readonly #requests: UserRequest[]
  #current = -1
  #waiting = false
  #sentInWindow = 0
  #window = { sent: 0, last: -1 }
  #lostBecause = 'the connection ended or timed out before the reply'
  /** After a loss autocannon pairs replies with older requests: their latency and user are no longer known. */
  #disturbed = false

  /** For `setupClient`, which runs before the client connects and sends its first request. */
  constructor(client: Client, users: number[], credentials: Credentials, sinks: Sinks) {
    this.#tally = sinks.tally
    this.#latency = sinks.latency
    this.#requests = users.map((user) => ({
      user,
      headers: { [credentials.header]: credentials.get(user) },
      onResponse: undefined,
    }))
    client.setRequests(this.#requests)
    // The bytes are built by now; 100,000 header objects beside them would double the memory.
    for (const request of this.#requests) request.headers = undefined
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
  closeWindow({ mayStall = false }: Pick<LoadJob, 'mayStall'>): void {
    this.#window = { sent: this.#sentInWindow, last: this.#current }
    if (this.#waiting && this.#sentInWindow === 0 && !mayStall)
      this.#tally.failed('no reply during the whole window')
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
    if (this.#waiting) {
      this.#disturbed = true
      if (this.#tally.covers(nowUs())) this.#tally.failed(this.#lostBecause)
    }
    this.#waiting = true
    this.#current = this.#current + 1 === this.#requests.length ? 0 : this.#current + 1
    this.#sentInWindow++
  }

  #onReply(status: number, bytes: number, ms: number): void {
    this.#waiting = false
    const tally = this.#tally
    const request = this.#requests[this.#current]
    const atUs = nowUs()
    if (tally.covers(atUs) && request !== undefined) {
      tally.reply(atUs, status, request.user, request.requestBuffer?.length ?? Number.NaN, bytes)
      if (!this.#disturbed) recordUs(this.#latency, ms * 1_000)
    }
    if (tally.isSampleDue()) this.#verifyNext()
  }

  /** Asks for the body of the next reply. Not for every one: autocannon then parses all headers into objects. */
  #verifyNext(): void {
    const request = this.#requests[(this.#current + 1) % this.#requests.length]
    if (request === undefined) return
    request.onResponse = (status, body) => {
      request.onResponse = undefined
      if (status === 200 && !this.#disturbed && this.#tally.covers(nowUs()))
        this.#tally.verify(body, request.user)
    }
  }
}
