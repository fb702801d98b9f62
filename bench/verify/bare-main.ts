/**
 * Bare sockets, in a process of their own: they write one and the same request when it is due, take whatever comes back
 * for the reply, and do nothing else. What a sender costs beyond them is its own doing. They are woken as the sender is,
 * since no cheaper way was found that is as exact.
 */
import { connect, type Socket } from 'node:net'
import { nowUs, until } from '../load/clock.ts'
import { giveBack, takeAlarm } from '../load/open/alarm.ts'
import { Fifo } from '../load/open/queues.ts'
import { scheduleOf } from '../load/open/schedule.ts'

export interface BareJob {
  url: string
  perSec: number
  connections: number
  /** Of the Poisson arrivals, which are those of a sender with the same seed. */
  seed: number
  sec: number
}

/** The edges of the window: that it opens, and when it closes how many requests were sent in it. */
export type BareMessage = 'open' | { sent: number }

const CONNECT_US = 50_000
const READ_BYTES = 16 * 1024

async function send({ url, perSec, connections, seed, sec }: BareJob): Promise<void> {
  const { hostname: host, port, host: authority } = new URL(url)
  const request = `GET /me HTTP/1.1\r\nHost: ${authority}\r\nConnection: keep-alive\r\nX-User: user0\r\n\r\n`
  const alarm = await takeAlarm()
  const next = scheduleOf({ arrivalsPerSec: perSec, spacing: 'poisson', seed })
  const startUs = nowUs() + CONNECT_US
  const endUs = startUs + sec * 1e6
  const free = new Fifo<Socket>()
  let [nextUs, thenUs] = [startUs + next(), startUs + next()]
  let sent = 0
  const sendDue = () => {
    while (free.length > 0 && nextUs <= Math.min(nowUs(), endUs)) {
      free.shift()?.write(request, 'latin1')
      sent++
      ;[nextUs, thenUs] = [thenUs, startUs + next()]
    }
    alarm.set(nextUs < endUs ? nextUs : Number.POSITIVE_INFINITY, thenUs)
  }
  const sockets = Array.from({ length: connections }, () => {
    const isFree = () => {
      free.push(socket)
      sendDue()
      return true
    }
    const onread = { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback: isFree }
    const socket: Socket = connect({ host, port: Number(port), noDelay: true, onread })
    return socket.on('connect', isFree)
  })
  alarm.ringsAt(sendDue)
  sendDue()
  const { signal } = new AbortController()
  await until(startUs, signal)
  tell('open')
  await until(endUs, signal)
  tell({ sent })
  for (const socket of sockets) socket.destroy()
  giveBack(alarm)
}

const tell = (message: BareMessage) => process.send?.(message)

process.on('message', (job: BareJob) => void send(job))
process.on('disconnect', () => process.exit(0))
giveBack(await takeAlarm())
process.send?.('ready')
