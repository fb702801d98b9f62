/**
 * Reads one HTTP/1.1 reply after the other from a connection that never has two requests in flight.
 *
 * Strict: only a reply with a Content-Length (or a status that has no body) can be told from the next one, so
 * everything else ends the connection instead of being guessed at (RFC 9112, 6.3).
 */
import type { Reply } from './issued.ts'

const LARGEST_HEAD_CHARS = 64 * 1024
const PROTOCOL = 'HTTP/1.1 '
const STATUS_LINE = /^HTTP\/1\.1 ([2-5]\d\d)(?: [^\r\n]*)?$/
const HEAD_END = '\r\n\r\n'

/** Why a reply cannot be told from what follows it. */
export class Unframed extends Error {}

/**
 * The head that was read last, by whatever reader: the replies of one second mostly have the same, byte by byte, and to
 * read one takes 2 µs.
 */
let known = { text: 'none', status: 0, length: 0, closes: false }

/** Bytes as Latin-1 text throughout: one character each, so lengths are the wire's. */
export class ReplyReader {
  /** Of the last complete reply, as the three fields that follow. */
  status = 0
  /** Head and body. */
  bytes = 0
  /** Whether the server announced that it closes the connection after it. */
  closes = false
  #text = ''
  #bodyAt = 0
  /** Length of the whole reply; unknown before its head is complete. */
  #length = -1
  /** Its text stays for `body` until the next reply begins. */
  #isComplete = false

  /** Whether the reply is complete with this piece. @throws Unframed */
  push(piece: string): boolean {
    if (this.#isComplete) this.reset()
    this.#text = this.#text === '' ? piece : this.#text + piece
    if (this.#length < 0 && !this.#knowsHead() && !this.#readHead()) return false
    if (this.#text.length < this.#length) return false
    if (this.#text.length > this.#length) throw new Unframed('bytes beyond the reply')
    this.bytes = this.#length
    this.#isComplete = true
    return true
  }

  /** Of the last complete reply. */
  body(): string {
    return Buffer.from(this.#text.slice(this.#bodyAt), 'latin1').toString()
  }

  /** Values of a header of the last complete reply, one for each time that it is there. @param name in lower case */
  header(name: string): string[] {
    const lines = this.#text.slice(0, this.#bodyAt).split('\r\n').slice(1)
    return lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return line.slice(0, colon).toLowerCase() === name ? [line.slice(colon + 1).trim()] : []
    })
  }

  /** What the last complete reply hands out. */
  issued(): Reply {
    return { body: this.body(), setCookies: this.header('set-cookie') }
  }

  /** For a new connection: forgets half a reply. */
  reset(): void {
    this.#text = ''
    this.#length = -1
    this.#isComplete = false
  }

  #knowsHead(): boolean {
    if (!this.#text.startsWith(known.text)) return false
    this.status = known.status
    this.closes = known.closes
    this.#bodyAt = known.text.length
    this.#length = known.length
    return true
  }

  #readHead(): boolean {
    const text = this.#text
    if (!text.startsWith(PROTOCOL.slice(0, text.length))) throw new Unframed('a reply that is not HTTP/1.1')
    const end = text.indexOf(HEAD_END)
    if (end < 0) {
      if (text.length > LARGEST_HEAD_CHARS) throw new Unframed('a head without an end')
      return false
    }
    const lineEnd = text.indexOf('\r\n')
    const status = STATUS_LINE.exec(text.slice(0, lineEnd))?.[1]
    if (status === undefined) throw new Unframed('a status line that cannot be read')
    this.status = Number(status)
    this.#bodyAt = end + HEAD_END.length
    const bodyLength = this.#readHeaders(text, lineEnd + 2, end)
    const bodiless = this.status === 204 || this.status === 304
    if (bodyLength < 0 && !bodiless) throw new Unframed('a reply without a Content-Length')
    this.#length = this.#bodyAt + (bodiless ? 0 : bodyLength)
    const head = { text: text.slice(0, this.#bodyAt), length: this.#length }
    known = { ...head, status: this.status, closes: this.closes }
    return true
  }

  /** The Content-Length, or -1. Looks at a name only where its length could be one that matters. */
  #readHeaders(text: string, from: number, end: number): number {
    let bodyLength = -1
    this.closes = false
    for (let at = from; at < end; ) {
      const stop = text.indexOf('\r\n', at)
      const colon = text.indexOf(':', at)
      if (colon < 0 || colon > stop) throw new Unframed('a header without a name')
      const nameLength = colon - at
      if (nameLength === 10 || nameLength === 14 || nameLength === 17) {
        const name = text.slice(at, colon).toLowerCase()
        const value = text.slice(colon + 1, stop).trim()
        if (name === 'connection') this.closes ||= /\bclose\b/i.test(value)
        else if (name === 'transfer-encoding') throw new Unframed(`a reply with Transfer-Encoding: ${value}`)
        else if (name === 'content-length') bodyLength = lengthFrom(value, bodyLength)
      }
      at = stop + 2
    }
    return bodyLength
  }
}

function lengthFrom(value: string, before: number): number {
  const length = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN
  if (Number.isNaN(length) || (before >= 0 && before !== length))
    throw new Unframed('a Content-Length that cannot be read')
  return length
}
