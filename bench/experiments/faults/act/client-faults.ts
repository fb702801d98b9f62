/** Faults that come from clients: everybody logs in at once; requests that nobody sends in good faith. */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Injector } from '../../../fleet/fleet.ts'
import type { Client, Place } from '../../../observe/client.ts'
import type { FaultId } from '../../../record/types.ts'

export interface ClientFault extends Injector {
  /** Answers 500 and above to what it sent itself, beside those in the client's history. */
  serverErrors(): number
}

interface Ground {
  client: Client
  at: Place
  firstUser: number
  users: number
}

/** Undefined for a fault that is done to the fleet. */
export function clientFault(fault: FaultId, ground: Ground): ClientFault | undefined {
  if (fault === 'login-storm') return loginStorm(ground)
  return fault === 'hostile-requests' ? hostileRequests(ground.at.url) : undefined
}

/** A crowd that arrives within seconds: several times what else is asked. */
const STORM_PER_SEC = 600
const STORM_TICK_MS = 10

function loginStorm({ client, at, firstUser, users }: Ground): ClientFault {
  const underWay = new Set<Promise<unknown>>()
  let timer: NodeJS.Timeout | undefined
  let sent = 0
  const tick = () => {
    for (let i = 0; i < (STORM_PER_SEC * STORM_TICK_MS) / 1_000; i++) {
      const login = client.login(firstUser + (sent++ % users), at)
      underWay.add(login)
      void login.finally(() => underWay.delete(login))
    }
  }
  return {
    serverErrors: () => 0,
    async inject() {
      timer = setInterval(tick, STORM_TICK_MS)
    },
    async heal() {
      clearInterval(timer)
      await Promise.all(underWay)
    },
  }
}

const SLOW_CONNECTIONS = 50
const HOSTILE_EVERY_MS = 10
const ANSWER_WITHIN_MS = 1_000
const LONG = 'x'.repeat(17 * 1024)

/** Malformed in one way each: the request line, headers, lengths, encodings, bodies. */
const MALFORMED: readonly string[] = [
  'GARBAGE\r\n\r\n',
  '\u0000\u0001\u0002\u0003\r\n\r\n',
  'GET /me HTTP/9.9\r\nHost: a\r\n\r\n',
  `GET /me HTTP/1.1\r\nHost: a\r\nX-Long: ${LONG}\r\n\r\n`,
  `GET /${LONG} HTTP/1.1\r\nHost: a\r\n\r\n`,
  'GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /me HTTP/1.1\r\nHost: a\r\nCookie: sid=%00%ff; sid=s%3A.; =\r\n\r\n',
  'GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ..\r\n\r\n',
  'GET /me HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer eyJhbGciOiJub25lIn0.e30.\r\n\r\n',
  'POST /login HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n{"a"',
  `POST /login HTTP/1.1\r\nHost: a\r\nSec-Fetch-Site: same-origin\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n"${'y'.repeat(59_998)}"`,
  'POST /login HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'PUT /me/preferences HTTP/1.1\r\nHost: a\r\nX-User: user1\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n[]',
]

function hostileRequests(url: string): ClientFault {
  const { hostname, port } = new URL(url)
  const open = new Set<Socket>()
  let timer: NodeJS.Timeout | undefined
  let sent = 0
  let errors = 0
  /** Sends this and leaves when it has been answered, or not soon. */
  const send = (text: string, answered: (text: string) => void) => {
    const socket = connect(Number(port), hostname)
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    // A reset is as good an answer as 400.
    socket.on('error', () => {})
    socket.once('data', (data: Buffer) => {
      answered(data.toString('latin1'))
      socket.destroy()
    })
    socket.write(text, 'latin1')
    return socket
  }
  const judge = (text: string) => {
    if (/^HTTP\/1\.\d 5/.test(text)) errors++
  }
  return {
    serverErrors: () => errors,
    async inject() {
      // These begin a request and never end it.
      for (let i = 0; i < SLOW_CONNECTIONS; i++) send('GET /me HTTP/1.1\r\nHost: a\r\nX-Slow: ', () => {})
      timer = setInterval(() => {
        const socket = send(MALFORMED[sent++ % MALFORMED.length] as string, judge)
        socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy())
      }, HOSTILE_EVERY_MS)
    },
    async heal() {
      clearInterval(timer)
      for (const socket of open) socket.destroy()
      while (open.size > 0) await delay(1)
    },
  }
}
