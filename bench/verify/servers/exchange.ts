/** Sends bytes over a connection of their own and hears whatever comes back. */
import { connect } from 'node:net'
import { type Heard, repliesIn } from './replies.ts'

/** A server on this machine, with two cores for many processes, answers within this time or not at all. */
export const ANSWER_LIMIT_MS = 10_000

/**
 * Where a request lacks its end, or was changed into one that does, the server rightly waits: after `quietMs` without a
 * byte this side ends its half of the connection. Then the server has to end its own.
 */
export function exchangeBytes(port: number, bytes: string, quietMs: number): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let text = ''
    const done = (isClosed: boolean) => {
      clearTimeout(quiet)
      clearTimeout(limit)
      socket.destroy()
      resolve({ replies: repliesIn(text), isClosed })
    }
    const quiet = setTimeout(() => socket.end(), quietMs)
    const limit = setTimeout(done, ANSWER_LIMIT_MS + quietMs, false)
    socket.setNoDelay().setEncoding('latin1')
    socket.on('data', (piece: string) => {
      text += piece
      quiet.refresh()
    })
    // What was sent before a reset has arrived; a server that is gone is noticed by its process.
    socket.on('error', () => done(true))
    socket.on('close', () => done(true))
    socket.write(Buffer.from(bytes, 'latin1'))
  })
}
