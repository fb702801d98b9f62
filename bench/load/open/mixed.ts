/** All that a service gets at once: reads, and meanwhile logins and refreshes. */
import type { HttpConnection } from '../wire/http-connection.ts'
import { Arrivals } from './arrivals.ts'
import { Issued } from './issued.ts'
import type { OpenLoad } from './schedule.ts'
import type { Ground, Script } from './script.ts'

/** The sender knows reads by numbers from zero on; what is issued has those below. */
const numberOf = (issued: number) => -1 - issued
const issuedOf = (id: number) => -1 - id

export class Mixed implements Script {
  readonly #reads: Arrivals
  readonly #issued: Issued

  constructor(ground: Ground<OpenLoad>) {
    this.#reads = new Arrivals(ground)
    this.#issued = new Issued(ground)
  }

  get nextUs(): number {
    return Math.min(this.#reads.nextUs, this.#issued.nextUs)
  }

  /** Of what is known by now: a login may follow that comes before it, for which the alarm is set anew. */
  get thenUs(): number {
    const { nextUs, thenUs } = this.#reads
    const issuedUs = this.#issued.nextUs
    return issuedUs < nextUs ? nextUs : Math.min(thenUs, issuedUs)
  }

  take(): number {
    return this.#issued.nextUs < this.#reads.nextUs ? numberOf(this.#issued.take()) : this.#reads.take()
  }

  write(id: number, connection: HttpConnection): string {
    return id < 0 ? this.#issued.write(issuedOf(id), connection) : this.#reads.write(id, connection)
  }

  answered(connection: HttpConnection, atUs: number): void {
    const { id } = connection
    if (id < 0) this.#issued.answered(issuedOf(id), connection, atUs)
    else this.#reads.answered(connection, atUs)
  }

  failed(id: number): void {
    if (id < 0) this.#issued.failed(issuedOf(id))
  }
}
