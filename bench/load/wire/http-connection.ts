/** One keep-alive connection with at most one request in flight, which replaces itself when it ends. */
import { connect, type Socket } from 'node:net'
import { ReplyReader, Unframed } from './reply-reader.ts'

const FIRST_BACKOFF_MS = 10
const LONGEST_BACKOFF_MS = 500
const READ_BYTES = 16 * 1024

/** Hears what happens to a connection; the same object for all, so that a request costs no closure. */
export interface ConnectionOwner {
  /** Connected, or done with a reply: the next request may be sent. */
  ready(connection: HttpConnection): void
  /** The reply is complete and in `connection.reply`. */
  replied(connection: HttpConnection): void
  /** The request in flight has no reply and will have none. */
  lost(connection: HttpConnection, reason: string): void
  /** Not ready any more, and no request was lost by it. */
  closed(connection: HttpConnection, reason: string): void
  /** A new attempt to connect follows. */
  replaced(): void
}

export class HttpConnection {
  readonly reply = new ReplyReader()
  /** Kept here by the owner: of the request in flight, and since when there is none. */
  intendedUs = 0
  sentUs = 0
  user = -1
  /** What its owner knows it by. */
  id = -1
  expectedStatus = 200
  requestBytes = 0
  freeSinceUs = 0
  readonly #url: URL
  readonly #owner: ConnectionOwner
  /** Read into again and again: sharing Node's own would allocate for each reply. */
  readonly #buffer = Buffer.allocUnsafeSlow(READ_BYTES)
  #socket: Socket | undefined
  #isBusy = false
  #failures = 0
  #reconnect: NodeJS.Timeout | undefined

  constructor(url: string, owner: ConnectionOwner) {
    this.#url = new URL(url)
    this.#owner = owner
    this.#connect()
  }

  get isBusy(): boolean {
    return this.#isBusy
  }

  /** `request` is Latin-1. Only after `ready`. */
  send(request: string): void {
    this.#isBusy = true
    this.#socket?.write(request, 'latin1')
  }

  /** The owner no longer waits for the reply; since it may still come, only a new connection can go on. */
  giveUp(): void {
    this.#isBusy = false
    this.#replace()
  }

  /** Only while there is no request: a new connection in its place, which has seen no idle time. */
  renew(): void {
    this.#drop()
    this.#connect()
  }

  close(): void {
    clearTimeout(this.#reconnect)
    this.#drop()
  }

  #connect(): void {
    const callback = (bytes: number): boolean => {
      this.#read(this.#buffer.toString('latin1', 0, bytes))
      return true
    }
    const { hostname: host, port } = this.#url
    const onread = { buffer: this.#buffer, callback }
    const socket = connect({ host, port: port === '' ? 80 : Number(port), noDelay: true, onread })
    this.#socket = socket
    this.reply.reset()
    let reason = 'the connection ended before the reply was complete'
    socket.on('connect', () => this.#owner.ready(this))
    socket.on('error', (error) => {
      reason = error.message
    })
    const ended = () => {
      if (this.#socket === socket) this.#end(reason)
    }
    socket.on('end', ended)
    socket.on('close', ended)
  }

  #read(piece: string): void {
    if (!this.#isBusy) this.#end('the server sent bytes without a request')
    else if (this.#completes(piece)) {
      this.#isBusy = false
      this.#failures = 0
      this.#owner.replied(this)
      if (this.reply.closes) this.#replace()
      else this.#owner.ready(this)
    }
  }

  #completes(piece: string): boolean {
    try {
      return this.reply.push(piece)
    } catch (error) {
      if (!(error instanceof Unframed)) throw error
      this.#end(error.message)
      return false
    }
  }

  #end(reason: string): void {
    const wasBusy = this.#isBusy
    this.#isBusy = false
    if (wasBusy) this.#owner.lost(this, reason)
    else this.#owner.closed(this, reason)
    this.#replace()
  }

  /** At once after a connection that worked; later and later while none does. */
  #replace(): void {
    this.#drop()
    const waitMs = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (this.#failures - 1))
    const reconnect = () => {
      this.#owner.replaced()
      this.#connect()
    }
    if (this.#failures++ === 0) reconnect()
    else this.#reconnect = setTimeout(reconnect, waitMs)
  }

  #drop(): void {
    const socket = this.#socket
    this.#socket = undefined
    socket?.destroy()
  }
}
