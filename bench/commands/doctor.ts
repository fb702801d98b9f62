/** `npm run doctor`: what a run would find here, what is missing and what that costs. */

import type { Finding } from '../fleet/readiness.ts'
import { resultsFolder } from '../places.ts'
import { checkMachine } from '../probe/machine.ts'

const TICKS = { ok: '✓', degraded: '!', missing: '✗' } as const satisfies Record<Finding['status'], string>

/** @param json for programs: the findings as they are */
export async function doctor({ json = false }: { json?: boolean } = {}): Promise<void> {
  const findings = await checkMachine(resultsFolder)
  if (json) console.log(JSON.stringify({ findings }, null, 2))
  else for (const finding of findings) console.log(lineOf(finding))
  if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1
}

const INDENT = 21

function lineOf({ name, status, detail, cost }: Finding): string {
  return `${TICKS[status]} ${name.padEnd(INDENT - 3)} ${detail}${cost ? `\n${' '.repeat(INDENT)}${cost}` : ''}`
}
