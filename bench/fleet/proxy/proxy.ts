/** HAProxy in front of the replicas, configured anew for each trial. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { AuthscaleError } from '../../errors.ts'
import { becomes } from '../../load/in-time.ts'
import { exchange } from '../../load/wire/exchange.ts'
import type { Settings } from '../../record/types.ts'
import { connectionsAllowed } from '../limits.ts'
import { freePort, isFree, onPort } from '../ports.ts'
import type { RunFolder } from '../processes/manifest.ts'
import { startTool } from '../tools/start-tool.ts'
import type { Tool } from '../tools/tools.ts'
import { selfSigned } from './certificate.ts'

const READY_TIMEOUT_MS = 10_000
const HEALTH_LIMIT_MS = 1_000
const POLL_MS = 20
const CONNECT_MS = 2_000
/** Longer than any answer of an overloaded replica that a load waits for. */
const ANSWER_MS = 60_000

/** By their names alone, in the folder in which HAProxy stands: in a configuration a path would need its own quoting. */
const CONFIG = 'haproxy.cfg'
const SOCKET = 'stats.sock'
const CERTIFICATE = 'certificate.pem'

export type TlsVersion = NonNullable<Settings['tls']>
type ProxySettings = Pick<Settings, 'tls' | 'proxyReuse' | 'proxyRedispatch' | 'proxyTimeoutMs'>

/**
 * Its settings are those of a trial. It speaks plain HTTP with the replicas in any case, and uses their connections again as
 * if all requests were safe to repeat. One that is redispatched has reached no replica: trying again repeats nothing.
 */
export interface ProxyPlan extends ProxySettings {
  tool: Tool
  folder: RunFolder
  cpus: readonly number[]
  /** A port that the user wants; undefined takes a free one. */
  port: number | undefined
  /** Whether a client must come back to the replica that it logged in at. */
  sticky: boolean
  /** Requests that a replica gets at once, while the others wait in the proxy; without, all are passed on. */
  mostPerReplica?: number | undefined
  /**
   * Whether replicas are asked for their health; default true. Each question is a new connection. If a healthy replica
   * takes seconds to accept one, it is taken out of service.
   */
  healthChecks?: boolean | undefined
  replicas: readonly { id: string; port: number }[]
  /** Resolves with a reason when one of them has ended: then waiting for the proxy is over. */
  died?: Promise<string> | undefined
}

export interface RunningProxy {
  url: string
  pid: number | null
  ended: Promise<string>
  /** Requests that each replica has served through the proxy so far, by replica id. */
  counts(): Promise<Record<string, number>>
  /** From now on these replicas alone get requests, except for users who have to come back to another one. */
  rotate(ids: readonly string[]): Promise<void>
  /**
   * `drain`: it gets no request any more but those of users who have to come back to it. `ready`: as before and at once,
   * for a server that is known to be well.
   */
  take(id: string, state: 'drain' | 'ready'): Promise<void>
  stop(): Promise<void>
}

/** @throws AuthscaleError PORT_TAKEN, HAPROXY_REFUSED with HAProxy's own line, HAPROXY_FAILED, REPLICA_FAILED */
export async function startProxy(plan: ProxyPlan): Promise<RunningProxy> {
  const choose = async () => {
    if (plan.port === undefined) return await freePort()
    if (await isFree(plan.port)) return plan.port
    const message = `port ${plan.port} is taken; choose another one with --port, or leave it out`
    throw new AuthscaleError('PORT_TAKEN', message)
  }
  const isStolen = (message: string) => /cannot bind socket/i.test(message)
  return await onPort(choose, (port) => startOn(port, plan), isStolen)
}

async function startOn(port: number, plan: ProxyPlan): Promise<RunningProxy> {
  const folder = join(plan.folder.path, `proxy-${port}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const socket = join(folder, SOCKET)
  const certificate = plan.tls && writeCertificate(join(folder, CERTIFICATE))
  writeFileSync(join(folder, CONFIG), proxyConfig(port, plan))
  const place = { name: 'haproxy', cpus: plan.cpus, folder, record: plan.folder }
  const running = await startTool(plan.tool, ['-f', CONFIG, '-db'], place)
  const url = `${plan.tls ? 'https' : 'http'}://127.0.0.1:${port}`
  const giveUp = new AbortController()
  try {
    const problem = await Promise.race([
      untilAnswering(url, certificate, giveUp.signal),
      running.ended.then(refusal),
      ...(plan.died ? [plan.died.then((reason) => new AuthscaleError('REPLICA_FAILED', reason))] : []),
    ])
    if (problem) throw problem
    return {
      url,
      pid: await running.hostPid(),
      ended: running.ended,
      counts: async () => parseCounts(await ask(socket, 'show stat')),
      rotate: (ids) => {
        const weights = plan.replicas.map(({ id }) => `weight replicas/${id} ${ids.includes(id) ? 1 : 0}`)
        return set(socket, weights)
      },
      take: (id, state) => {
        const server = `server replicas/${id}`
        return set(socket, [
          `${server} state ${state}`,
          ...(state === 'ready' ? [`${server} health up`] : []),
        ])
      },
      stop: running.stop,
    }
  } catch (error) {
    await running.stop()
    throw error
  } finally {
    giveUp.abort()
  }
}

/** HAProxy prints its reason as "[ALERT] … : reason", between notices of less use. */
function refusal(ending: string): AuthscaleError {
  const alert = /\[ALERT\][^|]*/.exec(ending)?.[0].trim() ?? ending
  return new AuthscaleError('HAPROXY_REFUSED', `HAProxy did not start: ${alert}`)
}

/** The key never leaves the run's folder, which nobody else can read and which goes with the run. */
function writeCertificate(file: string): string {
  const { key, certificate } = selfSigned()
  writeFileSync(file, `${certificate}${key}`, { mode: 0o600 })
  return certificate
}

async function untilAnswering(
  url: string,
  certificate: string | undefined,
  signal: AbortSignal,
): Promise<AuthscaleError | null> {
  const question = { method: 'GET', path: '/healthz', limitMs: HEALTH_LIMIT_MS, ca: certificate }
  const answer = () => exchange(false, url, question).catch(() => null)
  const isOver = async () => signal.aborted || (await answer())?.status === 200
  if (await becomes(isOver, READY_TIMEOUT_MS, POLL_MS)) return null
  return new AuthscaleError('HAPROXY_FAILED', 'HAProxy runs but passes no request on to the replicas')
}

/** The whole configuration: what a careful operator would run, with one thread so that its CPU is one figure. */
export function proxyConfig(
  port: number,
  plan: ProxySettings & Pick<ProxyPlan, 'sticky' | 'replicas' | 'mostPerReplica' | 'healthChecks'>,
): string {
  const { tls, proxyReuse = 'always', proxyRedispatch = true, proxyTimeoutMs = ANSWER_MS } = plan
  const { sticky, replicas, mostPerReplica, healthChecks = true } = plan
  const most = mostPerReplica ? ` maxconn ${mostPerReplica}` : ''
  const servers = replicas.map(({ id, port }) => {
    return `  server ${id} 127.0.0.1:${port}${sticky ? ` cookie ${id}` : ''}${most}`
  })
  return `${[
    'global',
    '  nbthread 1',
    `  maxconn ${connectionsAllowed()}`,
    `  stats socket unix@${SOCKET} mode 600 level admin`,
    ...(tls ? tlsGlobals : []),
    'defaults',
    '  mode http',
    `  timeout connect ${Math.min(CONNECT_MS, proxyTimeoutMs)}ms`,
    '  timeout client 60s',
    `  timeout server ${proxyTimeoutMs}ms`,
    '  timeout queue 5s',
    'frontend front',
    `  bind 127.0.0.1:${port}${tls ? ` ${tlsBind(tls)}` : ''}`,
    '  default_backend replicas',
    'backend replicas',
    '  balance roundrobin',
    ...(sticky ? ['  cookie SRV insert indirect nocache httponly'] : []),
    ...(healthChecks ? ['  option httpchk GET /healthz', '  http-check expect status 200'] : []),
    `  http-reuse ${proxyReuse}`,
    ...(proxyRedispatch ? ['  option redispatch 1'] : []),
    // Node closes idle connections after 5 s; reusing one in that moment would be an error of ours.
    `  default-server ${healthChecks ? 'check inter 2s fall 3 rise 1 ' : ''}pool-purge-delay 2s`,
    ...servers,
  ].join('\n')}\n`
}

/**
 * Mozilla's intermediate configuration (Server Side TLS 5.7), as far as it fits an ECDSA certificate. The server's own
 * order decides, so both versions encrypt with AES-128-GCM and agree on keys by X25519, whatever OpenSSL HAProxy was
 * built with: its newest ones would begin with another exchange.
 */
const CIPHERS = 'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305'
const SUITES = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'
const CURVES = 'X25519:P-256'

/** Lines of the section `global`. */
const tlsGlobals = [
  `  ssl-default-bind-ciphers ${CIPHERS}`,
  `  ssl-default-bind-ciphersuites ${SUITES}`,
  `  ssl-default-bind-curves ${CURVES}`,
]

/**
 * What follows the address of `bind`. Clients resume with a ticket (RFC 5077; RFC 8446, 2.2): HAProxy hands them out
 * unless it is told not to, and its cache of sessions (`tune.ssl.cachesize`) is for those who cannot take one.
 */
function tlsBind(version: TlsVersion): string {
  // Newer HAProxys offer HTTP/2 otherwise.
  return `ssl crt ${CERTIFICATE} ssl-min-ver TLSv${version} ssl-max-ver TLSv${version} alpn http/1.1`
}

/** HAProxy's runtime API: one command, or several between semicolons. */
function ask(socket: string, command: string): Promise<string> {
  const connection = createConnection(socket)
  connection.end(`${command}\n`)
  return text(connection)
}

/** A server of weight 0 keeps its connections and its health checks. @throws AuthscaleError HAPROXY_FAILED */
async function set(socket: string, changes: readonly string[]): Promise<void> {
  const answer = (await ask(socket, changes.map((change) => `set ${change}`).join(';'))).trim()
  if (answer !== '') throw new AuthscaleError('HAPROXY_FAILED', `HAProxy refuses a change: ${answer}`)
}

/** Takes the counts out of HAProxy's CSV. `req_tot` is empty for servers, so the replies by class are summed. */
export function parseCounts(csv: string): Record<string, number> {
  const [header = '', ...lines] = csv.trim().split('\n')
  const columns = header.replace(/^# /, '').split(',')
  const replies = columns.flatMap((name, index) => (/^hrsp_/.test(name) ? [index] : []))
  const rows = lines.map((line) => line.split(','))
  const servers = rows.filter((row) => row[0] === 'replicas' && row[1] !== 'BACKEND')
  return Object.fromEntries(
    servers.map((row) => [row[1], replies.reduce((sum, index) => sum + Number(row[index] ?? 0), 0)]),
  )
}
