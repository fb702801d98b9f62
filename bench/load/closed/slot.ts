/** One of the clients that take a new connection for each request: at any moment it has exactly one request under way. */
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Measurement } from '../../record/types.ts'
import { type Histogram, recordUs } from '../../stats/histogram.ts'
import { nowUs } from '../clock.ts'
import type { Credentials } from '../credentials.ts'
import type { Tally } from '../tally.ts'
import { ReplyReader, Unframed } from '../wire/reply-reader.ts'
import type { Target } from '../wire/target.ts'

const REPLY_TIMEOUT_MS = 10_000
/** After a failure: a proxy that refuses every connection is not to be asked in a tight loop. */
const RETRY_AFTER_MS = 10

/** Where all slots count. */
export interface Sinks {
  tally: Tally
  /** From the beginning of the connection to the last byte of the reply, in µs. */
  latency: Histogram
  /** A 1 for each user whose request was sent inside the window. */
  sentUsers: Uint8Array
  handshakes: NonNullable<Measurement['handshakes']>
}

interface SlotPlan {
  target: Target
  /** In turn. */
  users: readonly number[]
  credentials: Credentials
  /** Whether each connection resumes the TLS session of the one before. */
  resumes: boolean
}

export class Slot {
  readonly #plan: SlotPlan
  readonly #sinks: Sinks
  readonly #reader = new ReplyReader()
  #turn = -1
  #user = -1
  #requestBytes = 0
  #startedUs = 0
  #session: Buffer | undefined
  #socket: Socket | undefined
  #retry: NodeJS.Timeout | undefined
  #isStopped = false

  /** Begins at once. */
  constructor(plan: SlotPlan, sinks: Sinks) {
    this.#plan = plan
    this.#sinks = sinks
    this.#next()
  }

  /** Counts a request that waited all through the window. */
  closeWindow(openUs: number): void {
    if (this.#startedUs < openUs) this.#sinks.tally.failed('no reply during the whole window')
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#retry)
    this.#socket?.destroy()
  }

  #next(): void {
    const { target, users, resumes } = this.#plan
    this.#turn = this.#turn + 1 < users.length ? this.#turn + 1 : 0
    this.#user = users[this.#turn] as number
    this.#reader.reset()
    this.#startedUs = nowUs()
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
    const { target, credentials } = this.#plan
    const { tally, handshakes, sentUsers } = this.#sinks
    if (tally.covers(nowUs())) {
      sentUsers[this.#user] = 1
      if (socket instanceof TLSSocket) handshakes[socket.isSessionReused() ? 'resumed' : 'full']++
    }
    const credential = `${credentials.header}: ${credentials.get(this.#user)}`
    const request = `GET /me HTTP/1.1\r\nHost: ${target.authority}\r\nConnection: close\r\n${credential}\r\n\r\n`
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
    const { tally, latency } = this.#sinks
    const atUs = nowUs()
    const isSample = tally.isSampleDue()
    if (!tally.covers(atUs)) return
    tally.reply(atUs, this.#reader.status, this.#user, this.#requestBytes, this.#reader.bytes)
    recordUs(latency, atUs - this.#startedUs)
    if (isSample && this.#reader.status === 200) tally.verify(this.#reader.body(), this.#user)
  }

  #lost(socket: Socket, reason: string): void {
    if (socket !== this.#socket || this.#isStopped) return
    if (this.#sinks.tally.covers(nowUs())) this.#sinks.tally.failed(reason)
    this.#retry = setTimeout(() => this.#next(), RETRY_AFTER_MS)
  }
}
