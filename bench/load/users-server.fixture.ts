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
  /** Each length that a request to GET /me, and its reply, had on the wire. */
  requestBytes: number[]
  replyBytes: number[]
  /** POST /login requests by user. */
  logins: Record<string, number>
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
  /** Replies take 20 ms, every tenth 100 ms. */
  | 'slow'
  /** Logins of user7 are refused. */
  | 'unknown-user'
  /** The first two logins of each user meet an error. */
  | 'flaky-login'
  /** Logins succeed without handing out anything. */
  | 'empty-handed'

const mode = (process.env.MODE ?? 'right') as Mode
const account: Account = { repliesAtNs: [], perUser: {}, requestBytes: [], replyBytes: [], logins: {} }
let requests = 0

const server = createServer((req, res) => {
  if (req.url === '/login') {
    let body = ''
    req.on('data', (text) => {
      body += text
    })
    req.on('end', () => login(req, res, (JSON.parse(body) as { username: string }).username))
  } else if (mode === 'slow') {
    setTimeout(() => me(req, res), requests++ % 10 === 0 ? 100 : 20)
  } else {
    requests++
    me(req, res)
  }
})

function login(req: IncomingMessage, res: ServerResponse, username: string): void {
  const times = (account.logins[username] ?? 0) + 1
  account.logins[username] = times
  if (mode === 'unknown-user' && username === 'user7') answer(res, 401, { error: 'invalid credentials' })
  else if (mode === 'flaky-login' && times < 3) answer(res, 503, { error: 'unavailable' })
  else if (mode === 'empty-handed') answer(res, 200, {})
  else if (req.headers['sec-fetch-site'] === 'same-origin') {
    res.setHeader('Set-Cookie', [`sid=secret-${username}; Path=/; HttpOnly`, 'SRV=r1; path=/'])
    answer(res, 200, {})
  } else answer(res, 200, { token: `secret-${username}` })
}

function me(req: IncomingMessage, res: ServerResponse): void {
  const username = userOf(req)
  weigh(req.socket, res)
  account.perUser[username] = (account.perUser[username] ?? 0) + 1
  if (mode === 'hanging-up' && requests % 50 === 0) {
    req.socket.end()
    return
  }
  account.repliesAtNs.push(Number(process.hrtime.bigint()))
  const error = errorFor(username)
  if (error !== undefined) answer(res, error, { error: 'no' })
  else answer(res, 200, { username: mode === 'mixed-up' && requests % 20 === 0 ? 'somebody' : username })
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
  res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

process.on('message', () => process.send?.(account))
process.on('disconnect', () => process.exit(0))
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
