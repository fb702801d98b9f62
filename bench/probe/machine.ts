/**
 * Says what a run would find here, what is missing and what that costs. Nothing is fetched and nothing stays; whether
 * CPU quotas are granted shows only when a control group is made, so one is made and removed.
 */
import { AuthscaleError } from '../errors.ts'
import { connectionsAllowed, fileLimit } from '../fleet/limits.ts'
import { allowedCpus, place, placementMethod } from '../fleet/placement.ts'
import { findQuotaMethod } from '../fleet/quota/quota.ts'
import { type Finding, readiness } from '../fleet/readiness.ts'
import { checkNamedRedis } from '../fleet/stores/redis.ts'
import { canFetchPackages } from '../fleet/tools/apt.ts'
import { dockerAnswers } from '../fleet/tools/docker.ts'
import { onPath } from '../fleet/tools/path.ts'
import { findRuntime } from '../fleet/tools/runtime.ts'
import { lookFor, type Tool } from '../fleet/tools/tools.ts'
import { byCore } from '../host/topology.ts'
import { thisMachine } from '../host/tree.ts'
import type { Host, Placement } from '../record/types.ts'
import { captureHost } from './environment.ts'
import { hostCosts } from './host-costs.ts'

/** One finding for each part, most needed first. */
export async function checkMachine(out: string): Promise<Finding[]> {
  const docker = await dockerAnswers()
  const redis = () => (process.env.REDIS_URL ? namedRedis(process.env.REDIS_URL) : lookFor.redis())
  return [
    ok('Node', `${process.version} runs the harness`),
    await runtime(),
    await part('Redis', redis, docker ? ok('Redis', CONTAINER) : missing('Redis')),
    await part('HAProxy', lookFor.haproxy, docker ? ok('HAProxy', CONTAINER) : missing('HAProxy')),
    ...(await readiness(out)),
    cores(),
    ...hostFindings(await captureHost(allowedCpus())),
    scaleModel(),
    files(),
    program('taskset', 'processes cannot be pinned: figures vary more, and every trial carries a warning'),
    program('setpriv', 'after kill -9 of a run, Redis and HAProxy stay until the next run ends them'),
    okIf(docker, 'Docker', docker ? 'an engine answers' : 'no engine answers', DOCKER_USE),
    await part('Chromium', lookFor.chromium, degraded('Chromium', 'not found', CHROMIUM_USE)),
    await part('wrk', lookFor.wrk, degraded('wrk', 'not found', 'only needed for `npm run verify:load`')),
  ]
}

const CONTAINER = 'not here; Docker will provide it'
const DOCKER_USE = 'only needed for docker-compose.yml, or where nothing else provides parts'
const CHROMIUM_USE = 'only needed for the experiment `browser` and for tests'

async function namedRedis(url: string): Promise<Pick<Tool, 'version' | 'source'>> {
  const { version } = await checkNamedRedis(url)
  return { version, source: 'named by REDIS_URL' }
}

async function runtime(): Promise<Finding> {
  const { node, openssl, source } = await findRuntime()
  const detail = `Node ${node}, OpenSSL ${openssl} (${source}) runs what is measured`
  const cost = 'not the pinned Node: compare only with runs on this same version'
  return okIf(source === 'npm', 'measured runtime', detail, cost)
}

/** @param absent what to say when it is not here and no project-local copy can be fetched */
async function part(
  name: string,
  find: () => Promise<Pick<Tool, 'version' | 'source'> | null>,
  absent: Finding,
): Promise<Finding> {
  try {
    const tool = await find()
    if (tool) return ok(name, `${tool.version} (${tool.source})`)
  } catch (error) {
    if (!(error instanceof AuthscaleError)) throw error
    return { ...absent, detail: 'cannot be used', cost: error.message }
  }
  return canFetchPackages()
    ? ok(name, 'not here; the first use fetches a project-local copy, without root')
    : absent
}

function placementOfOne(): Placement {
  const cpus = allowedCpus()
  return place(cpus, 1, placementMethod(), 1, byCore(thisMachine, cpus))
}

function cores(): Finding {
  const { cores, maxExclusiveReplicas } = placementOfOne()
  const detail = `${cores} usable, so up to ${maxExclusiveReplicas} replicas with a core each`
  const cost = 'more replicas share cores: their throughput says nothing about scaling'
  return okIf(maxExclusiveReplicas >= 4, 'cores', detail, cost)
}

/** What it runs on, and each thing about that which costs something. */
function hostFindings(host: Host): Finding[] {
  const { hypervisor, container, cpuQuota } = host
  const beneath = `hypervisor ${hypervisor ?? 'not told'}, container ${container ?? 'not told'}`
  const costs = hostCosts(host, placementOfOne())
  const isFree = !costs.some(({ name }) => name === 'CPU quota')
  return [
    ok('virtualization', beneath),
    ...(isFree ? [ok('CPU quota', cpuQuota === null ? 'none' : `${cpuQuota.value} cores`)] : []),
    ...costs.map(({ name, detail, cost }) => degraded(name, detail, cost)),
  ]
}

function scaleModel(): Finding {
  const { ground, problem } = findQuotaMethod()
  if (ground) return ok('scale model', `processes can be given CPU quotas (${ground.method})`)
  return degraded('scale model', problem, SCALE_MODEL_ADVICE)
}

const SCALE_MODEL_ADVICE =
  'no cluster can be scaled down onto this machine: run as root outside of a container, under `systemd-run --user --scope` where systemd delegates the cpu controller, or with Docker by `docker compose run scale`'

function files(): Finding {
  const detail = `${fileLimit()} a process, enough for ${connectionsAllowed()} connections`
  const cost = 'raise the limit with `ulimit -n 4096` for more connections'
  return okIf(connectionsAllowed() >= 1000, 'connections', detail, cost)
}

function program(name: string, cost: string): Finding {
  const path = process.platform === 'linux' ? onPath(name) : undefined
  return okIf(path !== undefined, name, path ?? 'not found', cost)
}

function okIf(isOk: boolean, name: string, detail: string, cost: string): Finding {
  return isOk ? ok(name, detail) : degraded(name, detail, cost)
}

function ok(name: string, detail: string): Finding {
  return { name, status: 'ok', detail, cost: '' }
}

function missing(name: string): Finding {
  const cost = `no run is possible: install ${name.toLowerCase()} with your package manager`
  return { name, status: 'missing', detail: 'not found', cost }
}

function degraded(name: string, detail: string, cost: string): Finding {
  return { name, status: 'degraded', detail, cost }
}
