/** The load generator's process: does one job at a time for the harness, and leaves when the harness goes. */
import { AuthscaleError } from '../errors.ts'
import { runClosedLoop } from './closed-loop.ts'
import type { Credentials } from './credentials.ts'
import { logIn } from './login.ts'
import type { GeneratorMessage, HarnessMessage } from './protocol.ts'

let credentials: Credentials | undefined

async function perform(message: HarnessMessage): Promise<GeneratorMessage> {
  if (message.type === 'login') {
    // The users of an earlier login are let go first: two generations need twice the memory.
    credentials = undefined
    const done = await logIn(message.job)
    credentials = done.credentials
    return { type: 'login-done', report: done.report }
  }
  if (credentials === undefined)
    throw new AuthscaleError('NOT_LOGGED_IN', 'Log the users in before sending load.')
  const report = await runClosedLoop(message.job, credentials, (edge) => tell({ type: 'window', edge }))
  return { type: 'load-done', report }
}

function failure(error: unknown): GeneratorMessage {
  const code = error instanceof AuthscaleError ? error.code : 'GENERATOR_FAILED'
  return { type: 'failed', code, message: error instanceof Error ? error.message : String(error) }
}

function tell(message: GeneratorMessage): void {
  process.send?.(message)
}

process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of the terminal; the harness alone decides when load ends.
process.on('SIGINT', () => {})
process.on('message', (message: HarnessMessage) => {
  perform(message).catch(failure).then(tell)
})
// Thrown in a socket's callback, where no job can catch it: what the job counted can no longer be trusted.
process.on('uncaughtException', (error) => {
  process.send?.(failure(error), () => process.exit(1))
})
tell({ type: 'ready' })
