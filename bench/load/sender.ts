/** Sends each arrival over a free connection, or lets it wait for one, and hears what becomes of it. */
import type { LoadJob } from '../types.ts'
import { Account, type Window } from './account.ts'
import { nowUs } from './clock.ts'
import type { Credentials } from './credentials.ts'
import { Fifo } from './fifo.ts'
import { type ConnectionOwner, HttpConnection } from './http-connection.ts'
import { InFlight } from './in-flight.ts'
import { type OpenLoad, type Schedule, scheduleOf } from './schedule.ts'
import { shareOf } from './shard.ts'
import { Tally } from './tally.ts'

/** How exactly a timeout is kept, as a share of its length. */
const SWEEPS_A_TIMEOUT = 50
const LONGEST_SWEEP_MS = 50

export type OpenJob = LoadJob & { load: OpenLoad }

export class Sender implements ConnectionOwner {
  readonly tally: Tally
  readonly account: Account
  /** Most arrivals at once that waited for a connection. */
  backlogMax = 0
  /** Connections replaced inside the window. */
  reconnects = 0
  readonly #window: Window & { startUs: number }
  readonly #timeoutUs: number
  readonly #credentials: Credentials
  readonly #requestHead: string
  readonly #schedule: Schedule
  readonly #inFlight: InFlight
  readonly #sentUsers: Uint8Array
  readonly #connections: HttpConnection[]
  /** The one used last is used next: those at the bottom are closed by the server when it finds them idle. */
  readonly #free: HttpConnection[] = []
  /** Intended times of arrivals without a connection. */
  readonly #backlog = new Fifo()
  readonly #sweep: NodeJS.Timeout
  #wake: NodeJS.Timeout | undefined
  #nextUs: number
  #nextUser = 0
  #isClosed = false

  /** Connects at once, sends from `startUs` on. */
  constructor(
    job: OpenJob,
    credentials: Credentials,
    window: Window & { startUs: number },
    timeoutMs: number,
  ) {
    this.tally = new Tally(job)
    this.tally.open(window.openUs)
    this.tally.close(window.closeUs)
    this.account = new Account(window)
    this.#window = window
    this.#timeoutUs = timeoutMs * 1_000
    this.#credentials = credentials
    this.#inFlight = new InFlight(window)
    this.#sentUsers = new Uint8Array(credentials.users)
    const { hostname, port, host } = new URL(job.url)
    // As autocannon writes it, so that both loops send the same bytes.
    this.#requestHead = `GET /me HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n${credentials.header}: `
    const target = { host: hostname, port: port === '' ? 80 : Number(port) }
    const count = shareOf(job.load.connections, credentials.shard)
    this.#connections = Array.from({ length: count }, () => new HttpConnection(target, this))
    this.#schedule = scheduleOf(job.load, credentials.shard)
    this.#nextUs = this.#next()
    this.#wakeForNext(nowUs())
    this.#sweep = setInterval(
      () => this.#giveUpLate(),
      Math.min(LONGEST_SWEEP_MS, timeoutMs / SWEEPS_A_TIMEOUT),
    )
  }

  /** Takes in whatever is due by now; also called when the window is over, so that none is left out. */
  noticeAll(): void {
    let now = nowUs()
    while (this.#nextUs <= now) {
      const intendedUs = this.#nextUs
      this.#nextUs = this.#next()
      this.account.due(intendedUs, now)
      const connection = this.#free.pop()
      if (connection === undefined) this.#wait(intendedUs)
      else now = this.#send(connection, intendedUs, now)
    }
  }

  ready(connection: HttpConnection): void {
    if (this.#backlog.length > 0) this.#send(connection, this.#backlog.shift(), nowUs())
    else this.#free.push(connection)
    this.noticeAll()
  }

  replied(connection: HttpConnection): void {
    const now = nowUs()
    const { reply, user } = connection
    this.#inFlight.change(-1, now)
    this.account.answered(connection.intendedUs, connection.sentUs, now, reply.status)
    const isSample = this.tally.isSampleDue()
    if (!this.tally.covers(now)) return
    this.tally.reply(now, reply.status, user, connection.requestBytes, reply.bytes)
    if (isSample && reply.status === 200) this.tally.verify(reply.body(), user)
  }

  lost(connection: HttpConnection, reason: string): void {
    const now = nowUs()
    this.#inFlight.change(-1, now)
    if (this.account.lost(connection.intendedUs)) this.tally.failed(reason)
    else if (this.tally.covers(now)) this.tally.example(reason)
  }

  closed(connection: HttpConnection, reason: string): void {
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    else if (this.tally.covers(nowUs())) this.tally.example(reason)
  }

  replaced(): void {
    if (this.tally.covers(nowUs())) this.reconnects++
  }

  /** Ends everything; what is still open then was in flight at the end. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#wake)
    clearInterval(this.#sweep)
    const now = nowUs()
    while (this.#backlog.length > 0) this.account.unanswered(this.#backlog.shift(), now, 'inFlight')
    for (const connection of this.#connections) {
      if (connection.isBusy) this.account.unanswered(connection.intendedUs, now, 'inFlight')
      connection.close()
    }
  }

  /** Average over the window of requests sent and not yet answered. */
  meanInFlight(): number {
    return this.#inFlight.mean()
  }

  distinctUsers(): number {
    return this.#sentUsers.reduce((count, sent) => count + sent, 0)
  }

  /** The schedule ends with the window. */
  #next(): number {
    const atUs = this.#window.startUs + this.#schedule()
    return atUs < this.#window.closeUs ? atUs : Number.POSITIVE_INFINITY
  }

  #wakeForNext(now: number): void {
    if (this.#nextUs === Number.POSITIVE_INFINITY) return
    // Rounded down: a timer that is early only looks again, one that is late delays an arrival.
    const waitMs = Math.max(1, Math.floor((this.#nextUs - now) / 1_000))
    this.#wake = setTimeout(this.#onWake, waitMs)
  }

  readonly #onWake = (): void => {
    this.noticeAll()
    this.#wakeForNext(nowUs())
  }

  #wait(intendedUs: number): void {
    this.#backlog.push(intendedUs)
    if (this.#backlog.length > this.backlogMax) this.backlogMax = this.#backlog.length
  }

  /** Returns the time after it: sending takes several µs, which the next arrival is not to be charged with. */
  #send(connection: HttpConnection, intendedUs: number, now: number): number {
    const user = this.#credentials.user(this.#nextUser)
    this.#nextUser = this.#nextUser + 1 < this.#credentials.own ? this.#nextUser + 1 : 0
    const request = `${this.#requestHead}${this.#credentials.get(user)}\r\n\r\n`
    connection.intendedUs = intendedUs
    connection.sentUs = now
    connection.user = user
    connection.requestBytes = request.length
    this.#inFlight.change(1, now)
    if (this.tally.covers(now)) this.#sentUsers[user] = 1
    connection.send(request)
    return nowUs()
  }

  #giveUpLate(): void {
    const now = nowUs()
    const lateUs = now - this.#timeoutUs
    while (this.#backlog.first() <= lateUs) this.#timeOut(this.#backlog.shift(), now, 'waiting')
    for (const connection of this.#connections) {
      if (!connection.isBusy || connection.intendedUs > lateUs) continue
      this.#inFlight.change(-1, now)
      this.#timeOut(connection.intendedUs, now, 'sent')
      connection.giveUp()
    }
  }

  #timeOut(intendedUs: number, now: number, where: 'waiting' | 'sent'): void {
    if (!this.account.unanswered(intendedUs, now, 'timeout')) return
    const what = where === 'sent' ? 'no reply' : 'no free connection'
    this.tally.failed(`${what} within ${this.#timeoutUs / 1_000} ms`)
  }
}
