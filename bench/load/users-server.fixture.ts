/**
 * A server for the generator's tests, in a process of its own: it knows users, misbehaves as told by `MODE`, and
 * keeps its own account of what it received and sent, which the tests compare with the generator's.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

/** What the server saw, by its own count. */
export interface Account {
  /** When each reply to GET /me was sent, in ns of the system's monotonic clock. */
  repliesAtNs: number[]
  /** Requests to GET /me by user. */
  perUser: Record<string, number>
  /** Requests to GET /me that were given no reply, by the mode. */
  faults: number
  /** Connections that were accepted. */
  connections: number
  /** Requests that each of them carried. */
  perConnection: number[]
  /** Of those that the server ended because they were idle. */
  idledOut: number
  /** Each length that a request to GET /me, and its reply, had on the wire. */
  requestBytes: number[]
  replyBytes: number[]
  /** POST /login requests by user. */
  logins: Record<string, number>
  /** POST /refresh requests by user, of those that were accepted. */
  refreshes: Record<string, number>
}

export type Mode =
  | 'right'
  /** Every 20th reply is another user's. */
  | 'mixed-up'
  /** user3 is refused, user4 meets an error. */
  | 'refusing'
  /** The first 40 requests are refused, all others answered. */
  | 'late'
  /** Every 50th request is answered by the end of its connection. */
  | 'hanging-up'
  /** Every 50th request is answered by a reset. */
  | 'resetting'
  /** Every 50th request is never answered. */
  | 'hanging'
  /** Every 50th reply is the last of its connection, and says so. */
  | 'closing'
  /** Connections that are idle for a moment are ended. */
  | 'impatient'
  /** Replies have no length. */
  | 'chunked'
  /** Replies take 20 ms; the first 100 requests are, in turn, cut off in mid-reply, reset, and answered for the last time. */
  | 'troubled-start'
  /** Replies take 20 ms, every tenth 100 ms. */
  | 'slow'
  /** Logins of user7 are refused. */
  | 'unknown-user'
  /** The first two logins of each user meet an error. */
  | 'flaky-login'
  /** Logins succeed without handing out anything. */
  | 'empty-handed'
  /** Every refresh after the tenth of a user is refused. */
  | 'tired-of-refreshes'

const mode = (process.env.MODE ?? 'right') as Mode
const account: Account = {
  repliesAtNs: [],
  perUser: {},
  faults: 0,
  connections: 0,
  perConnection: [],
  idledOut: 0,
  requestBytes: [],
  replyBytes: [],
  logins: {},
  refreshes: {},
}
let requests = 0
let troubled = 0

const server = createServer((req, res) => {
  // A proxy asks for this, and it is no request of the load.
  if (req.url === '/healthz') answer(res, 200, {})
  else if (req.url === '/login') withBody(req, ({ username = '' }) => login(req, res, username))
  else if (req.url === '/refresh') withBody(req, ({ refreshToken = '' }) => refresh(res, refreshToken))
  else if (mode === 'slow') {
    setTimeout(() => me(req, res), requests++ % 10 === 0 ? 100 : 20)
  } else if (mode === 'troubled-start') {
    requests++
    setTimeout(() => me(req, res), 20)
  } else {
    requests++
    me(req, res)
  }
})

function withBody(req: IncomingMessage, use: (body: Record<string, string>) => void): void {
  let body = ''
  req.on('data', (text) => {
    body += text
  })
  req.on('end', () => use(JSON.parse(body)))
}

/** Each token is good once: it names its user and how often that one has been here, logins and refreshes together. */
function refresh(res: ServerResponse, refreshToken: string): void {
  const [, username = ''] = /^(\w+)\.\d+$/.exec(refreshToken) ?? []
  const times = account.refreshes[username] ?? 0
  if (refreshToken !== refreshTokenOf(username) || (mode === 'tired-of-refreshes' && times >= 10))
    return void answer(res, 401, { error: 'unauthorized' })
  account.refreshes[username] = times + 1
  answer(res, 200, { token: `secret-${username}`, refreshToken: refreshTokenOf(username) })
}

const refreshTokenOf = (username: string) =>
  `${username}.${(account.logins[username] ?? 0) + (account.refreshes[username] ?? 0)}`

function login(req: IncomingMessage, res: ServerResponse, username: string): void {
  const times = (account.logins[username] ?? 0) + 1
  account.logins[username] = times
  if (mode === 'unknown-user' && username === 'user7') answer(res, 401, { error: 'invalid credentials' })
  else if (mode === 'flaky-login' && times < 3) answer(res, 503, { error: 'unavailable' })
  else if (mode === 'empty-handed') answer(res, 200, {})
  else if (req.headers['sec-fetch-site'] === 'same-origin') {
    res.setHeader('Set-Cookie', [`sid=secret-${username}; Path=/; HttpOnly`, 'SRV=r1; path=/'])
    answer(res, 200, {})
  } else answer(res, 200, { token: `secret-${username}`, refreshToken: refreshTokenOf(username) })
}

function me(req: IncomingMessage, res: ServerResponse): void {
  const username = userOf(req)
  weigh(req.socket, res)
  const number = numbers.get(req.socket) ?? 0
  account.perConnection[number] = (account.perConnection[number] ?? 0) + 1
  account.perUser[username] = (account.perUser[username] ?? 0) + 1
  const fault = faultFor(res)
  if (fault !== undefined) {
    account.faults++
    if (fault === 'end') req.socket.end(mode === 'troubled-start' ? 'HTTP/1.1 200 OK\r\nContent-Le' : '')
    if (fault === 'reset') req.socket.resetAndDestroy()
    return
  }
  account.repliesAtNs.push(Number(process.hrtime.bigint()))
  const error = errorFor(username)
  if (error !== undefined) answer(res, error, { error: 'no' })
  else answer(res, 200, { username: mode === 'mixed-up' && requests % 20 === 0 ? 'somebody' : username })
}

function faultFor(res: ServerResponse): 'end' | 'reset' | 'hang' | undefined {
  if (mode === 'troubled-start') {
    const turn = troubled++
    if (turn < 100 && turn % 3 === 2) res.setHeader('Connection', 'close')
    else if (turn < 100) return turn % 3 === 0 ? 'end' : 'reset'
  }
  if (requests % 50 !== 0) return undefined
  if (mode === 'closing') res.setHeader('Connection', 'close')
  const faults: Partial<Record<Mode, 'end' | 'reset' | 'hang'>> = {
    'hanging-up': 'end',
    resetting: 'reset',
    hanging: 'hang',
  }
  return faults[mode]
}

function errorFor(username: string): number | undefined {
  if (username === '' || (mode === 'late' && requests <= 40)) return 401
  if (mode === 'refusing' && username === 'user3') return 401
  if (mode === 'refusing' && username === 'user4') return 500
  return undefined
}

/** A session counts only together with the cookie of the proxy that keeps it on its replica. */
function userOf({ headers }: IncomingMessage): string {
  if (headers.cookie !== undefined) return /^sid=secret-(\w+); SRV=r1$/.exec(headers.cookie)?.[1] ?? ''
  return /^Bearer secret-(\w+)$/.exec(headers.authorization ?? '')?.[1] ?? String(headers['x-user'] ?? '')
}

const numbers = new WeakMap<Socket, number>()
const seen = new WeakMap<Socket, { read: number; written: number }>()

function weigh(socket: Socket, res: ServerResponse): void {
  const before = seen.get(socket) ?? { read: 0, written: 0 }
  remember(account.requestBytes, socket.bytesRead - before.read)
  const read = socket.bytesRead
  res.on('finish', () => {
    remember(account.replyBytes, socket.bytesWritten - before.written)
    seen.set(socket, { read, written: socket.bytesWritten })
  })
}

function remember(lengths: number[], length: number): void {
  if (!lengths.includes(length)) lengths.push(length)
}

function answer(res: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body)
  const framing = mode === 'chunked' ? {} : { 'Content-Length': Buffer.byteLength(text) }
  res.writeHead(status, { 'Content-Type': 'application/json', ...framing }).end(text)
}

process.on('message', () => process.send?.(account))
process.on('disconnect', () => process.exit(0))
server.on('connection', (socket) => {
  numbers.set(socket, account.connections++)
  account.perConnection.push(0)
})
if (mode === 'impatient') server.keepAliveTimeout = 200
server.on('timeout', (socket) => {
  account.idledOut++
  socket.destroy()
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  process.send?.((server.address() as AddressInfo).port),
)
