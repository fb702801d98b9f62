/** A client that follows a scheme's declared traits, asks the replica that it is told to, and records all it does. */
import type { Traits } from '../../servers/scheme.ts'
import { HEADER_OF_TRANSPORT } from '../load/credentials.ts'
import type { Question } from '../load/wire/exchange.ts'
import { credentialIn, refreshTokenIn } from '../load/wire/issued.ts'
import { loginBody, unsafeHeaders } from '../load/wire/requests.ts'
import { type Answer, ask, keptConnections } from './ask.ts'
import { type Action, nowMs, type Operation } from './history.ts'

/** Who is asked: a replica itself, or the proxy. */
export interface Place {
  id: string
  url: string
}

/** A user who is logged in, as the client sees it. */
export interface Login {
  user: number
  /** Unlike that of any other login of this client. */
  name: string
  /** Value of the request header; empty where the login was refused. */
  credential: string
  /** Where the scheme hands one out. */
  refreshToken: string | null
}

export interface Client {
  /** All operations so far, in the order in which they ended. */
  readonly history: readonly Operation[]
  login(user: number, at: Place): Promise<{ login: Login; operation: Operation }>
  use(login: Login, at: Place): Promise<Operation>
  /** Replaces the preferences; the login has its new credential afterwards where the answer hands one out. */
  write(
    login: Login,
    preferences: Record<string, string>,
    at: Place,
    /** Its body is not sent before. */
    held?: Promise<void>,
  ): Promise<Operation>
  /** What is remembered, by a use; null where it is refused. */
  preferences(login: Login, at: Place): Promise<Record<string, string> | null>
  revoke(login: Login, way: Revoking, at: Place): Promise<Operation>
  /** The login has its new credentials afterwards; without a refresh token nothing is sent. */
  refresh(login: Login, at: Place): Promise<Operation | null>
  /** The clock of the history. */
  nowMs(): number
  close(): void
}

export type Revoking = 'logout' | 'logout-everywhere' | 'disable'

const REVOKING: Readonly<Record<Revoking, string>> = {
  logout: '/logout',
  'logout-everywhere': '/logout-everywhere',
  disable: '/me/disable',
}

/** @param limitMs for the whole of each request; beyond it the operation ends as `hang` */
export function openClient({ transport }: Pick<Traits, 'transport'>, limitMs: number): Client {
  const agent = keptConnections()
  const history: Operation[] = []
  const unsafe = unsafeHeaders(transport)
  let logins = 0

  type Who = Pick<Operation, 'action' | 'user' | 'login'>
  async function perform(who: Who, question: Question, at: Place) {
    const startMs = nowMs()
    const answer = await ask(agent, at.url, question, limitMs)
    const operation = { ...who, at: at.id, startMs, endMs: nowMs(), ...told(answer) }
    history.push(operation)
    return { operation, answer }
  }

  const asLogin = (action: Action, { user, name }: Login): Who => ({ action, user, login: name })
  const withCredential = ({ credential }: Login) => ({ [HEADER_OF_TRANSPORT[transport]]: credential })

  function keep(login: Login, answer: Answer): void {
    if (answer.end !== 'answered' || answer.status !== 200) return
    login.credential = credentialIn(answer, transport, login.user, login.credential) ?? login.credential
    login.refreshToken = refreshTokenIn(answer.body) ?? login.refreshToken
  }

  return {
    history,
    async login(user, at) {
      logins += 1
      const login: Login = { user, name: `user${user}/${logins}`, credential: '', refreshToken: null }
      const question = { method: 'POST', path: '/login', headers: unsafe, body: loginBody(user) }
      const { operation, answer } = await perform(asLogin('login', login), question, at)
      keep(login, answer)
      return { login, operation }
    },
    async use(login, at) {
      const question = { method: 'GET', path: '/me', headers: withCredential(login) }
      return (await perform(asLogin('use', login), question, at)).operation
    },
    async preferences(login, at) {
      const question = { method: 'GET', path: '/me', headers: withCredential(login) }
      const { answer } = await perform(asLogin('use', login), question, at)
      if (answer.end !== 'answered' || answer.status !== 200) return null
      return (JSON.parse(answer.body) as { preferences: Record<string, string> }).preferences
    },
    async write(login, preferences, at, held) {
      const headers = { ...withCredential(login), ...unsafe }
      const body = JSON.stringify(preferences)
      const question = { method: 'PUT', path: '/me/preferences', headers, body, held }
      const { operation, answer } = await perform(asLogin('write', login), question, at)
      keep(login, answer)
      return operation
    },
    async revoke(login, way, at) {
      const headers = { ...withCredential(login), ...unsafe }
      const question = { method: 'POST', path: REVOKING[way], headers }
      return (await perform(asLogin(way, login), question, at)).operation
    },
    async refresh(login, at) {
      if (login.refreshToken === null) return null
      const body = JSON.stringify({ refreshToken: login.refreshToken })
      const question = { method: 'POST', path: '/refresh', headers: unsafe, body }
      const { operation, answer } = await perform(asLogin('refresh', login), question, at)
      keep(login, answer)
      return operation
    },
    nowMs,
    close: () => agent.destroy(),
  }
}

function told(answer: Answer): Pick<Operation, 'end' | 'status' | 'named'> {
  if (answer.end !== 'answered') return { end: answer.end, status: null, named: null }
  return { end: 'answered', status: answer.status, named: usernameIn(answer.body) }
}

function usernameIn(body: string): string | null {
  try {
    const name = (JSON.parse(body) as { username?: unknown } | null)?.username
    return typeof name === 'string' ? name : null
  } catch {
    return null
  }
}
