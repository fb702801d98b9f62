/** `npm run verify`: tests the instrument on the machine that it is to measure. */
import { AuthscaleError } from '../errors.ts'
import { allowedCpus } from '../fleet/placement.ts'
import { captureEnvironment } from '../probe/environment.ts'
import { writeFileDurably } from '../record/durable.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { Environment } from '../record/types.ts'
import { judgeTwice } from '../verify/judge.ts'
import type { Proof, Verdict } from '../verify/proof.ts'
import { proofs } from '../verify/proofs/index.ts'
import { conclusion, outcome, verdictTable } from '../verify/table.ts'
import { openTestBed, type TestBed } from '../verify/test-bed.ts'
import { catchSignals, type Interrupt } from './interrupt.ts'

/** All proofs once take some seven minutes; with their repeats they are to stay below ten. */
const REPEATS_SEC = 50

/**
 * Carries the proofs out in turn and prints what they showed. The exit code is 1 when one of them fails; one that
 * this machine does not allow is told and does not fail.
 *
 * @param only ids of proofs; all by default
 * @param out file for environment and verdicts as JSON
 * @throws AuthscaleError UNKNOWN_PROOF, or when the generator cannot be compiled or started
 */
export async function verify({ only, out }: { only?: string[]; out?: string }): Promise<void> {
  const chosen = choose(only)
  const interrupt = catchSignals()
  const startedAt = new Date().toISOString()
  // The bed moves the harness to CPUs of its own.
  const cpus = allowedCpus()
  const bed = await openTestBed({ signal: interrupt.signal, log: (line) => console.error(line) })
  let verdicts: Verdict[]
  let environment: Environment
  try {
    const { runtime, placement } = bed
    const fleet = { runtime, placement, parts: { redis: null, haproxy: null } }
    environment = await captureEnvironment(new URL('../..', import.meta.url), fleet, cpus)
    verdicts = await carryOut(chosen, bed, interrupt)
  } finally {
    await bed.close()
  }
  const seconds = (Date.now() - Date.parse(startedAt)) / 1_000
  console.log(verdictTable(verdicts))
  console.log(conclusion(verdicts, seconds))
  const code = interrupt.exitCode()
  if (code !== null) {
    process.exitCode = code
    return
  }
  const passed = verdicts.every((verdict) => verdict.passed !== false)
  if (!passed) process.exitCode = 1
  if (out === undefined) return
  const record = { schemaVersion: SCHEMA_VERSION, startedAt, seconds, passed, verdicts, environment }
  await writeFileDurably(out, `${JSON.stringify(record, null, 2)}\n`)
}

function choose(only: readonly string[] | undefined): readonly Proof[] {
  if (only === undefined) return proofs
  const unknown = only.filter((id) => !proofs.some((proof) => proof.id === id))
  if (unknown.length === 0) return proofs.filter(({ id }) => only.includes(id))
  const ids = proofs.map(({ id }) => id).join(', ')
  const message = `there is no proof '${unknown.join("', '")}'; choose from: ${ids}`
  throw new AuthscaleError('UNKNOWN_PROOF', message, { exitCode: 2 })
}

/** The verdicts until the end, or until the user stops. */
async function carryOut(chosen: readonly Proof[], bed: TestBed, { signal }: Interrupt): Promise<Verdict[]> {
  const verdicts: Verdict[] = []
  const patience = { leftSec: REPEATS_SEC }
  for (const [index, proof] of chosen.entries()) {
    console.error(`${index + 1}/${chosen.length} ${proof.id}: ${proof.shows}`)
    const verdict = await judgeTwice(proof, bed, patience)
    if (signal.aborted) break
    verdicts.push(verdict)
    console.error(outcome(verdict))
  }
  return verdicts
}
