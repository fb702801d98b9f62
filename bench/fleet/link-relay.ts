/** Passes the bytes of one TCP connection on to another after a delay: data, half-closes and resets, in order. */
import type { Socket } from 'node:net'
import type { DelayLine } from './link-delay.ts'

/**
 * Most that is under way in one direction of one connection, as much as Linux buffers for one by default
 * (net.ipv4.tcp_wmem). A receiver that does not read stops its sender here, and the throughput of a connection is
 * bounded by this over half of the round trip, as it is on a long link: 8 MiB/s at 1 s, 800 MiB/s at 10 ms.
 */
const UNDER_WAY_LIMIT_BYTES = 4 * 1024 * 1024

/** Bytes read from either end so far. */
export interface LinkCounts {
  toTarget: number
  fromTarget: number
}

/** Both sockets must allow to be half open, or the end of one direction would cut off the other. */
export function relay(client: Socket, target: Socket, line: DelayLine, counts: LinkCounts): void {
  oneWay(client, target, line, (bytes) => {
    counts.toTarget += bytes
  })
  oneWay(target, client, line, (bytes) => {
    counts.fromTarget += bytes
  })
}

function oneWay(from: Socket, to: Socket, line: DelayLine, count: (bytes: number) => void): void {
  let underWay = 0
  const takeOver = (chunk: Buffer) => {
    to.write(chunk, () => {
      underWay -= chunk.length
      if (from.isPaused() && underWay < UNDER_WAY_LIMIT_BYTES) from.resume()
    })
  }
  from.on('data', (chunk: Buffer) => {
    count(chunk.length)
    underWay += chunk.length
    if (underWay >= UNDER_WAY_LIMIT_BYTES) from.pause()
    line.after(() => takeOver(chunk))
  })
  from.on('end', () => line.after(() => to.end()))
  // Reset by its end, or never connected: the other end must not take what it got for all there was.
  from.on('error', () => line.after(() => to.resetAndDestroy()))
}
