/**
 * Connections that are new for every request: connect, shake hands where there is TLS, ask, read the whole reply, and
 * begin again. Not on autocannon, which keeps its connections and cannot say whether a TLS session was resumed.
 */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { AuthscaleError } from '../../errors.ts'
import type { Measurement } from '../../record/types.ts'
import { recordUs } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import { ReplyReader, Unframed } from '../wire/reply-reader.ts'
import { type Target, targetOf } from '../wire/target.ts'
import type { Common } from './connection.ts'

const REPLY_TIMEOUT_MS = 10_000
/** After a failure: a proxy that refuses every connection is not to be asked in a tight loop. */
const RETRY_AFTER_MS = 10

/**
 * They begin at once.
 *
 * The proxy is asked to close each connection and so keeps what has to be remembered of it (TIME_WAIT); a port of this
 * side is free again at once. What bounds the rate is the number of ports between two SYNs to the same one: about
 * 28,000 on Linux. Connections beyond that fail, and a failed one makes a closed-loop trial invalid.
 *
 * @param resumes whether each connection resumes the TLS session of the one before
 * @throws AuthscaleError RESUMES_NOTHING for sessions that are to be resumed without TLS
 */
export function newConnections(common: Common, users: readonly number[][], resumes: boolean) {
  const target = targetOf(common.url)
  if (resumes && !target.isSecure)
    throw new AuthscaleError(
      'RESUMES_NOTHING',
      'Without TLS there is no session to resume: ask for new connections.',
    )
  const handshakes = { full: 0, resumed: 0 }
  const all = users.map((own) => new Slot({ ...common, target, resumes, handshakes }, own))
  return {
    all,
    handshakes: target.isSecure ? handshakes : null,
    started: undefined,
    stop() {
      for (const slot of all) slot.stop()
    },
  }
}

/** Latency begins with the connection. */
interface Plan extends Common {
  target: Target
  resumes: boolean
  handshakes: NonNullable<Measurement['handshakes']>
}

/** At any moment it has exactly one request under way. */
class Slot {
  readonly #plan: Plan
  /** In turn. */
  readonly #users: readonly number[]
  readonly #reader = new ReplyReader()
  #turn = -1
  #user = -1
  #requestBytes = 0
  #startedUs = 0
  #hasBegunInWindow = false
  #session: Buffer | undefined
  #socket: Socket | undefined
  #retry: NodeJS.Timeout | undefined
  #isStopped = false

  constructor(plan: Plan, users: readonly number[]) {
    this.#plan = plan
    this.#users = users
    this.#next()
  }

  openWindow(): void {
    this.#hasBegunInWindow = false
  }

  /** Counts a request that waited all through the window, unless that may happen. */
  closeWindow({ mayStall }: { mayStall: boolean }): void {
    if (!this.#hasBegunInWindow && !mayStall) this.#plan.tally.failed('no reply during the whole window')
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#socket?.destroy()
  }

  #next(): void {
    const { target, resumes } = this.#plan
    this.#turn = this.#turn + 1 < this.#users.length ? this.#turn + 1 : 0
    this.#user = this.#users[this.#turn] as number
    this.#reader.reset()
    this.#startedUs = nowUs()
    this.#hasBegunInWindow = true
    const socket = target.connect(resumes ? this.#session : undefined)
    this.#socket = socket
    let reason = 'the connection ended before the reply was complete'
    socket.setEncoding('latin1')
    socket.setTimeout(REPLY_TIMEOUT_MS, () =>
      socket.destroy(new Error(`no reply within ${REPLY_TIMEOUT_MS} ms`)),
    )
    socket.on(target.isSecure ? 'secureConnect' : 'connect', () => this.#ask(socket))
    socket.on('data', (piece: string) => this.#read(socket, piece))
    socket.on('error', (error) => {
      reason = error.message
    })
    socket.on('close', () => this.#lost(socket, reason))
    // TLS 1.3 sends several; each of them is as good as the other.
    if (resumes)
      socket.on('session', (session: Buffer) => {
        this.#session = session
      })
  }

  #ask(socket: Socket): void {
    const { path, target, credentials, tally, handshakes, sentUsers } = this.#plan
    if (tally.covers(nowUs())) {
      sentUsers[this.#user] = 1
      if (socket instanceof TLSSocket) handshakes[socket.isSessionReused() ? 'resumed' : 'full']++
    }
    const credential = `${credentials.header}: ${credentials.get(this.#user)}`
    const request = `GET ${path} HTTP/1.1\r\nHost: ${target.authority}\r\nConnection: close\r\n${credential}\r\n\r\n`
    this.#requestBytes = request.length
    socket.write(request, 'latin1')
  }

  #read(socket: Socket, piece: string): void {
    if (socket !== this.#socket) return
    try {
      if (!this.#reader.push(piece)) return
    } catch (error) {
      if (!(error instanceof Unframed)) throw error
      socket.destroy(error)
      return
    }
    this.#count()
    // The proxy ends the connection; until then it is looked after by its own handlers alone.
    this.#next()
  }

  #count(): void {
    const { tally, latency } = this.#plan
    const atUs = nowUs()
    const isSample = tally.isSampleDue()
    if (!tally.covers(atUs)) return
    tally.reply(atUs, this.#reader.status, this.#user, this.#requestBytes, this.#reader.bytes)
    recordUs(latency, atUs - this.#startedUs)
    if (isSample && this.#reader.status === 200) tally.verify(this.#reader.body(), this.#user)
  }

  #lost(socket: Socket, reason: string): void {
    if (socket !== this.#socket || this.#isStopped) return
    if (this.#plan.tally.covers(nowUs())) this.#plan.tally.failed(reason)
    this.#retry = setTimeout(() => this.#next(), RETRY_AFTER_MS)
  }
}
