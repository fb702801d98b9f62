/** Sends whatever its script has due over a free connection, or lets it wait for one, and hears what becomes of it. */
import { encodeHistogram } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import type { Load } from '../job.ts'
import { shareOf } from '../shard.ts'
import { countUsers, type Tally } from '../tally.ts'
import { type ConnectionOwner, HttpConnection } from '../wire/http-connection.ts'
import { Account, InFlight } from './account.ts'
import { Fifo } from './queues.ts'
import type { Failure, Ground, Script } from './script.ts'

/** How exactly a timeout is kept, as a share of its length. */
const SWEEPS_A_TIMEOUT = 50
const LONGEST_SWEEP_MS = 50

export class Sender implements ConnectionOwner {
  readonly account: Account
  /** Most arrivals at once that waited for a connection. */
  #backlogMax = 0
  /** Connections replaced inside the window. */
  #reconnects = 0
  readonly #timeoutUs: number
  readonly #script: Script
  readonly #tally: Tally
  readonly #inFlight: InFlight
  readonly #sentUsers: Uint8Array
  readonly #connections: HttpConnection[]
  /** The one used last is used next: those at the bottom are closed by the server when it finds them idle. */
  readonly #free: HttpConnection[] = []
  /** Requests without a connection: their intended times, and beside them what the script knows them by. */
  readonly #backlog = new Fifo()
  readonly #backlogIds = new Fifo()
  readonly #sweep: NodeJS.Timeout
  #wake: NodeJS.Timeout | undefined
  #wakeUs = Number.POSITIVE_INFINITY
  #isClosed = false

  /** Connects at once. */
  constructor({ url, load, credentials, times, tally }: Ground<Load>, script: Script, timeoutMs: number) {
    this.account = new Account(times)
    this.#timeoutUs = timeoutMs * 1_000
    this.#script = script
    this.#tally = tally
    this.#inFlight = new InFlight(times)
    this.#sentUsers = new Uint8Array(credentials.users)
    const count = shareOf(load.connections, credentials.shard)
    this.#connections = Array.from({ length: count }, () => new HttpConnection(url, this))
    this.#wakeForNext(nowUs())
    this.#sweep = setInterval(
      () => this.#giveUpLate(),
      Math.min(LONGEST_SWEEP_MS, timeoutMs / SWEEPS_A_TIMEOUT),
    )
  }

  /** Takes in whatever is due by now; also called when the window is over, so that none is left out. */
  noticeAll(): void {
    let now = nowUs()
    while (this.#script.nextUs <= now) {
      const intendedUs = this.#script.nextUs
      const id = this.#script.take()
      this.account.due(intendedUs, now)
      const connection = this.#free.pop()
      if (connection === undefined) this.#wait(intendedUs, id)
      else now = this.#send(connection, intendedUs, id, now)
    }
  }

  ready(connection: HttpConnection): void {
    if (this.#backlog.length > 0)
      this.#send(connection, this.#backlog.shift(), this.#backlogIds.shift(), nowUs())
    else this.#free.push(connection)
    this.noticeAll()
    this.#wakeForNext(nowUs())
  }

  replied(connection: HttpConnection): void {
    const now = nowUs()
    const { reply, user, requestBytes, expectedStatus } = connection
    this.#inFlight.change(-1, now)
    this.account.answered(connection.intendedUs, connection.sentUs, now, reply.status)
    if (this.#tally.covers(now))
      this.#tally.reply(now, reply.status, user, requestBytes, reply.bytes, expectedStatus)
    this.#script.answered(connection, now)
  }

  lost(connection: HttpConnection, reason: string): void {
    const now = nowUs()
    this.#inFlight.change(-1, now)
    if (this.account.lost(connection.intendedUs)) this.#tally.failed(reason)
    else if (this.#tally.covers(now)) this.#tally.example(reason)
    this.#script.failed?.(connection.id, now, 'lost')
    this.#wakeForNext(now)
  }

  closed(connection: HttpConnection, reason: string): void {
    const at = this.#free.indexOf(connection)
    if (at >= 0) this.#free.splice(at, 1)
    else if (this.#tally.covers(nowUs())) this.#tally.example(reason)
  }

  replaced(): void {
    const now = nowUs()
    if (this.#tally.covers(now)) this.#reconnects++
    // A reply may have been the last of its connection, and what follows it due before the new one is ready.
    this.#wakeForNext(now)
  }

  /** Ends everything; what is still open then was in flight at the end. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearTimeout(this.#wake)
    clearInterval(this.#sweep)
    const now = nowUs()
    while (this.#backlog.length > 0)
      this.#giveUp(this.#backlog.shift(), this.#backlogIds.shift(), now, 'inFlight')
    for (const connection of this.#connections) {
      if (connection.isBusy) this.#giveUp(connection.intendedUs, connection.id, now, 'inFlight')
      connection.close()
    }
  }

  /** Once it is closed: what became of all that was due. */
  share() {
    const { corrected, counts, noticed, uncorrected, lag } = this.account
    const arrivals = {
      account: counts,
      noticed,
      uncorrected: encodeHistogram(uncorrected),
      lag: encodeHistogram(lag),
      meanInFlight: this.#inFlight.mean(),
      backlogMax: this.#backlogMax,
      reconnects: this.#reconnects,
    }
    return { distinctUsers: countUsers(this.#sentUsers), latency: encodeHistogram(corrected), arrivals }
  }

  /** Nothing to do where a timer fires early enough already. */
  #wakeForNext(now: number): void {
    const { nextUs } = this.#script
    if (nextUs >= this.#wakeUs || this.#isClosed) return
    clearTimeout(this.#wake)
    this.#wakeUs = nextUs
    // Rounded down: a timer that is early only looks again, one that is late delays an arrival.
    const waitMs = Math.max(1, Math.floor((nextUs - now) / 1_000))
    this.#wake = setTimeout(this.#onWake, waitMs)
  }

  readonly #onWake = (): void => {
    this.#wakeUs = Number.POSITIVE_INFINITY
    this.noticeAll()
    this.#wakeForNext(nowUs())
  }

  #wait(intendedUs: number, id: number): void {
    this.#backlog.push(intendedUs)
    this.#backlogIds.push(id)
    this.#backlogMax = Math.max(this.#backlogMax, this.#backlog.length)
  }

  /** Returns the time after it: sending takes several µs, which the next arrival is not to be charged with. */
  #send(connection: HttpConnection, intendedUs: number, id: number, now: number): number {
    const request = this.#script.write(id, connection)
    connection.id = id
    connection.intendedUs = intendedUs
    connection.sentUs = now
    connection.requestBytes = request.length
    this.#inFlight.change(1, now)
    if (this.#tally.covers(now)) this.#sentUsers[connection.user] = 1
    connection.send(request)
    return nowUs()
  }

  #giveUpLate(): void {
    const now = nowUs()
    const lateUs = now - this.#timeoutUs
    while (this.#backlog.first() <= lateUs)
      this.#timeOut(this.#backlog.shift(), this.#backlogIds.shift(), now, 'no free connection')
    for (const connection of this.#connections) {
      if (!connection.isBusy || connection.intendedUs > lateUs) continue
      this.#inFlight.change(-1, now)
      this.#timeOut(connection.intendedUs, connection.id, now, 'no reply')
      connection.giveUp()
    }
    this.#wakeForNext(now)
  }

  #timeOut(intendedUs: number, id: number, now: number, what: string): void {
    if (this.#giveUp(intendedUs, id, now, 'timeout'))
      this.#tally.failed(`${what} within ${this.#timeoutUs / 1_000} ms`)
  }

  #giveUp(intendedUs: number, id: number, now: number, as: Exclude<Failure, 'lost'>): boolean {
    this.#script.failed?.(id, now, as)
    return this.account.unanswered(intendedUs, now, as)
  }
}
