/** The server of the proofs, a process of its own: behaves as told, and logs by its own clock what it did. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { collectDefaultMetrics, register } from 'prom-client'
import { listen } from '../fleet/ports.ts'
import { machineUs } from '../load/clock.ts'
import { seededDraw } from '../stats/seeded.ts'
import type { Behaviour, ServerLog, ServerMessage } from './server-log.ts'

interface Reply {
  res: ServerResponse
  username: string
  arrivedUs: number
  dueUs: number
}

const emptyLog = (): ServerLog => ({ arrivedUs: [], tookUs: [], marked: 0, faults: 0 })

let behaviour: Behaviour = {}
let log = emptyLog()
/** In the order in which they are due. */
const waiting: Reply[] = []
let requests = 0
let freeAtUs = 0
let service = exponential(1, 0)

/** Exponential times by inversion. */
function exponential(mean: number, seed: number): () => number {
  const steps = 2 ** 31
  const draw = seededDraw(seed)
  return () => -mean * Math.log((draw(steps) + 0.5) / steps)
}

function me(req: IncomingMessage, res: ServerResponse): void {
  const arrivedUs = machineUs()
  log.arrivedUs.push(arrivedUs)
  requests++
  if (meetsFault(req, arrivedUs)) return
  if (behaviour.burnUs) burnUntil(arrivedUs + behaviour.burnUs)
  const mixedUp = behaviour.mixUpEvery !== undefined && requests % behaviour.mixUpEvery === 0
  const username = mixedUp ? 'somebody' : String(req.headers['x-user'] ?? '')
  const reply = { res, username, arrivedUs, dueUs: dueUs(arrivedUs) }
  if (reply.dueUs === 0) answer(reply)
  else if (waiting.push(reply) === 1) setImmediate(answerWhatIsDue)
}

function meetsFault({ socket }: IncomingMessage, arrivedUs: number): boolean {
  const { fault } = behaviour
  if (!fault || arrivedUs < fault.fromUs || arrivedUs >= fault.untilUs || requests % fault.every > 0)
    return false
  log.faults++
  if (fault.kind === 'fin') socket.end()
  if (fault.kind === 'rst') socket.resetAndDestroy()
  return true
}

/** 0: at once. */
function dueUs(arrivedUs: number): number {
  const { queue, delayMs, mark } = behaviour
  if (queue) {
    freeAtUs = Math.max(arrivedUs, freeAtUs) + service() * 1_000
    return freeAtUs
  }
  if (mark && arrivedUs >= mark.fromUs) {
    log.marked++
    return arrivedUs + mark.delayMs * 1_000
  }
  return delayMs === undefined ? 0 : arrivedUs + delayMs * 1_000
}

function burnUntil(us: number): void {
  while (machineUs() < us);
}

/** Asks the clock in every turn of the event loop: a timer would be a millisecond late, and by chance. */
function answerWhatIsDue(): void {
  const now = machineUs()
  for (let next = waiting[0]; next && next.dueUs <= now; next = waiting[0]) {
    waiting.shift()
    answer(next)
  }
  if (waiting.length > 0) setImmediate(answerWhatIsDue)
}

function answer({ res, username, arrivedUs }: Reply): void {
  json(res, { username })
  log.tookUs.push(machineUs() - arrivedUs)
}

function json(res: ServerResponse, body: object): void {
  const text = JSON.stringify(body)
  // Set, because `writeHead` alone makes the reply a chunked one.
  res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': text.length }).end(text)
}

// The probe of a trial asks each replica for these; only a server that plays one is ever asked.
collectDefaultMetrics()

const server = createServer(async (req, res) => {
  if (req.url?.startsWith('/metrics')) res.end(await register.metrics())
  else if (req.url === '/login') req.resume().on('end', () => json(res, {}))
  else me(req, res)
})
// Nothing but what it is told to do ends a connection.
server.keepAliveTimeout = 0
server.requestTimeout = 0
server.headersTimeout = 0

function behave(told: Behaviour): void {
  if (told.queue) service = exponential(told.queue.meanServiceMs, told.queue.seed)
  behaviour = told
}

process.on('message', (message: ServerMessage) => {
  if (message.type === 'behave') behave(message.behaviour)
  if (message.type === 'listen') listen(server, message.port).then((port) => process.send?.(port))
  if (message.type === 'log') {
    process.send?.(log)
    log = emptyLog()
  }
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')
