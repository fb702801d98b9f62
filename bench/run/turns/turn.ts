/** One turn of one arm: its fleet wakes, is asked, and rests again. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Load, LoadReport } from '../../load/job.ts'
import { openTurnProbe } from '../../probe/turn.ts'
import type { Point } from '../../record/types.ts'
import { type Session, VERIFY_EVERY } from '../window.ts'
import type { Turn } from './columns.ts'
import type { TurnsLoad } from './points.ts'

/** Requests that are unanswered then have met a replica that is too busy for this point. */
const DRAIN_SEC = 0.3

/**
 * Between the last reply and the rest. What is still under way then, as a session that is prolonged after its reply, would
 * be late by all of the rest, and be taken for a Redis that does not answer.
 */
export const QUIET_MS = 30

/** @throws Error for one answer that is somebody else's, which makes an arm's figures worth nothing; and of the generator */
export async function takeTurn(
  { running, generator, trial }: Session,
  load: TurnsLoad,
  point: Point,
  seed: number,
  measureSec = trial.arm.measureSec,
): Promise<Omit<Turn, 'order' | 'point'>> {
  running.wake?.()
  const probe = openTurnProbe(running, generator.pids)
  try {
    if (point.perSec === 0) {
      await sleep(1_000 * load.settleSec)
      probe.open()
      await sleep(1_000 * load.idleSec)
      probe.close()
      return { ...probe.reading(), requests: 0, meanInFlight: 0, failed: 0 }
    }
    const sent = loadAt(load, point.perSec, trial.arm.replicas, seed)
    const report = await generator.load(
      {
        ...{ url: running.url, load: sent, handlerUs: point.handlerUs, warmupSec: load.settleSec },
        ...{ measureSec, drainSec: DRAIN_SEC, verifyEvery: VERIFY_EVERY },
      },
      (edge) => probe[edge](),
    )
    requireRight(report)
    return { ...probe.reading(), ...counted(report, load) }
  } finally {
    await sleep(QUIET_MS)
    running.rest?.()
  }
}

function loadAt(
  { connections, popularityExponent }: TurnsLoad,
  perSec: number | null,
  replicas: number,
  seed: number,
): Load {
  if (perSec === null) return { loop: 'closed', connections, popularityExponent }
  return {
    ...{ loop: 'open', arrivalsPerSec: perSec * replicas, spacing: 'poisson' },
    ...{ connections, seed, popularityExponent },
  }
}

function counted({ requests, arrivals, errors, statusCounts }: LoadReport, { connections }: TurnsLoad) {
  const refused = requests - (statusCounts['200'] ?? 0)
  if (!arrivals) return { requests, meanInFlight: connections, failed: errors + refused }
  const { scheduled, ok } = arrivals.account
  return { requests, meanInFlight: arrivals.meanInFlight, failed: scheduled - ok }
}

/** An answer with another status is a failed arrival; one with another body is a wrong one. */
function requireRight({ wrongAnswers, requests, statusCounts, wrongExamples }: LoadReport): void {
  const refused = requests - (statusCounts['200'] ?? 0)
  if (wrongAnswers > refused)
    throw new Error(`${wrongAnswers} wrong answers of ${requests} in a turn: ${wrongExamples.join('; ')}`)
}
