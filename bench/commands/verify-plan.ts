/** `npm run verify:plan`: plans for loads that were never measured, starts the fleets, and holds both against each other. */
import path from 'node:path'
import { AuthscaleError } from '../errors.ts'
import { THE_TWO } from '../experiments/roles.ts'
import { openLocalFleet } from '../fleet/local/local.ts'
import { allowedCpus } from '../fleet/placement.ts'
import { startGenerator } from '../load/generator.ts'
import { captureEnvironment } from '../probe/environment.ts'
import { writeFileDurably } from '../record/durable.ts'
import { SCHEMA_VERSION } from '../record/schema/basics.ts'
import type { PlanCheck } from '../record/types.ts'
import { checkPlans, referenceIn } from '../verify/plans/check.ts'
import { HELD_OUT } from '../verify/plans/held-out.ts'
import { conclusionOf } from '../verify/plans/judged.ts'
import { heldSentences, heldTable } from '../verify/plans/table.ts'
import { wrap } from '../words/wrap.ts'
import { catchSignals } from './interrupt.ts'
import { newestFor, type Source, sourceIn } from './plan-source.ts'

interface VerifyPlanOptions {
  /** Folder of the run that plans are from; default: as `npm run plan` finds them. */
  run?: string
  only?: number[]
  /** File for all of it as JSON. */
  out?: string
}

/** The schemes that are planned for, the two of the argument first. */
const SCHEMES = [...new Set(HELD_OUT.map(({ scheme }) => scheme))]

/**
 * The exit code is 1 when a fleet was busier than promised by more than its interval.
 *
 * @throws AuthscaleError NO_EVIDENCE, NO_REFERENCE, and what reading runs and starting fleets can throw
 */
export async function verifyPlan({ run, only, out }: VerifyPlanOptions): Promise<void> {
  const source = await sourceFor(run)
  const evidence = source.evidence.filter((one) => typeof one !== 'string')
  const reference = referenceIn(source.curves)
  if (typeof reference === 'string') throw new AuthscaleError('NO_REFERENCE', reference)
  const interrupt = catchSignals()
  const log = (line: string) => console.error(line)
  const startedAt = new Date().toISOString()
  const cpus = allowedCpus()
  const fleet = await openLocalFleet({ log })
  let check: PlanCheck
  try {
    const environment = await captureEnvironment(new URL('../..', import.meta.url), fleet, cpus)
    const generator = await startGenerator(fleet.generatorFor(1), interrupt.signal)
    try {
      const done = await checkPlans(
        { fleet, generator, signal: interrupt.signal, log },
        evidence,
        reference,
        only,
      )
      const seconds = (Date.now() - Date.parse(startedAt)) / 1_000
      check = {
        schemaVersion: SCHEMA_VERSION,
        startedAt,
        seconds,
        runs: source.ids,
        reference,
        ...done,
        environment,
      }
    } finally {
      await generator.close()
    }
  } catch (error) {
    const code = interrupt.exitCode()
    if (code === null) throw error
    process.exitCode = code
    return
  } finally {
    await fleet.close()
  }
  conclude(check)
  if (out !== undefined) await writeFileDurably(path.resolve(out), `${JSON.stringify(check, null, 2)}\n`)
}

/** Of runs that carry the two of the argument; what they lack of another scheme leaves its requests out. */
async function sourceFor(run: string | undefined): Promise<Source> {
  const asked = { hasState: false, hasDistance: false, isIssued: true, byCpuAlone: true }
  if (run !== undefined) return await sourceIn([run], SCHEMES, asked)
  const { folders } = await newestFor(THE_TWO, asked)
  return await sourceIn(folders, SCHEMES, asked)
}

function conclude(check: PlanCheck): void {
  if (check.requests.length === 0)
    throw new AuthscaleError('NO_EVIDENCE', 'no request could be planned for; see above')
  console.log(`${heldTable(check)}\n\n${wrap(heldSentences(check))}`)
  if (conclusionOf(check).above.length > 0) process.exitCode = 1
}
