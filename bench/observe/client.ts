/** A client that follows a scheme's declared traits, asks the replica that it is told to, and records all it does. */
import type { Traits } from '../../servers/scheme.ts'
import { HEADER_OF_TRANSPORT } from '../load/credentials.ts'
import type { Question } from '../load/wire/exchange.ts'
import { credentialIn, refreshTokenIn, textIn } from '../load/wire/issued.ts'
import { loginBody, readQuestion, unsafeHeaders } from '../load/wire/requests.ts'
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

export type Revoking = 'logout' | 'logout-everywhere' | 'disable'

const REVOKING: Readonly<Record<Revoking, string>> = {
  logout: '/logout',
  'logout-everywhere': '/logout-everywhere',
  disable: '/me/disable',
}

export type Client = ReturnType<typeof openClient>

/** @param limitMs for the whole of each request; beyond it the operation ends as `hang` */
export function openClient({ transport }: Pick<Traits, 'transport'>, limitMs: number) {
  const agent = keptConnections()
  const history: Operation[] = []
  const unsafe = unsafeHeaders(transport)
  let logins = 0

  async function perform(action: Action, { user, name }: Login, question: Question, at: Place) {
    const startMs = nowMs()
    const answer = await ask(agent, at.url, question, limitMs)
    const who = { action, user, login: name, at: at.id }
    const operation: Operation = { ...who, startMs, endMs: nowMs(), ...told(answer) }
    history.push(operation)
    return { operation, answer }
  }

  /** The login has its new credentials afterwards, where the answer hands some out. */
  async function performAndKeep(action: Action, login: Login, question: Question, at: Place) {
    const { operation, answer } = await perform(action, login, question, at)
    if (answer.end === 'answered' && answer.status === 200) {
      login.credential = credentialIn(answer, transport, login.user, login.credential) ?? login.credential
      login.refreshToken = refreshTokenIn(answer.body) ?? login.refreshToken
    }
    return operation
  }

  const withCredential = ({ credential }: Login) => ({ [HEADER_OF_TRANSPORT[transport]]: credential })
  const read = (login: Login, at: Place) =>
    perform('use', login, readQuestion(transport, login.credential), at)

  return {
    /** All operations so far, in the order in which they ended. */
    history: history as readonly Operation[],
    async login(user: number, at: Place) {
      logins += 1
      const login: Login = { user, name: `user${user}/${logins}`, credential: '', refreshToken: null }
      const question = { method: 'POST', path: '/login', headers: unsafe, body: loginBody(user) }
      return { login, operation: await performAndKeep('login', login, question, at) }
    },
    use: async (login: Login, at: Place) => (await read(login, at)).operation,
    /** What is remembered, by a use; null where it is refused. */
    async preferences(login: Login, at: Place) {
      const { answer } = await read(login, at)
      if (answer.end !== 'answered' || answer.status !== 200) return null
      return (JSON.parse(answer.body) as { preferences: Record<string, string> }).preferences
    },
    /** Replaces the preferences. @param held the body is not sent before */
    write(login: Login, preferences: Record<string, string>, at: Place, held?: Promise<void>) {
      const headers = { ...withCredential(login), ...unsafe }
      const body = JSON.stringify(preferences)
      const question = { method: 'PUT', path: '/me/preferences', headers, body, held }
      return performAndKeep('write', login, question, at)
    },
    async revoke(login: Login, way: Revoking, at: Place) {
      const headers = { ...withCredential(login), ...unsafe }
      return (await perform(way, login, { method: 'POST', path: REVOKING[way], headers }, at)).operation
    },
    /** Without a refresh token nothing is sent. */
    async refresh(login: Login, at: Place) {
      if (login.refreshToken === null) return null
      const body = JSON.stringify({ refreshToken: login.refreshToken })
      return performAndKeep('refresh', login, { method: 'POST', path: '/refresh', headers: unsafe, body }, at)
    },
    /** The clock of the history. */
    nowMs,
    close: () => agent.destroy(),
  }
}

function told(answer: Answer): Pick<Operation, 'end' | 'status' | 'named'> {
  if (answer.end !== 'answered') return { end: answer.end, status: null, named: null }
  return { end: 'answered', status: answer.status, named: textIn(answer.body, 'username') }
}
