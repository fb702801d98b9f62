/** The open loop: reads at absolute times, whatever became of the earlier ones. */
import { seededDraw, seedOf } from '../../stats/seeded.ts'
import { weightedDraw, zipfWeights } from '../../stats/zipf.ts'
import type { Credentials } from '../credentials.ts'
import { isOwn } from '../shard.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import { type Requests, requestsFor } from '../wire/requests.ts'
import { type OpenLoad, scheduleOf } from './schedule.ts'
import type { Ground, Script } from './script.ts'

/** When it is due, from the start, and whose it is. */
interface Arrival {
  atUs: number
  user: number
}

export class Arrivals implements Script {
  readonly #ground: Ground<OpenLoad>
  readonly #requests: Requests
  readonly #draw: () => Arrival
  #next: Arrival
  #then: Arrival

  constructor(ground: Ground<OpenLoad>) {
    const { url, load, credentials, handlerUs } = ground
    this.#ground = ground
    this.#requests = requestsFor(url, credentials, handlerUs)
    this.#draw = load.popularityExponent === undefined ? inTurn(load, credentials) : drawn(load, credentials)
    this.#next = this.#draw()
    this.#then = this.#draw()
  }

  get nextUs(): number {
    return this.#dueUs(this.#next)
  }

  get thenUs(): number {
    return this.#dueUs(this.#then)
  }

  /** Known by whose it is. */
  take(): number {
    const { user } = this.#next
    this.#next = this.#then
    this.#then = this.#draw()
    return user
  }

  write(user: number, connection: HttpConnection): string {
    connection.user = user
    return this.#requests.read(this.#ground.credentials.get(user))
  }

  answered({ reply, user }: HttpConnection, atUs: number): void {
    const { tally } = this.#ground
    if (tally.isSampleDue() && reply.status === 200 && tally.covers(atUs)) tally.verify(reply.body(), user)
  }

  /** The schedule ends with the window. */
  #dueUs({ atUs }: Arrival): number {
    const { startUs, closeUs } = this.#ground.times
    return startUs + atUs < closeUs ? startUs + atUs : Number.POSITIVE_INFINITY
  }
}

/** The users of this process, one after the other. */
function inTurn(load: OpenLoad, credentials: Credentials): () => Arrival {
  const schedule = scheduleOf(load, credentials.shard)
  let turn = -1
  return () => {
    turn = turn + 1 < credentials.own ? turn + 1 : 0
    return { atUs: schedule(), user: credentials.user(turn) }
  }
}

/**
 * Drawn by their popularity. Every process goes through the whole schedule and draws all of its users, and sends what is
 * for its own: so the arrivals, and whose they are, are the same however many processes share them.
 */
function drawn(load: OpenLoad, { users, shard }: Credentials): () => Arrival {
  const schedule = scheduleOf(load)
  const weights = zipfWeights(users, load.popularityExponent ?? 0)
  const draw = weightedDraw(weights, seededDraw(seedOf('popularity', load.seed)))
  return () => {
    for (;;) {
      const arrival = { atUs: schedule(), user: draw() }
      if (isOwn(arrival.user, shard)) return arrival
    }
  }
}
