/** Carries one proof out, times it, and tells a broken instrument from a busy machine. */
import os from 'node:os'
import { messageOf } from '../errors.ts'
import { startGenerator } from '../load/generator.ts'
import { unlessAborted } from '../load/in-time.ts'
import { DISTURBED_SHARE, watchOthers } from './disturbance.ts'
import type { Finding, Proof, Verdict } from './proof.ts'
import type { TestBed } from './test-bed.ts'

/** What repeats may still take, over all proofs: on a busy machine the command has to end as well. */
export interface Patience {
  leftSec: number
}

/**
 * A proof that fails while other programs take CPU is carried out once more. If they still do, and it still fails,
 * nothing was decided: milliseconds that somebody else took are not the instrument's.
 */
export async function judgeTwice(proof: Proof, bed: TestBed, patience: Patience): Promise<Verdict> {
  const verdict = await judge(proof, bed)
  if (bed.signal.aborted || !isDisturbed(verdict, proof)) return verdict
  let again = verdict
  if (verdict.seconds < patience.leftSec) {
    patience.leftSec -= verdict.seconds
    bed.log(`  ${disturbance(verdict)}: once more`)
    again = await judge(proof, bed)
  }
  if (!isDisturbed(again, proof)) return again
  return { ...again, passed: null, measured: `${again.measured}; ${disturbance(again)}` }
}

/** A generator of its own for each proof: what one leaves behind must not disturb the next. Never rejects. */
export async function judge(proof: Proof, bed: TestBed): Promise<Verdict> {
  const startedAt = performance.now()
  const foreignCores = watchOthers()
  const finding = await carryOut(proof, bed).catch((error: unknown) => failure(proof, error))
  const others = foreignCores()
  const known = Object.entries(finding.figures).filter(([, figure]) => Number.isFinite(figure))
  return {
    proof: proof.id,
    shows: proof.shows,
    ...finding,
    figures: { ...Object.fromEntries(known), ...(others === null ? {} : { foreignCores: others }) },
    seconds: (performance.now() - startedAt) / 1_000,
  }
}

async function carryOut(proof: Proof, bed: TestBed): Promise<Finding> {
  const instrument = await startGenerator(bed.generator)
  try {
    return await unlessAborted(proof.run(instrument, bed), bed.signal)
  } finally {
    await instrument.close()
    await bed.stopServers()
  }
}

/** A proof that breaks off is a failed one, and says why. */
function failure(proof: Proof, error: unknown): Finding {
  return { expected: proof.shows, measured: messageOf(error), passed: false, figures: {} }
}

const foreignIn = ({ figures }: Verdict) => figures.foreignCores ?? 0

function isDisturbed(verdict: Verdict, { timed }: Proof): boolean {
  const limit = DISTURBED_SHARE * os.availableParallelism()
  return timed && verdict.passed === false && foreignIn(verdict) > limit
}

const disturbance = (verdict: Verdict) => `other programs used ${foreignIn(verdict).toFixed(1)} cores`
