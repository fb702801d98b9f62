/** `npm run verify:servers`: sends seeded mutations to one server of each scheme, for as long as is wanted. */
import { randomInt } from 'node:crypto'
import { type SchemeName, schemeNames } from '../../servers/scheme.ts'
import { unlessAborted } from '../load/in-time.ts'
import { openBed } from '../verify/servers/bed.ts'
import { trySchemes } from '../verify/servers/run.ts'
import { findingText, triedTable } from '../verify/servers/table.ts'
import type { Outcome } from '../verify/servers/trial.ts'
import { catchSignals } from './interrupt.ts'

const SEEDS = 2 ** 31 - 1

export interface VerifyServersOptions {
  /** Of trying, for all schemes together; the servers start before. */
  seconds: number
  /** By default another one each time. */
  seed?: number
  scheme?: SchemeName[]
}

/**
 * The exit code is 1 when a server let somebody in who has no right to it, failed, or keeps what it should let go.
 * @throws AuthscaleError of a part that is missing or does not start
 */
export async function verifyServers({
  seconds,
  seed = randomInt(SEEDS),
  scheme = schemeNames,
}: VerifyServersOptions): Promise<void> {
  const interrupt = catchSignals()
  console.log(`seed ${seed}`)
  const bed = await openBed((line) => console.error(line))
  let outcomes: Outcome[]
  try {
    const { signal } = interrupt
    outcomes = await unlessAborted(trySchemes(bed, scheme, { seconds, seed, signal }), signal)
  } catch (error) {
    const code = interrupt.exitCode()
    if (code === null) throw error
    process.exitCode = code
    return
  } finally {
    await bed.close()
  }
  const findings = outcomes.flatMap(({ finding }) => finding ?? [])
  for (const finding of findings) console.log(`\n${findingText(finding, seed)}`)
  console.log(`\n${triedTable(outcomes)}`)
  const requests = outcomes
    .flatMap(({ tried }) => Object.values(tried))
    .reduce((sum, count) => sum + count, 0)
  console.log(
    `${requests} requests, seed ${seed}: ${findings.length === 0 ? 'no finding' : `failed, findings: ${findings.length}`}`,
  )
  if (findings.length > 0) process.exitCode = 1
}
