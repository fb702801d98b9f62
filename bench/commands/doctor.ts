/** `npm run doctor`: what a run would find here, what is missing and what that costs. */
import { checkMachine } from '../probe/machine.ts'

export async function doctor(): Promise<void> {
  const findings = await checkMachine()
  for (const { name, status, detail, cost } of findings) {
    console.log(`${status.padEnd(9)} ${name.padEnd(18)} ${detail}${cost ? `\n${' '.repeat(29)}${cost}` : ''}`)
  }
  if (findings.some(({ status }) => status === 'missing')) process.exitCode = 1
}
