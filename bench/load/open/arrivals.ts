/** The open loop: reads at absolute times, whatever became of the earlier ones, by all users in turn. */
import type { HttpConnection } from '../wire/http-connection.ts'
import { type Requests, requestsFor } from '../wire/requests.ts'
import { type OpenLoad, type Schedule, scheduleOf } from './schedule.ts'
import type { Ground, Script } from './script.ts'

export class Arrivals implements Script {
  nextUs: number
  thenUs: number
  readonly #ground: Ground<OpenLoad>
  readonly #requests: Requests
  readonly #schedule: Schedule
  #nextUser = 0

  constructor(ground: Ground<OpenLoad>) {
    const { url, load, credentials } = ground
    this.#ground = ground
    this.#requests = requestsFor(url, credentials)
    this.#schedule = scheduleOf(load, credentials.shard)
    this.nextUs = this.#draw()
    this.thenUs = this.#draw()
  }

  /** All are alike: their users are given to them when they are sent. */
  take(): number {
    this.nextUs = this.thenUs
    this.thenUs = this.#draw()
    return 0
  }

  write(_id: number, connection: HttpConnection): string {
    const { credentials } = this.#ground
    connection.user = credentials.user(this.#nextUser)
    this.#nextUser = this.#nextUser + 1 < credentials.own ? this.#nextUser + 1 : 0
    return this.#requests.read(credentials.get(connection.user))
  }

  answered({ reply, user }: HttpConnection, atUs: number): void {
    const { tally } = this.#ground
    if (tally.isSampleDue() && reply.status === 200 && tally.covers(atUs)) tally.verify(reply.body(), user)
  }

  /** The schedule ends with the window. */
  #draw(): number {
    const atUs = this.#ground.times.startUs + this.#schedule()
    return atUs < this.#ground.times.closeUs ? atUs : Number.POSITIVE_INFINITY
  }
}
