/**
 * Judges a history: after an acknowledged revocation no use is accepted that begins later than the bound, no answer
 * names another user, and every request is answered in time. Pure.
 */
import { isAccepted, type Operation } from './history.ts'

/** How long after its acknowledgement a revocation may take; null: nothing is promised, nothing is judged. */
export interface Bounds {
  /** Of a logout. */
  oneLoginMs: number | null
  /** Of a logout everywhere, and of a user who is locked out. */
  userWideMs: number | null
}

/** An operation that was accepted although it was revoked for longer than the bound. */
export interface Late {
  operation: Operation
  revokedBy: Operation
  /** Beyond the bound. */
  lateMs: number
}

export type Findings = ReturnType<typeof checkHistory>

/** When a login, or a user, had to be refused at the latest, and by what. */
interface Deadline {
  ms: number
  revokedBy: Operation
}

/** @param history in any order, by one clock */
export function checkHistory(history: readonly Operation[], bounds: Bounds) {
  const { ofLogin, ofUser } = deadlines(history, bounds)
  const late = history.flatMap((operation): Late[] => {
    const deadline = deadlineFor(operation, ofLogin, ofUser)
    if (!deadline || !isAccepted(operation) || operation.startMs <= deadline.ms) return []
    return [{ operation, revokedBy: deadline.revokedBy, lateMs: operation.startMs - deadline.ms }]
  })
  return { late, wrongUsers: history.filter(isWrong), hangs: history.filter(({ end }) => end === 'hang') }
}

/** Who reads his own page and is told nobody's name was not answered as himself either. */
function isWrong({ action, status, named, user }: Operation): boolean {
  if (named === null) return action === 'use' && isAccepted({ status })
  return named !== `user${user}`
}

/** A revocation says nothing of another, which may be asked for twice; somebody locked out cannot log in either. */
function deadlineFor(
  { action, login, user }: Operation,
  ofLogin: ReadonlyMap<string, Deadline>,
  ofUser: ReadonlyMap<number, Deadline>,
): Deadline | undefined {
  if (action === 'login') return ofUser.get(user)
  return action === 'use' || action === 'write' || action === 'refresh' ? ofLogin.get(login) : undefined
}

function deadlines(history: readonly Operation[], { oneLoginMs, userWideMs }: Bounds) {
  const ofLogin = new Map<string, Deadline>()
  const ofUser = new Map<number, Deadline>()
  const logins = loginsByUser(history)
  for (const revokedBy of history) {
    const { action, user, startMs, endMs } = revokedBy
    if (!isAccepted(revokedBy)) continue
    if (action === 'logout' && oneLoginMs !== null)
      keepEarliest(ofLogin, revokedBy.login, { ms: endMs + oneLoginMs, revokedBy })
    if ((action !== 'logout-everywhere' && action !== 'disable') || userWideMs === null) continue
    const deadline = { ms: endMs + userWideMs, revokedBy }
    // A login that was still under way may come before the revocation or after it, and nobody can tell which.
    const before = (logins.get(user) ?? []).filter((login) => login.endMs <= startMs)
    for (const { login } of before) keepEarliest(ofLogin, login, deadline)
    if (action === 'disable') keepEarliest(ofUser, user, deadline)
  }
  return { ofLogin, ofUser }
}

function loginsByUser(history: readonly Operation[]): Map<number, Operation[]> {
  const logins = new Map<number, Operation[]>()
  for (const operation of history) {
    if (operation.action !== 'login' || !isAccepted(operation)) continue
    logins.set(operation.user, [...(logins.get(operation.user) ?? []), operation])
  }
  return logins
}

function keepEarliest<K>(map: Map<K, Deadline>, key: K, deadline: Deadline): void {
  const known = map.get(key)
  if (!known || deadline.ms < known.ms) map.set(key, deadline)
}

/** One line for a record, without a credential. */
export function describe({ action, login, at, status }: Operation): string {
  return `${action} of ${login} at ${at} answered ${status ?? 'nothing'}`
}

export function describeLate({ operation, revokedBy, lateMs }: Late): string {
  return `${describe(operation)} ${lateMs.toFixed(1)} ms beyond the bound of its ${revokedBy.action} at ${revokedBy.at}`
}
