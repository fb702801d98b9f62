/**
 * The harness's side of a link: a TCP relay in a process of its own that delays all bytes by half a round trip, and
 * breaks as networks and servers do.
 */

import { AuthscaleError } from '../../errors.ts'
import { within } from '../../load/in-time.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { type Child, nextMessage, spawnChild } from '../processes/process.ts'
import type { LinkMessage, LinkQuestion } from './link-main.ts'
import type { LinkCounts, LinkTarget } from './link-relay.ts'

/** Longer than any network between a server and its store; a mistyped unit ends here. */
const MAX_ROUND_TRIP_MS = 1000
/** A Node starts in a tenth of a second; this is for machines that swap. */
const READY_WITHIN_MS = 10_000

export interface LinkOptions {
  /** Runs link-main: a Node and the script. */
  command: readonly string[]
  to: LinkTarget
  /** 0 to 1,000, with fractions; 0, the default, adds no delay but that of the relay itself. */
  roundTripMs?: number
  /** Where nothing measured runs: with any delay each packet takes 0.1 ms of CPU and more (link-delay.ts). */
  cpus?: readonly number[] | undefined
  /** Called as soon as the pid is known. */
  onPid?: ((pid: number) => void) | undefined
  /** Default: 10 s. */
  readyWithinMs?: number
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
  /** What is sent from now on takes so long; what is under way is not overtaken. @throws AuthscaleError LINK_FAILED */
  setRoundTrip(ms: number): Promise<void>
  /**
   * A partition: nothing arrives any more, neither bytes nor the end of a connection, and nobody is told. Connections
   * are still let in, since the kernel does that: where a real network swallows the first packet, the wait is the same.
   */
  hold(): Promise<void>
  /** The partition heals: what was held arrives now, also from those who have given up meanwhile. */
  release(): Promise<void>
  /** Open connections are reset and new ones refused, as when the process behind the port has died. */
  refuse(): Promise<void>
  /** Connections are let in again, on the same port. */
  accept(): Promise<void>
  /** Each connection that is open now is reset in the middle of its next reply. */
  cut(): Promise<void>
  /** Open connections are reset, and new ones go to this target: what a failover does to clients. */
  setTarget(to: LinkTarget): Promise<void>
  stop(): Promise<void>
}

/** Resolves when connections are accepted; the target need not be there yet. @throws AuthscaleError LINK_FAILED, SPAWN_FAILED */
export async function startLink(options: LinkOptions): Promise<Link> {
  const { command, to, roundTripMs = 0, cpus, onPid, readyWithinMs = READY_WITHIN_MS } = options
  requirePossible(roundTripMs)
  const line = [...command, to.host, String(to.port), String(roundTripMs)]
  const child = await spawnChild(line, {
    name: 'link',
    ipc: true,
    env: environmentOf('measured'),
    cpus,
    onPid,
  })
  const port = await listening(child, readyWithinMs)
  const order = async (question: LinkQuestion) => void (await ask(child, question))
  return {
    port,
    pid: child.pid,
    ended: child.ended,
    counts: async () => (await ask(child, { type: 'counts' })).counts,
    async setRoundTrip(ms) {
      requirePossible(ms)
      await order({ type: 'delay', roundTripMs: ms })
    },
    hold: () => order({ type: 'hold' }),
    release: () => order({ type: 'release' }),
    refuse: () => order({ type: 'refuse' }),
    accept: () => order({ type: 'accept' }),
    cut: () => order({ type: 'cut' }),
    setTarget: (to) => order({ type: 'target', to }),
    stop: () => child.stop(),
  }
}

function requirePossible(roundTripMs: number): void {
  if (roundTripMs >= 0 && roundTripMs <= MAX_ROUND_TRIP_MS) return
  throw failed(`a round trip of ${roundTripMs} ms: ask for 0 to ${MAX_ROUND_TRIP_MS}`)
}

/** Its port. One that says nothing is ended. */
async function listening(child: Child, withinMs: number): Promise<number> {
  try {
    const first = await within(withinMs, heard(child), () => null)
    if (first?.type === 'listening') return first.port
    throw failed(`the link did not listen within ${withinMs} ms`)
  } catch (error) {
    await child.stop()
    throw error
  }
}

async function ask<T extends LinkQuestion>(child: Child, question: T) {
  const answer = heard(child)
  if (child.process.connected) child.process.send(question)
  const message = await answer
  if (message.type === 'failed') throw failed(`the link: ${message.reason}`)
  if (message.type !== question.type) throw new Error(`the link told ${message.type}, not ${question.type}`)
  return message as Extract<LinkMessage, { type: T['type'] }>
}

const heard = async (child: Child) => (await nextMessage(child, failed)) as LinkMessage
const failed = (message: string) => new AuthscaleError('LINK_FAILED', message)
