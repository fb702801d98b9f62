/**
 * Journeys: users log in, read, write once and log out, and think in between.
 *
 * A partly open system (B. Schroeder, A. Wierman, M. Harchol-Balter, "Open versus closed: a cautionary tale", NSDI
 * 2006): journeys begin whatever became of the earlier ones, but within one a step is not due before the reply of the
 * step before it has come and its user has thought.
 */
import { AuthscaleError } from '../../errors.ts'
import { createHistogram, encodeHistogram, recordUs } from '../../stats/histogram.ts'
import type { Step } from '../job.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import { credentialIn } from '../wire/issued.ts'
import type { ReplyReader } from '../wire/reply-reader.ts'
import { type Requests, requestsFor } from '../wire/requests.ts'
import { isWithin } from './account.ts'
import { type JourneyLoad, type JourneyPlan, journeysOf, ofSteps } from './journey-plan.ts'
import { DueTimes, Fifo } from './queues.ts'
import type { Failure, Ground, Script } from './script.ts'

interface Journey {
  plan: JourneyPlan
  user: number
  /** Of its own login. */
  credential: string
  step: number
  /** When the step is due, or was. */
  intendedUs: number
  /** Number of the journey; part of what it writes, so that no older write passes for it. */
  number: number
  /** JSON of the preferences, once they are written. */
  written: string | null
  /** No read has shown them yet. */
  isUnseen: boolean
}

const EXPECTED: Readonly<Record<Step, number>> = { login: 200, read: 200, write: 200, logout: 204 }

export class Journeys implements Script {
  readonly #ground: Ground<JourneyLoad>
  readonly #requests: Requests
  readonly #plan: () => JourneyPlan
  /** By the shard's own number of the user, which is what the sender gets: no user is on two journeys. */
  readonly #underWay = new Map<number, Journey>()
  readonly #freeUsers = new Fifo<number>()
  readonly #dueSteps = new DueTimes()
  readonly #latency = ofSteps(() => createHistogram())
  readonly #counts = { underWayAtOpen: 0, started: 0, finished: 0, failed: 0 }
  #next: JourneyPlan
  #begun = 0
  #hadToWait = false

  constructor(ground: Ground<JourneyLoad>) {
    const { url, load, credentials } = ground
    this.#ground = ground
    this.#requests = requestsFor(url, credentials)
    this.#plan = journeysOf(load, credentials.shard)
    for (let own = 0; own < credentials.own; own++) this.#freeUsers.push(own)
    this.#next = this.#plan()
  }

  get nextUs(): number {
    const beginUs = this.#freeUsers.length > 0 ? this.#beginUs : Number.POSITIVE_INFINITY
    return Math.min(this.#dueSteps.firstUs, beginUs)
  }

  take(): number {
    return this.#dueSteps.firstUs <= this.nextUs ? this.#dueSteps.shift() : this.#begin()
  }

  write(id: number, connection: HttpConnection): string {
    const journey = this.#journey(id)
    const step = stepOf(journey)
    connection.user = journey.user
    connection.expectedStatus = EXPECTED[step]
    if (step === 'login') return this.#requests.login(journey.user)
    if (step === 'read') return this.#requests.read(journey.credential)
    if (step === 'logout') return this.#requests.logout(journey.credential)
    journey.written = JSON.stringify({ theme: 'dark', journey: `${journey.number}` })
    return this.#requests.write(journey.credential, journey.written)
  }

  answered(connection: HttpConnection, atUs: number): void {
    const { id, reply, expectedStatus } = connection
    const journey = this.#journey(id)
    const step = stepOf(journey)
    this.#record(journey, atUs)
    const isRight = reply.status === expectedStatus && this.#follows(step, journey, connection, atUs)
    if (!isRight || step === 'logout') this.#end(id, isRight ? 'finished' : 'failed', atUs)
    else this.#think(id, journey, atUs)
  }

  failed(id: number, atUs: number, as: Failure): void {
    // As in the whole account: what was given up is a sample, what was lost is none.
    if (as !== 'lost') this.#record(this.#journey(id), atUs)
    if (as !== 'inFlight') this.#end(id, 'failed', atUs)
  }

  /** @throws AuthscaleError TOO_FEW_USERS when a journey had to wait for a user */
  async finish() {
    if (this.#hadToWait || this.#beginUs < this.#ground.times.closeUs)
      throw new AuthscaleError(
        'TOO_FEW_USERS',
        `All ${this.#ground.credentials.own} users were on a journey when another was to begin; ask for more users, or fewer journeys a second.`,
      )
    const steps = ofSteps((step) => encodeHistogram(this.#latency[step]))
    return { journeys: { ...this.#counts, steps } }
  }

  /** Nothing begins once the window is over. */
  get #beginUs(): number {
    const atUs = this.#ground.times.startUs + this.#next.atUs
    return atUs < this.#ground.times.closeUs ? atUs : Number.POSITIVE_INFINITY
  }

  #begin(): number {
    const own = this.#freeUsers.shift() as number
    const user = this.#ground.credentials.user(own)
    const intendedUs = this.#beginUs
    this.#underWay.set(own, {
      plan: this.#next,
      user,
      credential: '',
      step: 0,
      intendedUs,
      number: this.#begun++,
      written: null,
      isUnseen: false,
    })
    this.#counts[intendedUs < this.#ground.times.openUs ? 'underWayAtOpen' : 'started']++
    this.#next = this.#plan()
    return own
  }

  /** What the reply means for the steps to come; false where it is not what it should be. */
  #follows(step: Step, journey: Journey, { reply }: HttpConnection, atUs: number): boolean {
    if (step === 'read') return this.#isRightRead(journey, reply, atUs)
    if (step === 'logout') return true
    const { tally, credentials } = this.#ground
    const { user, credential: before } = journey
    const credential = credentialIn(reply.issued(), credentials.transport, user, before)
    if (credential === null && step === 'login') {
      if (tally.covers(atUs)) tally.wrong(`user${user}: a login that hands out nothing`)
      return false
    }
    journey.credential = credential ?? before
    journey.isUnseen = step === 'write'
    return true
  }

  /** The first read after a write is always verified, the others now and then. */
  #isRightRead(journey: Journey, reply: ReplyReader, atUs: number): boolean {
    const { tally } = this.#ground
    const isSample = tally.isSampleDue()
    if (!(isSample || journey.isUnseen) || !tally.covers(atUs)) return true
    journey.isUnseen = false
    return tally.verify(reply.body(), journey.user, journey.written)
  }

  #think(id: number, journey: Journey, atUs: number): void {
    journey.step++
    journey.intendedUs = atUs + (journey.plan.thinkUs[journey.step] ?? 0)
    if (journey.intendedUs < this.#ground.times.closeUs) this.#dueSteps.add(journey.intendedUs, id)
  }

  #end(id: number, how: 'finished' | 'failed', atUs: number): void {
    const { openUs, closeUs } = this.#ground.times
    this.#underWay.delete(id)
    if (this.#freeUsers.length === 0 && this.#beginUs <= atUs) this.#hadToWait = true
    this.#freeUsers.push(id)
    if (atUs < openUs) this.#counts.underWayAtOpen--
    else if (atUs < closeUs) this.#counts[how]++
  }

  #record(journey: Journey, atUs: number): void {
    const { intendedUs } = journey
    if (isWithin(this.#ground.times, intendedUs)) recordUs(this.#latency[stepOf(journey)], atUs - intendedUs)
  }

  #journey(id: number): Journey {
    const journey = this.#underWay.get(id)
    if (journey === undefined) throw new Error(`no journey of user number ${id} is under way`)
    return journey
  }
}

function stepOf({ plan, step }: Journey): Step {
  return plan.steps[step] as Step
}
