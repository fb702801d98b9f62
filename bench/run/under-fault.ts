/**
 * A trial under a fault: a window of ordinary load first, which says what the fleet does when it is well, and then the
 * fault by itself. A generator's figures mean nothing while a fleet is broken, and its errors would end the trial.
 */
import { observing } from '../experiments/acts.ts'
import type { Load } from '../load/job.ts'
import type { Observe } from '../record/types.ts'
import { failed, type Judged, judged, logIn, measureWindow, type Session, warmUp } from './window.ts'

type Asked = Extract<Observe, { kind: 'faults' }>

/** For connecting alone. */
const RAMP_SEC = 0.1

export async function underFault(session: Session, load: Load, asked: Asked): Promise<Judged> {
  const { trial, traits, running, rules } = session
  const seeded = await logIn(session)
  await warmUp(session, load)
  await running.constrain()
  const { measureSec, settings, users } = trial.arm
  const well = await measureWindow(session, seeded, { load, warmupSec: RAMP_SEC, measureSec })
  if (well.invalid) return failed(well.invalid, well.measurement)
  const observation = observing(asked, { running, traits, settings, firstUser: users })
  observation.open()
  try {
    return judged(rules, { ...well.measurement, observed: await observation.seen })
  } finally {
    await observation.end()
  }
}

/** The longest that the fault's part of a trial takes if nothing goes wrong. */
export function underFaultSec({ beforeSec, faultSec, afterSec }: Asked): number {
  return beforeSec + faultSec + afterSec
}
