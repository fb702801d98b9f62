/** A load generator's process: does one job at a time for the harness, and leaves when the harness goes. */
import { AuthscaleError, messageOf } from '../errors.ts'
import { runClosedLoop } from './closed/closed-loop.ts'
import type { Credentials } from './credentials.ts'
import type { GeneratorMessage, HarnessMessage, LoadJob, LoadShare, OnWindow } from './job.ts'
import { logIn } from './login.ts'
import { giveBack, takeAlarm } from './open/alarm.ts'
import { runScheduled } from './open/scheduled.ts'

type Question = Exclude<HarnessMessage, { type: 'cancel' }>

/** By the URL of the fleet that issued them. */
const credentials = new Map<string, Credentials>()
let job = new AbortController()

async function perform(message: Question, signal: AbortSignal): Promise<GeneratorMessage> {
  if (message.type === 'load') return { type: 'load-done', share: await send(message, signal) }
  // The users of an earlier login are let go first: two generations need twice the memory.
  if (!message.job.beside) credentials.clear()
  const done = await logIn(message.job, signal)
  credentials.set(message.job.url, done.credentials)
  return { type: 'login-done', report: done.report }
}

function send({ job, startUs }: { job: LoadJob; startUs: number }, signal: AbortSignal): Promise<LoadShare> {
  const own = credentials.get(job.url)
  if (own === undefined) throw new AuthscaleError('NOT_LOGGED_IN', 'Log the users in before sending load.')
  const { load } = job
  const onWindow: OnWindow = (edge) => tell({ type: 'window', edge })
  if (load.loop !== 'closed' || (load.requests ?? 'read') !== 'read')
    return runScheduled(job, own, onWindow, { startUs, signal })
  return runClosedLoop({ ...job, load }, own, onWindow, signal)
}

function failure(error: unknown): GeneratorMessage {
  const code = error instanceof AuthscaleError ? error.code : 'GENERATOR_FAILED'
  return { type: 'failed', code, message: messageOf(error) }
}

function tell(message: GeneratorMessage): void {
  process.send?.(message)
}

process.on('disconnect', () => process.exit(0))
// Ctrl-C reaches every process of the terminal; the harness alone decides when load ends.
process.on('SIGINT', () => {})
process.on('message', (message: HarnessMessage) => {
  if (message.type === 'cancel') return job.abort()
  job = new AbortController()
  perform(message, job.signal).catch(failure).then(tell)
})
// Thrown in a socket's callback, where no job can catch it: what the job counted can no longer be trusted.
process.on('uncaughtException', (error) => {
  process.send?.(failure(error), () => process.exit(1))
})
// Its thread starts now, not while the first arrivals are due.
giveBack(await takeAlarm())
tell({ type: 'ready' })
