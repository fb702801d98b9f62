/** What a load sends when, and what follows a reply: the part in which arrivals, journeys and logins differ. */
import type { Credentials } from '../credentials.ts'
import type { LoadShare } from '../job.ts'
import type { Tally } from '../tally.ts'
import type { HttpConnection } from '../wire/http-connection.ts'
import type { Window } from './account.ts'

/** When the load begins, and when its window does; in µs of `nowUs`. */
interface Times extends Window {
  startUs: number
}

/** What a script is about, and where it counts. */
export interface Ground<L> {
  url: string
  load: L
  credentials: Credentials
  /** What reads ask for beside auth. */
  handlerUs?: number | undefined
  times: Times
  tally: Tally
}

/** Why a request has no reply. */
export type Failure = 'timeout' | 'lost' | 'inFlight'

/** Asked by the sender; it reads no clock. Whatever is due at the end of the window or later is never due. */
export interface Script {
  /** When the next request is due; Infinity while none is. */
  readonly nextUs: number
  /** When the one after it is due, where that is known; absent where it is not. */
  readonly thenUs?: number
  /** Takes that request, which is the sender's from now on. Returns the number that the script knows it by. */
  take(): number
  /** The request as Latin-1 text, now that it is sent; sets whose it is and which status it should get. */
  write(id: number, connection: HttpConnection): string
  /** The reply is complete, in `connection.reply`. */
  answered(connection: HttpConnection, atUs: number): void
  /** A request that was sent, or waited, has no reply and will have none. Absent where nothing follows from that. */
  failed?(id: number, atUs: number, as: Failure): void
  /** Once nothing is sent any more: what the report has beyond the sender's own. Rejects for a load that it cannot vouch for. */
  finish?(): Promise<Pick<LoadShare, 'journeys'>>
}
