/** Logins and refreshes at absolute times, beside the reads of an open loop. */
import type { HttpConnection } from '../wire/http-connection.ts'
import { credentialIn, refreshTokenIn } from '../wire/issued.ts'
import { type Requests, requestsFor } from '../wire/requests.ts'
import { type OpenLoad, type Schedule, scheduleOf, seedOf } from './schedule.ts'
import type { Ground } from './script.ts'

/** A login that is renewed again and again; one at a time, since each of its tokens is good for one refresh. */
interface Lane {
  user: number
  /** Null: there is none yet, or it may have been used, and the next request is a login. */
  refreshToken: string | null
}

/** Other draws than those of the arrivals, from the same seed. */
const LOGINS = 0x51ed270b
const REFRESHES = 0x2545f491

export class Issued {
  readonly #ground: Ground<OpenLoad>
  readonly #requests: Requests
  readonly #logins: Schedule
  readonly #refreshes: Schedule
  #loginAtUs: number
  #refreshAtUs: number
  #turn = -1
  /** By the number that the sender knows a request by; a login is a lane of its own that is used once. */
  readonly #underWay = new Map<number, { lane: Lane; renews: boolean }>()
  readonly #free: Lane[] = []
  #begun = 0

  constructor(ground: Ground<OpenLoad>) {
    const { url, load, credentials } = ground
    const { loginsPerSec = 0, refreshesPerSec = 0 } = load.issuing ?? {}
    this.#ground = ground
    this.#requests = requestsFor(url, credentials)
    const schedule = (arrivalsPerSec: number, draws: number): Schedule => {
      if (arrivalsPerSec === 0) return () => Number.POSITIVE_INFINITY
      const seed = seedOf(load.seed ^ draws, credentials.shard)
      return scheduleOf({ arrivalsPerSec, spacing: 'poisson', seed }, credentials.shard)
    }
    this.#logins = schedule(loginsPerSec, LOGINS)
    this.#refreshes = schedule(refreshesPerSec, REFRESHES)
    this.#loginAtUs = this.#logins()
    this.#refreshAtUs = this.#refreshes()
  }

  get nextUs(): number {
    const { startUs, closeUs } = this.#ground.times
    const atUs = startUs + Math.min(this.#loginAtUs, this.#refreshAtUs)
    return atUs < closeUs ? atUs : Number.POSITIVE_INFINITY
  }

  take(): number {
    const renews = this.#refreshAtUs < this.#loginAtUs
    if (renews) this.#refreshAtUs = this.#refreshes()
    else this.#loginAtUs = this.#logins()
    const lane = (renews && this.#free.pop()) || { user: this.#nextUser(), refreshToken: null }
    const id = this.#begun++
    this.#underWay.set(id, { lane, renews })
    return id
  }

  write(id: number, connection: HttpConnection): string {
    const { user, refreshToken } = this.#at(id).lane
    connection.user = user
    return refreshToken === null ? this.#requests.login(user) : this.#requests.refresh(refreshToken)
  }

  /** The new credential is what its user's next reads show. */
  answered(id: number, { reply, user }: HttpConnection, atUs: number): void {
    const { credentials, tally } = this.#ground
    const { lane, renews } = this.#at(id)
    this.#underWay.delete(id)
    lane.refreshToken = renews && reply.status === 200 ? refreshTokenIn(reply.body()) : null
    if (renews) this.#free.push(lane)
    if (reply.status !== 200) return
    const credential = credentialIn(reply.issued(), credentials.transport, user, credentials.get(user))
    if (credential !== null) credentials.set(user, credential)
    else if (tally.covers(atUs)) tally.wrong(`user${user}: a login that hands out nothing`)
  }

  failed(id: number): void {
    const { lane, renews } = this.#at(id)
    this.#underWay.delete(id)
    // It may have been used all the same, and would then end the login as a stolen one does.
    lane.refreshToken = null
    if (renews) this.#free.push(lane)
  }

  #nextUser(): number {
    const { credentials } = this.#ground
    this.#turn = this.#turn + 1 < credentials.own ? this.#turn + 1 : 0
    return credentials.user(this.#turn)
  }

  #at(id: number) {
    const found = this.#underWay.get(id)
    if (!found) throw new Error(`nothing is issued as number ${id}`)
    return found
  }
}
