/** The open loop: reads at absolute times, whatever became of the earlier ones, by all users in turn. */
import type { Credentials } from '../credentials.ts'
import type { Tally } from '../tally.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import { type Requests, requestsFor } from '../wire/requests.ts'
import { type OpenLoad, type Schedule, scheduleOf } from './schedule.ts'
import type { Script, Times } from './script.ts'

export class Arrivals implements Script {
  nextUs: number
  readonly #times: Times
  readonly #credentials: Credentials
  readonly #tally: Tally
  readonly #requests: Requests
  readonly #schedule: Schedule
  #nextUser = 0

  constructor(url: string, load: OpenLoad, credentials: Credentials, times: Times, tally: Tally) {
    this.#times = times
    this.#credentials = credentials
    this.#tally = tally
    this.#requests = requestsFor(url, credentials)
    this.#schedule = scheduleOf(load, credentials.shard)
    this.nextUs = this.#next()
  }

  /** All are alike: their users are given to them when they are sent. */
  take(): number {
    this.nextUs = this.#next()
    return 0
  }

  write(_id: number, connection: HttpConnection): string {
    const user = this.#credentials.user(this.#nextUser)
    this.#nextUser = this.#nextUser + 1 < this.#credentials.own ? this.#nextUser + 1 : 0
    connection.user = user
    return this.#requests.read(this.#credentials.get(user))
  }

  answered({ reply, user }: HttpConnection, atUs: number): void {
    const isSample = this.#tally.isSampleDue()
    if (isSample && reply.status === 200 && this.#tally.covers(atUs)) this.#tally.verify(reply.body(), user)
  }

  failed(): void {}

  async finish() {
    return {}
  }

  /** The schedule ends with the window. */
  #next(): number {
    const atUs = this.#times.startUs + this.#schedule()
    return atUs < this.#times.closeUs ? atUs : Number.POSITIVE_INFINITY
  }
}
