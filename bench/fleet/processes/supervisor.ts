/**
 * pm2 in a process of its own, which starts and stops replicas on request of the harness and leaves with it.
 * In the harness pm2's no-daemon mode would print on stdout, replace `console`, poll the system and hold the
 * event loop open; here none of that can touch a measurement.
 */
import { promisify } from 'node:util'
import pm2, { type Proc, type StartOptions } from 'pm2'
import type { SupervisorMessage, SupervisorRequest } from './supervised.ts'

/** The bus tells of an exit before it has delivered the last words on stderr. */
const LAST_WORDS_MS = 100
const TAIL_CHARS = 2000

/** pm2's event bus, which its types leave untyped. */
interface Bus {
  on(event: 'log:err', listener: (packet: { process: { name: string }; data: string }) => void): void
  on(
    event: 'process:event',
    listener: (packet: { event: string; process: { name: string; exit_code?: number } }) => void,
  ): void
}

const stderr = new Map<string, string>()
const stopping = new Set<string>()

function tell(message: SupervisorMessage): void {
  process.send?.(message)
}

type Done = (error: Error, processes: Proc) => void
const start = promisify((app: StartOptions, done: Done) => pm2.start(app, done))
const end = promisify((name: string, done: Done) => pm2.delete(name, done))

async function perform(request: SupervisorRequest): Promise<number> {
  if (request.type === 'start') {
    // The types describe what `list` gives; a start answers with a list and with each process inside.
    const [started] = (await start(request.app)) as unknown as [{ process: { pid?: number } }]
    return started.process.pid ?? 0
  }
  stopping.add(request.name)
  stderr.delete(request.name)
  await end(request.name)
  return 0
}

function watch(bus: Bus): void {
  bus.on('log:err', ({ process: { name }, data }) => {
    stderr.set(name, ((stderr.get(name) ?? '') + data).slice(-TAIL_CHARS))
  })
  bus.on('process:event', ({ event, process: { name, exit_code } }) => {
    if (event !== 'exit' || stopping.has(name)) return
    setTimeout(
      () => tell({ type: 'ended', name, code: exit_code ?? 0, stderr: stderr.get(name) ?? '' }),
      LAST_WORDS_MS,
    )
  })
}

process.on('disconnect', () => process.exit(0))
process.on('message', (request: SupervisorRequest) => {
  perform(request).then(
    (pid) => tell({ type: 'done', id: request.id, pid }),
    (error: Error) => tell({ type: 'failed', id: request.id, reason: String(error?.message ?? error) }),
  )
})

pm2.connect(true, (error) => {
  if (error) throw error
  pm2.launchBus((failed: Error | null, bus: Bus) => {
    if (failed) throw failed
    watch(bus)
    process.send?.('ready')
  })
})
