/** A fleet on this machine: Redis, replicas under pm2 and HAProxy, all started fresh for each trial. */
import { AuthscaleError } from '../errors.ts'
import type {
  Fleet,
  FleetOptions,
  FleetSpec,
  GeneratorOptions,
  Part,
  Placement,
  Quotas,
  RunningFleet,
} from '../types.ts'
import { type Build, compile } from './build.ts'
import { openRunFolder, type RunFolder, sweep } from './manifest.ts'
import { allowedCpus, pinHarness, place, placementMethod } from './placement.ts'
import { wrapped } from './process.ts'
import { startProxy } from './proxy.ts'
import { findQuotaMethod, openQuotas, type QuotaGroups, type QuotaSupport } from './quota.ts'
import { placeUnderQuotas } from './quota-placement.ts'
import { checkNamedRedis, startRedis, useNamedRedis } from './redis.ts'
import { startReplicas } from './replicas.ts'
import { cleanEnvironment, findRuntime, type Runtime } from './runtime.ts'
import { SERVER_SETTINGS } from './server-env.ts'
import { type Supervisor, startSupervisor } from './supervised.ts'
import { findHaproxy, findRedis, type Tool } from './tools.ts'

/** More replicas than this on one machine measure its scheduler. */
const MAX_REPLICAS = 64

/** Everything that outlives a single trial. */
interface Ground extends Parts {
  options: FleetOptions
  folder: RunFolder
  runtime: Runtime
  build: Build
  supervisor: Supervisor
  keys: string
  cpus: readonly number[]
  quotas: () => QuotaSupport
}

interface Parts {
  haproxy: Tool
  /** A server to start, or one that the user already runs. */
  redis: { tool: Tool } | { url: string; part: Part }
}

/** Sweeps what a killed run left, finds or fetches the parts, compiles the servers. @throws AuthscaleError */
export async function openLocalFleet(options: FleetOptions): Promise<LocalFleet> {
  await sweep(options.log)
  const folder = openRunFolder()
  const undo = new Undo()
  undo.add(() => folder.remove())
  try {
    const parts = await findParts(options)
    const runtime = await findRuntime()
    const build = await compile(folder.nonce, runtime)
    undo.add(() => build.remove())
    const supervisor = await startSupervisor(runtime.command, build.supervisor, folder)
    undo.add(() => supervisor.close())
    const cpus = allowedCpus()
    undo.add(() => pinHarness(cpus))
    const keys = await build.makeKeys()
    const quotas = quotaSupport(folder)
    const ground = { options, folder, runtime, build, supervisor, keys, cpus, quotas, ...parts }
    return new LocalFleet(ground, undo)
  } catch (error) {
    await undo.all()
    throw error
  }
}

async function findParts({ log }: FleetOptions): Promise<Parts> {
  const url = process.env.REDIS_URL
  const redis = url ? { url, part: await checkNamedRedis(url) } : { tool: await findRedis(log) }
  return { redis, haproxy: await findHaproxy(log) }
}

class LocalFleet implements Fleet {
  readonly maxReplicas = MAX_REPLICAS
  readonly settable = SERVER_SETTINGS
  readonly placement: Placement
  readonly #ground: Ground
  readonly #undo: Undo
  #trials = 0
  #current: RunningFleet | undefined

  constructor(ground: Ground, undo: Undo) {
    this.#ground = ground
    this.#undo = undo
    this.placement = this.#place(1)
  }

  get parts() {
    const { redis, haproxy } = this.#ground
    return { redis: asPart('tool' in redis ? redis.tool : redis.part), haproxy: asPart(haproxy) }
  }

  get runtime() {
    const { command: _, ...facts } = this.#ground.runtime
    return facts
  }

  get quotaMethod() {
    return this.#ground.quotas().ground?.method ?? null
  }

  get quotaProblem() {
    return this.#ground.quotas().problem
  }

  /** One trial at a time. */
  async start(spec: FleetSpec): Promise<RunningFleet> {
    await this.#current?.stop()
    const plain = this.#place(spec.replicas)
    const placement = spec.quotas ? placeUnderQuotas(plain, this.#ground.cpus, spec.quotas) : plain
    await pinHarness(placement.sharedCpus.generator)
    const nonce = `${this.#ground.folder.nonce}-${++this.#trials}`
    this.#current = await startTrial(this.#ground, spec, placement, nonce)
    return this.#current
  }

  generatorFor(replicas: number): GeneratorOptions {
    const { runtime, build, options } = this.#ground
    return {
      command: wrapped([runtime.command, build.generator], this.#place(replicas).sharedCpus.generator),
      env: cleanEnvironment(),
      processes: options.generators ?? 1,
    }
  }

  async close(): Promise<void> {
    try {
      await this.#current?.stop()
    } finally {
      await this.#undo.all()
    }
  }

  #place(replicas: number): Placement {
    const { cpus, options } = this.#ground
    return place(cpus, replicas, placementMethod(), options.generators)
  }
}

async function startTrial(
  ground: Ground,
  spec: FleetSpec,
  placement: Placement,
  nonce: string,
): Promise<RunningFleet> {
  const undo = new Undo()
  let stopped = false
  try {
    const quotas = spec.quotas && openQuotasFor(ground)
    // Removed last, when the processes inside have ended.
    if (quotas) undo.add(() => quotas.close())
    const keyPrefix = `authscale:${nonce}:`
    const redis = await startRedisFor(ground, spec, placement, keyPrefix)
    if (redis) undo.add(() => redis.stop())
    const replicas = await startReplicas({
      node: ground.runtime.command,
      script: ground.build.server,
      spec,
      nonce,
      keys: ground.keys,
      redisUrl: redis?.url,
      // In a Redis of our own a prefix would only add to the bytes of each key that are measured.
      keyPrefix: redis?.shared ? keyPrefix : '',
      cpus: placement.replicaCpus,
      supervisor: ground.supervisor,
      folder: ground.folder,
    })
    undo.add(() => replicas.stop())
    const proxy = await startProxy({
      tool: ground.haproxy,
      folder: ground.folder,
      cpus: placement.sharedCpus.proxy,
      port: ground.options.port,
      sticky: spec.traits.state === 'process',
      replicas: replicas.handles,
    })
    undo.add(() => proxy.stop())
    const pids = { replicas: replicas.handles, redis, proxy }
    return {
      url: proxy.url,
      replicas: replicas.handles.map(({ id, url, pid }) => ({ id, url, pid })),
      placement,
      redis: redis && { url: redis.url, pid: redis.pid },
      proxy: { pid: proxy.pid },
      proxyCounts: () => proxy.counts(),
      limitCpu: () => quotas && spec.quotas && limit(quotas, spec.quotas, pids),
      died: untilStopped([replicas.died, proxy.ended, ...(redis ? [redis.ended] : [])], () => stopped),
      stop: () => {
        stopped = true
        return undo.all()
      },
    }
  } catch (error) {
    await undo.all()
    throw error
  }
}

/** Found out once, and not before somebody asks: it makes a control group, which a run without quotas needs not. */
function quotaSupport(folder: RunFolder): () => QuotaSupport {
  let support: QuotaSupport | undefined
  return () => {
    if (support === undefined) {
      support = findQuotaMethod()
      if (support.ground) folder.recordQuotaParent(support.ground.parent)
    }
    return support
  }
}

/** @throws AuthscaleError NO_QUOTAS */
function openQuotasFor({ quotas, folder }: Ground): QuotaGroups {
  const { ground, problem } = quotas()
  if (ground) return openQuotas(ground, folder.nonce)
  throw new AuthscaleError('NO_QUOTAS', `${problem}; npm run doctor says what would help`)
}

type Pids = Pick<RunningFleet, 'replicas' | 'redis' | 'proxy'>

/** @throws AuthscaleError QUOTA_UNSEEN for a part whose process is not on this machine or not told */
function limit(groups: QuotaGroups, quotas: Quotas, { replicas, redis, proxy }: Pids): void {
  const parts = [
    ...replicas.map(({ id, pid }) => ({ name: id, pid, cores: quotas.replicaCores })),
    ...(redis ? [{ name: 'redis', pid: redis.pid, cores: quotas.redisCores }] : []),
    { name: 'proxy', pid: proxy.pid, cores: quotas.proxyCores },
  ]
  for (const { name, pid, cores } of parts) {
    if (pid === null) {
      const advice = 'unset REDIS_URL, or install it on this machine'
      throw new AuthscaleError(
        'QUOTA_UNSEEN',
        `the process of ${name} cannot be seen to be limited: ${advice}`,
      )
    }
    groups.limit(name, pid, cores)
  }
}

/** The first ending that nobody asked for. */
function untilStopped(endings: readonly Promise<string>[], stopped: () => boolean): Promise<string> {
  return Promise.race(endings).then((reason) => (stopped() ? new Promise<never>(() => {}) : reason))
}

async function startRedisFor(
  { redis, folder }: Ground,
  spec: FleetSpec,
  placement: Placement,
  keyPrefix: string,
) {
  if (!spec.traits.state.includes('redis')) return null
  if ('url' in redis) return { ...useNamedRedis(redis.url, keyPrefix), shared: true }
  return {
    ...(await startRedis({ tool: redis.tool, folder, cpus: placement.sharedCpus.redis })),
    shared: false,
  }
}

function asPart({ version, source }: Part): Part {
  return { version, source }
}

/** Steps that take back what was done, latest first. A step that fails does not keep the others from running. */
class Undo {
  readonly #steps: (() => unknown)[] = []

  add(step: () => unknown): void {
    this.#steps.push(step)
  }

  /** Each step runs once, however often this is called. @throws the first failure, when all have run */
  async all(): Promise<void> {
    const failures: unknown[] = []
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
  }
}
