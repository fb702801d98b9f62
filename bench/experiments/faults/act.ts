/** A crowd goes on while the fleet is broken and mended: what becomes of its requests, and of its logins. */
import { setTimeout as delay } from 'node:timers/promises'
import { binned, firstFailureMs } from '../../observe/bins.ts'
import { boundsOf } from '../../observe/bounds.ts'
import { checkHistory, describe, describeLate, type Findings } from '../../observe/check.ts'
import { openClient } from '../../observe/client.ts'
import { openCrowd } from '../../observe/crowd.ts'
import { isAccepted, nowMs, type Operation } from '../../observe/history.ts'
import type { Observer } from '../../observe/scene.ts'
import type { Observed } from '../../record/types.ts'
import { clientFault } from './act/client-faults.ts'

type Seen = Extract<Observed, { kind: 'faults' }>

/** Several times what a replica waits for Redis before it says 503: whatever takes longer is taken to hang. */
const ANSWER_LIMIT_MS = 2_000
/** Later than this an answer is no use to somebody who waits for a page. */
const GOOD_WITHIN_MS = 500
const BIN_MS = 100
const EXAMPLES = 5
const SERVER_ERROR = 500

export const observeFaults: Observer<'faults'> = async (asked, scene) => {
  const { running, traits, settings, firstUser, closed } = scene
  const client = openClient(traits, ANSWER_LIMIT_MS)
  const at = { id: 'proxy', url: running.url }
  const ground = { client, at, firstUser, users: asked.users }
  const crowd = openCrowd({ ...ground, perSec: asked.perSec })
  const own = clientFault(asked.fault, ground)
  const injector = own ?? running.injector
  if (!injector) throw new Error(`this fleet cannot be broken by ${asked.fault}`)
  const stop = new AbortController()
  const pause = (sec: number) => delay(1_000 * sec, undefined, { signal: closed })
  try {
    await crowd.gather()
    const living = crowd.live(AbortSignal.any([stop.signal, closed]))
    await pause(asked.beforeSec)
    crowd.mark()
    const zeroMs = nowMs()
    await injector.inject()
    const injectedMs = nowMs() - zeroMs
    await pause(asked.faultSec)
    const healFromMs = nowMs() - zeroMs
    await injector.heal()
    const healedMs = nowMs() - zeroMs
    await pause(asked.afterSec)
    stop.abort()
    await living
    await crowd.count()
    const scale = { zeroMs, binMs: BIN_MS, goodWithinMs: GOOD_WITHIN_MS }
    const findings = checkHistory(client.history, boundsOf(traits, settings))
    const isMeanwhile = ({ endMs }: Operation) => endMs >= zeroMs && endMs < zeroMs + healFromMs
    return {
      kind: 'faults',
      fault: asked.fault,
      injectedMs,
      healFromMs,
      healedMs,
      goodWithinMs: GOOD_WITHIN_MS,
      binMs: BIN_MS,
      bins: binned(crowd.requests, scale),
      firstFailureMs: firstFailureMs(crowd.requests, scale),
      alive: crowd.alive,
      before: crowd.marked,
      revoked: fates(crowd.revocations, client.history, findings),
      revokedMeanwhile: fates(crowd.revocations.filter(isMeanwhile), client.history, findings),
      unacknowledged: crowd.unacknowledged.filter(isMeanwhile).length,
      ...mustNotBe(client.history, findings, own?.serverErrors() ?? 0),
    }
  } finally {
    stop.abort()
    client.close()
  }
}

/** What became of logins after their logout was acknowledged. */
function fates(
  revocations: readonly Operation[],
  history: readonly Operation[],
  { late }: Findings,
): Seen['revoked'] {
  const endOf = new Map(revocations.map(({ login, endMs }) => [login, endMs]))
  const accepted = history.filter(
    ({ login, action, startMs, ...operation }) =>
      action === 'use' && startMs > (endOf.get(login) ?? Number.POSITIVE_INFINITY) && isAccepted(operation),
  )
  const names = (operations: readonly Operation[]) =>
    new Set(operations.flatMap(({ login }) => (endOf.has(login) ? [login] : []))).size
  return {
    asked: revocations.length,
    accepted: names(accepted),
    late: names(late.map(({ operation }) => operation)),
  }
}

function mustNotBe(history: readonly Operation[], { late, wrongUsers, hangs }: Findings, elsewhere: number) {
  const failed = history.filter(({ status }) => status === SERVER_ERROR)
  const examples = [...wrongUsers, ...hangs, ...failed].map(describe).concat(late.map(describeLate))
  return {
    wrongUsers: wrongUsers.length,
    hangs: hangs.length,
    serverErrors: failed.length + elsewhere,
    examples: examples.slice(0, EXAMPLES),
  }
}
