/**
 * Starts and stops the measured server inside a container, on request of the bench container: there each trial wants a
 * fresh process with another scheme, and nobody outside a container can start one in it.
 *
 * It obeys everybody who can reach its port, so it listens only where `docker-compose.yml` puts it: on the private
 * network of the fleet.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { orOneLine, readInteger } from './config.ts'
import { listen } from './listen.ts'

/** Time for a server to drain before it is killed. */
const STOP_MS = 7_000
const MAX_BODY_BYTES = 64 * 1_024

let server: ChildProcess | undefined

async function stopServer(): Promise<void> {
  const child = server
  server = undefined
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await gone
  clearTimeout(timer)
}

/** Resolves when the server says that it is ready; rejects with its last words when it ends before. */
async function startServer(env: Record<string, string>): Promise<void> {
  await stopServer()
  const main = new URL('./main.js', import.meta.url).pathname
  const child = spawn(process.execPath, ['--expose-gc', main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  })
  server = child
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-2_000)
  })
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve())
    child.once('error', reject)
    child.once('exit', (code, signal) => reject(new Error(`ended with ${signal ?? code}: ${words.trim()}`)))
  })
}

async function readJson(request: IncomingMessage): Promise<{ env: Record<string, string> }> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk
    if (text.length > MAX_BODY_BYTES) throw new Error('the request is too large')
  }
  return JSON.parse(text)
}

const agent = createServer(async (request, response) => {
  try {
    if (request.url !== '/server') response.statusCode = 404
    else if (request.method === 'GET') {
      const { node, openssl, v8 } = process.versions
      response.write(JSON.stringify({ node, openssl, v8 }))
    } else if (request.method === 'PUT') {
      await startServer((await readJson(request)).env)
      response.statusCode = 201
    } else if (request.method === 'DELETE') {
      await stopServer()
      response.statusCode = 204
    } else response.statusCode = 405
    response.end()
  } catch (error) {
    response.statusCode = 500
    response.end(error instanceof Error ? error.message : String(error))
  }
})

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, async () => {
    agent.close()
    await stopServer()
    process.exit(0)
  })
}

void orOneLine('authscale agent', async () => {
  const port = readInteger(process.env, 'AGENT_PORT', 3001, 0, 65_535)
  console.log(`agent on port ${await listen(agent, { port })}`)
})
