/** Proof: a busy program beside a trial is noticed, and the trial rejected for it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { AuthscaleError } from '../../errors.ts'
import { spawnChild } from '../../fleet/processes/process.ts'
import type { TrialResult } from '../../record/types.ts'
import { digits, type Finding, type Proof } from '../proof.ts'
import { runOneTrial } from '../trial-of-proof.ts'

const GATE = 'foreign-cpu'
const expected = 'rejected by foreign-cpu with a spinner, not without one'
/** A machine that is busy with something else gets another chance. */
const QUIET_ATTEMPTS = 2
const CALM_MS = 2_000

/** What the judgement depends on. */
interface Seen {
  rejected: boolean
  foreignCores: number | null
}

/**
 * A quiet trial that is rejected for foreign CPU says that the machine is not quiet, if the cores that it names are
 * real; that is no proof of anything, so there is no verdict. Pure.
 */
export function findingOf(quiet: Seen, disturbed: Seen): Finding {
  const cores = ({ foreignCores }: Seen) => (foreignCores === null ? 'unknown' : digits(foreignCores, 2))
  const told = (seen: Seen) => `${seen.rejected ? 'rejected' : 'not rejected'} (${cores(seen)} foreign cores)`
  const figures = {
    quietForeignCores: quiet.foreignCores ?? -1,
    spinnerForeignCores: disturbed.foreignCores ?? -1,
  }
  if (quiet.foreignCores === null || disturbed.foreignCores === null)
    return { expected, measured: 'the CPU of other programs cannot be read here', passed: null, figures: {} }
  const measured = `with ${told(disturbed)}, without ${told(quiet)}`
  const reallyDisturbed = quiet.rejected && quiet.foreignCores > 0.05
  if (disturbed.rejected && reallyDisturbed)
    return { expected, measured: `${measured}: end what else runs here`, passed: null, figures }
  return { expected, measured, passed: disturbed.rejected && !quiet.rejected, figures }
}

export function spinner({ runOne = runOneTrial } = {}): Proof {
  return {
    id: 'spinner',
    shows: 'a busy program beside a trial gets it rejected',
    timed: false,
    async run(_, bed) {
      return bed.withFleet(async (fleet) => {
        const disturbed = await besideSpinner(() => runOne(fleet, bed.signal))
        let quiet = await runOne(fleet, bed.signal)
        for (let attempt = 1; attempt < QUIET_ATTEMPTS && isRejected(quiet); attempt++) {
          await sleep(CALM_MS)
          quiet = await runOne(fleet, bed.signal)
        }
        return findingOf(seen(quiet), seen(disturbed))
      })
    },
  }
}

function seen(result: TrialResult): Seen {
  const { measurement } = result
  if (!result.ok && measurement === null) throw new AuthscaleError('TRIAL_FAILED', result.reason)
  return { rejected: isRejected(result), foreignCores: measurement?.host.foreignCores ?? null }
}

const isRejected = (result: TrialResult) => !result.ok && result.rejectedBy.includes(GATE)

/** Not pinned: the scheduler puts it where there is most room, as it does with any other program. */
async function besideSpinner<T>(action: () => Promise<T>): Promise<T> {
  const line = [process.execPath, '-e', 'for (;;);']
  const child = await spawnChild(line, { name: 'spinner' })
  try {
    return await action()
  } finally {
    await child.stop()
  }
}
