/**
 * A login storm: a closed loop in which each connection logs its next user in as soon as the reply came. Or a storm of
 * refreshes: each connection logs a user in once and then trades each refresh token for the next.
 *
 * Not on autocannon: when it stops, it lets go of what it has sent. The server would go on hashing passwords for
 * nobody, in the window that follows.
 */
import { usersByConnection } from '../closed/users.ts'
import type { ClosedLoad } from '../job.ts'
import { agentFor, exchange } from '../wire/exchange.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import { credentialIn, refreshTokenIn } from '../wire/issued.ts'
import { type Requests, readQuestion, requestsFor } from '../wire/requests.ts'
import { DueTimes } from './queues.ts'
import type { Failure, Ground, Script } from './script.ts'

/** Users who log in one after the other. */
interface Lane {
  users: readonly number[]
  turn: number
  /** Who was last. */
  user: number
  /** What the last reply handed out; null: the next request is a login. */
  refreshToken: string | null
}

export class Logins implements Script {
  readonly #ground: Ground<ClosedLoad>
  readonly #renews: boolean
  readonly #requests: Requests
  readonly #lanes: Lane[]
  readonly #dueLanes = new DueTimes()
  /** A random sample of what was handed out inside the window. */
  readonly #issued: { user: number; credential: string }[] = []

  constructor(ground: Ground<ClosedLoad>) {
    const { url, load, credentials, times } = ground
    this.#ground = ground
    this.#renews = load.requests === 'refresh'
    this.#requests = requestsFor(url, credentials)
    // Wherever they were before: a login is at home nowhere yet.
    const lanes = usersByConnection({ connections: load.connections }, credentials)
    this.#lanes = lanes.map((users) => ({ users, turn: 0, user: -1, refreshToken: null }))
    // One after the other over the ramp: slow hashes that begin together end together for ever, and a window would
    // hold whole batches of them.
    const apartUs = (times.openUs - times.startUs) / lanes.length
    for (const lane of lanes.keys()) this.#dueLanes.add(times.startUs + lane * apartUs, lane)
  }

  get nextUs(): number {
    return this.#dueLanes.firstUs
  }

  take(): number {
    return this.#dueLanes.shift()
  }

  write(id: number, connection: HttpConnection): string {
    const lane = this.#lane(id)
    const { users, turn, refreshToken } = lane
    if (refreshToken === null) {
      lane.user = users[turn] as number
      lane.turn = turn + 1 < users.length ? turn + 1 : 0
    }
    connection.user = lane.user
    return refreshToken === null ? this.#requests.login(lane.user) : this.#requests.refresh(refreshToken)
  }

  answered({ id, reply, user }: HttpConnection, atUs: number): void {
    const { tally, credentials } = this.#ground
    if (this.#renews) this.#keep(id, reply.status === 200 ? refreshTokenIn(reply.body()) : null, user, atUs)
    if (reply.status === 200 && tally.covers(atUs) && tally.isSampleDue()) {
      const credential = credentialIn(reply.issued(), credentials.transport, user)
      if (credential === null) tally.wrong(`user${user}: a login that hands out nothing`)
      else this.#issued.push({ user, credential })
    }
    this.#logInNext(id, atUs)
  }

  failed(id: number, atUs: number, as: Failure): void {
    // It may have been used all the same, and would then end the login as a stolen one does.
    this.#lane(id).refreshToken = null
    if (as !== 'inFlight') this.#logInNext(id, atUs)
  }

  /** Whether the sample is worth what it promises: each credential must name its own user. */
  async finish() {
    const { url, credentials, tally } = this.#ground
    const agent = agentFor(url)
    try {
      for (const { user, credential } of this.#issued) {
        const question = readQuestion(credentials.transport, credential)
        tally.verify((await exchange(agent, url, question)).body, user)
      }
    } catch (error) {
      // Nor are the others waited for: a server that hangs would make it minutes.
      tally.wrong(`a credential got no answer: ${(error as Error).message}`)
    } finally {
      agent.destroy()
    }
    return {}
  }

  /** A login, or a refresh, after which there is nothing to refresh with, is no right answer. */
  #keep(id: number, refreshToken: string | null, user: number, atUs: number): void {
    const { tally } = this.#ground
    this.#lane(id).refreshToken = refreshToken
    if (refreshToken === null && tally.covers(atUs))
      tally.wrong(`user${user}: an answer without a refresh token`)
  }

  #lane(id: number): Lane {
    return this.#lanes[id] as Lane
  }

  #logInNext(lane: number, atUs: number): void {
    if (atUs < this.#ground.times.closeUs) this.#dueLanes.add(atUs, lane)
  }
}
