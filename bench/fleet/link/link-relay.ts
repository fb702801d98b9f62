/** Passes the bytes of one TCP connection on to another after a delay: data, half-closes and resets, in order. */
import type { Socket } from 'node:net'
import type { DelayLine } from './link-delay.ts'

/**
 * Most that is under way in one direction of one connection, as much as Linux buffers for one by default
 * (net.ipv4.tcp_wmem). A receiver that does not read stops its sender here, and the throughput of a connection is
 * bounded by this over half of the round trip, as it is on a long link: 8 MiB/s at 1 s, 800 MiB/s at 10 ms.
 */
const UNDER_WAY_LIMIT_BYTES = 4 * 1024 * 1024

/** Where a link leads. */
export interface LinkTarget {
  host: string
  port: number
}

/** Bytes read from either end so far. */
export interface LinkCounts {
  toTarget: number
  fromTarget: number
}

/** A connection that is being passed on. */
export interface Relayed {
  /** Resets both of its ends at once; what is under way is lost. */
  reset(): void
  /** Resets it in the middle of what the target says next: the client gets the first half of those bytes. */
  cut(): void
}

/** Both sockets must allow to be half open, or the end of one direction would cut off the other. */
export function relay(client: Socket, target: Socket, line: DelayLine, counts: LinkCounts): Relayed {
  let cut: 'no' | 'at the next reply' | 'done' = 'no'
  const reset = () => {
    client.resetAndDestroy()
    target.resetAndDestroy()
  }
  client.on('data', (chunk: Buffer) => {
    counts.toTarget += chunk.length
  })
  target.on('data', (chunk: Buffer) => {
    counts.fromTarget += chunk.length
  })
  oneWay(client, target, line, (chunk, done) => target.write(chunk, done))
  oneWay(target, client, line, (chunk, done) => {
    if (cut === 'no') return client.write(chunk, done)
    if (cut === 'at the next reply') client.write(chunk.subarray(0, chunk.length >> 1), reset)
    cut = 'done'
  })
  return {
    reset,
    cut() {
      if (cut === 'no') cut = 'at the next reply'
    },
  }
}

/** @param pass hands a chunk on, and calls `done` when the system has taken it */
function oneWay(
  from: Socket,
  to: Socket,
  line: DelayLine,
  pass: (chunk: Buffer, done: () => void) => void,
): void {
  let underWay = 0
  const takeOver = (chunk: Buffer) => {
    pass(chunk, () => {
      underWay -= chunk.length
      if (from.isPaused() && underWay < UNDER_WAY_LIMIT_BYTES) from.resume()
    })
  }
  from.on('data', (chunk: Buffer) => {
    underWay += chunk.length
    if (underWay >= UNDER_WAY_LIMIT_BYTES) from.pause()
    line.after(() => takeOver(chunk))
  })
  from.on('end', () => line.after(() => to.end()))
  // Reset by its end, or never connected: the other end must not take what it got for all there was.
  from.on('error', () => line.after(() => to.resetAndDestroy()))
}
