/** Starts one server: environment -> one scheme -> listen; leaves on a signal or when its parent is gone. */
import { createServer, type Server } from 'node:http'
import { createApp } from './app.ts'
import { orOneLine, readConfig } from './config.ts'
import type { Auth } from './contract.ts'
import { listen } from './listen.ts'
import { schemeNames, schemes } from './scheme.ts'

const DRAIN_TIMEOUT_MS = 4500

async function start(): Promise<void> {
  const config = readConfig(process.env, schemeNames)
  const { scheme } = await schemes[config.scheme]()
  const auth = await scheme.open(config)
  const server = createServer(createApp(config, auth, scheme))
  // Longer than a proxy keeps an idle connection, so that it never sends into one that just closed.
  server.keepAliveTimeout = 65_000
  const port = await listen(server, config)
  if (config.plainHttp) console.error('PLAIN_HTTP=1: credentials travel unencrypted, for load tests only')
  console.log(
    `listening on http://${config.host}:${port} (${config.scheme}, ${config.replica}, pid ${process.pid})`,
  )
  leaveWhenAsked(server, auth)
  process.send?.('ready')
}

function leaveWhenAsked(server: Server, auth: Auth): void {
  let leaving = false
  const drain = () => {
    if (leaving) return
    leaving = true
    server.close(async () => {
      await auth.close()
      process.exit(0)
    })
    // Connections become idle as their last replies end; a client that never finishes is not waited for.
    setInterval(() => server.closeIdleConnections(), 50)
    setTimeout(() => process.exit(0), DRAIN_TIMEOUT_MS)
  }
  process.once('SIGTERM', drain)
  process.once('SIGINT', drain)
  // A parent that was killed sends no signal, but it takes the IPC channel along.
  process.once('disconnect', () => process.exit(0))
}

void orOneLine('authscale server', start)
