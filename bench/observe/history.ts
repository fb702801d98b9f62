/** A history of operations: who did what where, when it began and ended, and what came back. */
import { nowUs } from '../load/clock.ts'

/** What somebody does with a login; `use` reads, `write` changes what is remembered. */
export type Action = 'login' | 'use' | 'write' | 'refresh' | 'logout' | 'logout-everywhere' | 'disable'

export interface Operation {
  action: Action
  user: number
  /** Names one login of one user, however often its credential is renewed; another login has another name. */
  login: string
  /** Id of the replica that was asked, or `proxy`. */
  at: string
  /** Before the first byte was sent, by the clock of all load. */
  startMs: number
  /** When the whole answer was there, or was given up. */
  endMs: number
  /** `lost`: the connection ended before the answer was complete. `hang`: no answer within the limit. */
  end: 'answered' | 'lost' | 'hang'
  /** Null without an answer. */
  status: number | null
  /** The user that the answer named; null where it named none. */
  named: string | null
}

/** Milliseconds by the clock that load generators use as well; only differences mean something. */
export const nowMs = () => nowUs() / 1_000

export const isAccepted = ({ status }: Pick<Operation, 'status'>) =>
  status !== null && status >= 200 && status < 300

/** Told to log in, as somebody whom the server does not know. */
export const isRefused = ({ status }: Pick<Operation, 'status'>) => status === 401
