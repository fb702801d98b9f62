/** Sends whatever its script has due over a free connection, or lets it wait for one, and hears what becomes of it. */
import { encodeHistogram } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import type { Load } from '../job.ts'
import { shareOf } from '../shard.ts'
import { countUsers, type Tally } from '../tally.ts'
import { type ConnectionOwner, HttpConnection } from '../wire/http-connection.ts'
import { Account, InFlight } from './account.ts'
import type { Alarm } from './alarm.ts'
import { Fifo } from './queues.ts'
import type { Failure, Ground, Script } from './script.ts'

/** How exactly a timeout is kept, as a share of its length. */
const SWEEPS_A_TIMEOUT = 50
const LONGEST_SWEEP_MS = 50
/**
 * Used in turn, connections lie idle as long as it takes to come round, and a server or proxy closes one that is idle for
 * too long: ours after 60 s and more. A request that crosses with that end is lost. So a connection is replaced before.
 */
const LONGEST_IDLE_MS = 30_000
/** Together they are replaced over so many sweeps: never so many at once that an arrival finds none. */
const SWEEPS_A_RENEWAL = 100

/** What is due, and what the script knows it by. */
interface Due {
  intendedUs: number
  id: number
}

export interface SenderOptions {
  /** Its own until it is closed. */
  alarm: Alarm
  /** A request is given up this long after its intended send, sent or not. */
  timeoutMs: number
  /** A connection that was not used for so long is replaced. */
  idleMs?: number | undefined
}

export class Sender implements ConnectionOwner {
  readonly account: Account
  /** Most arrivals at once that waited for a connection. */
  #backlogMax = 0
  /** Connections replaced inside the window. */
  #reconnects = 0
  readonly #timeoutUs: number
  readonly #idleUs: number
  readonly #script: Script
  readonly #tally: Tally
  readonly #inFlight: InFlight
  readonly #sentUsers: Uint8Array
  readonly #connections: HttpConnection[]
  /** In turn, as a crowd of clients would: were the one that was used last used next, a few would carry all of it. */
  readonly #free = new Fifo<HttpConnection>()
  /** Requests without a connection. */
  readonly #backlog = new Fifo<Due>()
  readonly #sweep: NodeJS.Timeout
  readonly #alarm: Alarm
  #isClosed = false

  /** Connects at once. */
  constructor(
    { url, load, credentials, times, tally }: Ground<Load>,
    script: Script,
    { alarm, timeoutMs, idleMs = LONGEST_IDLE_MS }: SenderOptions,
  ) {
    this.account = new Account(times)
    this.#timeoutUs = timeoutMs * 1_000
    this.#idleUs = idleMs * 1_000
    this.#script = script
    this.#tally = tally
    this.#inFlight = new InFlight(times)
    this.#sentUsers = new Uint8Array(credentials.users)
    const count = shareOf(load.connections, credentials.shard)
    this.#connections = Array.from({ length: count }, () => new HttpConnection(url, this))
    this.#alarm = alarm
    alarm.ringsAt(() => {
      this.noticeAll()
      this.#setAlarm()
    })
    this.#setAlarm()
    this.#sweep = setInterval(() => this.#look(), Math.min(LONGEST_SWEEP_MS, timeoutMs / SWEEPS_A_TIMEOUT))
  }

  /** Takes in whatever is due by now; also called when the window is over, so that none is left out. */
  noticeAll(): void {
    let now = nowUs()
    while (this.#script.nextUs <= now) {
      const intendedUs = this.#script.nextUs
      const id = this.#script.take()
      this.account.due(intendedUs, now)
      const connection = this.#free.shift()
      if (connection === undefined) this.#wait(intendedUs, id)
      else now = this.#send(connection, intendedUs, id, now)
    }
  }

  ready(connection: HttpConnection): void {
    const waiting = this.#backlog.shift()
    const now = nowUs()
    if (waiting) this.#send(connection, waiting.intendedUs, waiting.id, now)
    else {
      connection.freeSinceUs = now
      this.#free.push(connection)
    }
    this.noticeAll()
    this.#setAlarm()
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
    this.#setAlarm()
  }

  closed(connection: HttpConnection, reason: string): void {
    if (!this.#free.remove(connection) && this.#tally.covers(nowUs())) this.#tally.example(reason)
  }

  replaced(): void {
    const now = nowUs()
    if (this.#tally.covers(now)) this.#reconnects++
    // A reply may have been the last of its connection, and what follows it due before the new one is ready.
    this.#setAlarm()
  }

  /** Ends everything; what is still open then was in flight at the end. Safe to call twice. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    clearInterval(this.#sweep)
    const now = nowUs()
    for (let waiting = this.#backlog.shift(); waiting; waiting = this.#backlog.shift())
      this.#giveUp(waiting.intendedUs, waiting.id, now, 'inFlight')
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

  #setAlarm(): void {
    if (!this.#isClosed) this.#alarm.set(this.#script.nextUs, this.#script.thenUs)
  }

  #wait(intendedUs: number, id: number): void {
    this.#backlog.push({ intendedUs, id })
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

  #look(): void {
    const now = nowUs()
    this.#giveUpLate(now)
    this.#renewIdle(now)
    this.#setAlarm()
  }

  #giveUpLate(now: number): void {
    const lateUs = now - this.#timeoutUs
    for (
      let first = this.#backlog.first();
      first && first.intendedUs <= lateUs;
      first = this.#backlog.first()
    ) {
      this.#backlog.shift()
      this.#timeOut(first.intendedUs, first.id, now, 'no free connection')
    }
    for (const connection of this.#connections) {
      if (!connection.isBusy || connection.intendedUs > lateUs) continue
      this.#inFlight.change(-1, now)
      this.#timeOut(connection.intendedUs, connection.id, now, 'no reply')
      connection.giveUp()
    }
  }

  /** The first in the line has been idle for longest. */
  #renewIdle(now: number): void {
    for (let left = Math.ceil(this.#connections.length / SWEEPS_A_RENEWAL); left > 0; left--) {
      const first = this.#free.first()
      if (first === undefined || now - first.freeSinceUs < this.#idleUs) return
      this.#free.shift()
      first.renew()
    }
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
