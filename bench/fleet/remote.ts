/** A fleet of containers that docker-compose.yml started: found by DNS, its servers changed through their agents. */
import { randomBytes } from 'node:crypto'
import { resolve4 } from 'node:dns/promises'
import os from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { AuthscaleError } from '../errors.ts'
import { fetchWhole } from '../load/wire/exchange.ts'
import type { Environment, Part, Placement } from '../record/types.ts'
import type { Fleet, FleetOptions, FleetSpec, ReplicaHandle, RunningFleet } from './fleet.ts'
import { environmentOf } from './processes/child-environment.ts'
import { replicaEnv, SERVER_SETTINGS } from './server-env.ts'
import { checkNamedRedis, useNamedRedis } from './stores/redis.ts'
import { compile } from './tools/build.ts'
import { findRuntime } from './tools/runtime.ts'

/** Ports inside the compose network, as servers/agent.ts, servers/Dockerfile and servers/haproxy.cfg have them. */
const AGENT_PORT = 3001
const REPLICA_PORT = 3000
const ROUND_ROBIN_PORT = 8080
const STICKY_PORT = 8081

const READY_MS = 30_000
const POLL_MS = 100
const REQUEST_MS = 20_000

/** @param service DNS name that resolves to every replica */
export async function openRemoteFleet(
  service: string,
  { port, generators, log }: FleetOptions,
): Promise<Fleet> {
  if (port !== undefined) {
    const message = '--port: the ports of this fleet are fixed in docker-compose.yml; leave it out'
    throw new AuthscaleError('REMOTE_PORT', message)
  }
  const proxyHost = process.env.AUTHSCALE_PROXY ?? 'proxy'
  const redisUrl = process.env.REDIS_URL
  if (!redisUrl)
    throw new AuthscaleError('REDIS_MISSING', 'REDIS_URL is not set: name the Redis that the replicas use')
  const addresses = (await resolve4(service).catch(() => [])).sort()
  if (addresses.length === 0) {
    const advice = 'start some, for example with docker compose up --scale replica=3'
    throw new AuthscaleError('NO_REPLICAS', `no replica answers to the name '${service}': ${advice}`)
  }
  log(`found ${addresses.length} replicas behind ${proxyHost}`)

  const nonce = randomBytes(8).toString('hex')
  const [redis, runtime] = await Promise.all([checkNamedRedis(redisUrl), findRuntime()])
  const build = await compile(nonce, runtime)
  const ground = { addresses, nonce, redisUrl, proxyHost, keys: await build.makeKeys() }
  return {
    placement,
    maxReplicas: addresses.length,
    settable: SERVER_SETTINGS,
    parts: { redis, haproxy: { version: 'not told', source: 'remote' } satisfies Part },
    runtime: { ...(await versions(addresses[0] as string)), source: 'remote' },
    otherRuntimes: async () => ({}),
    browserProblem: async () => BROWSER_PROBLEM,
    quotaProblem:
      'containers have the CPU quotas that docker-compose.yml gives them; `docker compose run scale` starts one that divides its own',
    faultProblem: 'its parts run elsewhere, and are not ours to break',
    start: (spec) => start(spec, ground),
    serverVariables: () => null,
    generatorFor: () => ({
      command: [runtime.command, build.generator],
      env: environmentOf('measured'),
      processes: generators ?? 1,
    }),
    async close() {
      await Promise.allSettled(addresses.map((address) => askAgent(address, 'DELETE')))
      await build.remove()
    },
  }
}

interface Ground {
  addresses: readonly string[]
  nonce: string
  redisUrl: string
  proxyHost: string
  keys: string
}

/** Nothing is pinned across containers, so no replica can be said to have a core of its own. */
const placement: Placement = {
  method: 'remote',
  cores: os.availableParallelism(),
  replicaCpus: [],
  sharedCpus: { redis: [], proxy: [], generator: [] },
  maxExclusiveReplicas: 0,
}

const BROWSER_PROBLEM =
  'servers believe only a proxy on their own machine that a request came over HTTPS, and these are in ' +
  'containers of their own'

/** The first N replicas get a server, the others none: the proxy's health checks then leave them out. */
async function start(spec: FleetSpec, ground: Ground): Promise<RunningFleet> {
  const { addresses, nonce, redisUrl, proxyHost, keys } = ground
  const usesRedis = spec.traits.state.includes('redis')
  const keyPrefix = `authscale:${nonce}:`
  const replicas: ReplicaHandle[] = addresses
    .slice(0, spec.replicas)
    .map((address, i) => ({ id: `r${i + 1}`, url: `http://${address}:${REPLICA_PORT}`, pid: null }))
  await Promise.all(
    addresses.map((address, i) => {
      const replica = replicas[i]
      if (!replica) return askAgent(address, 'DELETE')
      const told = { replica: replica.id, nonce, keys, keyPrefix, redisUrl: usesRedis ? redisUrl : undefined }
      return askAgent(address, 'PUT', { env: replicaEnv(spec, told) })
    }),
  )
  const port = spec.traits.state === 'process' ? STICKY_PORT : ROUND_ROBIN_PORT
  const url = `http://${proxyHost}:${port}`
  await allAnswer(url, spec, nonce)
  return {
    url,
    replicas,
    placement,
    redis: usesRedis ? { url: redisUrl, pid: null } : null,
    proxy: { pid: null },
    proxyCounts: async () => null,
    constrain: async () => {},
    // A container that ends shows as wrong answers and refused logins; there is no process here to watch.
    died: new Promise(() => {}),
    async stop() {
      await Promise.all(addresses.map((address) => askAgent(address, 'DELETE')))
      if (usesRedis) await useNamedRedis(redisUrl, keyPrefix).stop()
    },
  }
}

/** Waits until the proxy has found every replica of this trial, and none of another one. */
async function allAnswer(url: string, spec: FleetSpec, nonce: string): Promise<void> {
  const deadline = Date.now() + READY_MS
  let inRow = new Set<string>()
  let streak = 0
  // Twice round without a stranger: the health checks have settled.
  while (streak < 2 * spec.replicas || inRow.size < spec.replicas) {
    if (Date.now() > deadline) {
      const reached = `${inRow.size} of ${spec.replicas} replicas within ${READY_MS / 1_000} s`
      throw new AuthscaleError('FLEET_NOT_READY', `the proxy at ${url} reached ${reached}: see its log`)
    }
    const health = await fetchWhole(`${url}/healthz`, REQUEST_MS)
      .then(({ ok, body }) => (ok ? (JSON.parse(body) as Record<string, string>) : null))
      .catch(() => null)
    if (health?.nonce === nonce && health.scheme === spec.scheme && health.replica) {
      inRow.add(health.replica)
      streak += 1
    } else {
      inRow = new Set()
      streak = 0
      await delay(POLL_MS)
    }
  }
}

async function askAgent(address: string, method: 'GET' | 'PUT' | 'DELETE', body?: object): Promise<string> {
  const request = { method, ...(body ? { body: JSON.stringify(body) } : {}) }
  const answer = await fetchWhole(`http://${address}:${AGENT_PORT}/server`, REQUEST_MS, request)
  if (answer.ok) return answer.body
  throw new Error(`the agent of replica ${address} answered ${answer.status}: ${answer.body.trim()}`)
}

async function versions(address: string): Promise<Omit<Environment['runtime'], 'source'>> {
  return JSON.parse(await askAgent(address, 'GET'))
}
