/** The harness's side of a link: a TCP relay in a process of its own that delays all bytes by half a round trip. */
import { AuthscaleError } from '../errors.ts'
import type { LinkMessage } from './link-main.ts'
import type { LinkCounts } from './link-relay.ts'
import { type Child, nextMessage, spawnChild } from './process.ts'
import { cleanEnvironment } from './runtime.ts'

/** Longer than any network between a server and its store; a mistyped unit ends here. */
const MAX_ROUND_TRIP_MS = 1000

export interface LinkOptions {
  /** Runs link-main: a Node and the script. */
  command: readonly string[]
  to: { host: string; port: number }
  /** 0 to 1,000, with fractions; 0 adds no delay but that of the relay itself. */
  roundTripMs: number
  /** Where nothing measured runs: with any delay each packet takes 0.1 ms of CPU and more (link-delay.ts). */
  cpus?: readonly number[] | undefined
  /** Called as soon as the pid is known. */
  onPid?: ((pid: number) => void) | undefined
}

export interface Link {
  /** On 127.0.0.1. Who connects is let in at once; only then is the target asked, and what is sent is delayed. */
  port: number
  /** Its CPU is the experiment's own cost and no tier's. */
  pid: number
  /** Resolves with a reason when it ends, also when it was to; never rejects. */
  ended: Promise<string>
  /** Over all connections since the start. @throws AuthscaleError LINK_FAILED when it is gone */
  counts(): Promise<LinkCounts>
  stop(): Promise<void>
}

/** Resolves when connections are accepted; the target need not be there yet. @throws AuthscaleError LINK_FAILED, SPAWN_FAILED */
export async function startLink({ command, to, roundTripMs, cpus, onPid }: LinkOptions): Promise<Link> {
  if (!(roundTripMs >= 0 && roundTripMs <= MAX_ROUND_TRIP_MS)) {
    const message = `a round trip of ${roundTripMs} ms: ask for 0 to ${MAX_ROUND_TRIP_MS}`
    throw new AuthscaleError('LINK_FAILED', message)
  }
  const line = [...command, to.host, String(to.port), String(roundTripMs)]
  const child = await spawnChild(line, { name: 'link', ipc: true, env: cleanEnvironment(), cpus, onPid })
  const first = await heard(child)
  if (first.type !== 'listening') throw new Error('the link told something else before its port')
  return {
    port: first.port,
    pid: child.pid,
    ended: child.ended,
    async counts() {
      const answer = heard(child)
      if (child.process.connected) child.process.send('counts')
      const message = await answer
      if (message.type !== 'counts') throw new Error('the link told its port twice')
      return message.counts
    },
    stop: () => child.stop(),
  }
}

async function heard(child: Child): Promise<LinkMessage> {
  const message = await nextMessage(child, (reason) => new AuthscaleError('LINK_FAILED', reason))
  return message as LinkMessage
}
