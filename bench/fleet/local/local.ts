/** A fleet on this machine: Redis, replicas under pm2 and HAProxy, all started fresh for each trial. */

import { AuthscaleError } from '../../errors.ts'
import type { GeneratorOptions } from '../../load/job.ts'
import type { Environment, Part, Placement } from '../../record/schema/run.ts'
import type { Setting } from '../../record/schema/settings.ts'
import type { Fleet, FleetOptions, FleetSpec, RunningFleet } from '../fleet.ts'
import { allowedCpus, pinHarness, place, placementMethod } from '../placement.ts'
import { openRunFolder, type RunFolder, sweep } from '../processes/manifest.ts'
import { wrapped } from '../processes/process.ts'
import { startSupervisor } from '../processes/supervised.ts'
import { Undo } from '../processes/undo.ts'
import { findQuotaMethod, type QuotaSupport } from '../quota/quota.ts'
import { placeUnderQuotas } from '../quota/quota-placement.ts'
import { SERVER_SETTINGS } from '../server-env.ts'
import { checkNamedRedis } from '../stores/redis.ts'
import { compile } from '../tools/build.ts'
import { openRuntimes } from '../tools/other-runtimes.ts'
import { cleanEnvironment, findRuntime, type Runtime } from '../tools/runtime.ts'
import { findChromium, findHaproxy, findRedis } from '../tools/tools.ts'
import type { Ground, Parts } from './ground.ts'
import { startTrial } from './local-trial.ts'

/** More replicas than this on one machine measure its scheduler. */
const MAX_REPLICAS = 64

/** Sweeps what a killed run left, finds or fetches the parts, compiles the servers. @throws AuthscaleError */
export async function openLocalFleet(options: FleetOptions): Promise<LocalFleet> {
  await sweep(options.log)
  const folder = openRunFolder()
  const undo = new Undo()
  undo.add(() => folder.remove())
  try {
    const parts = await findParts(options)
    const runtime = await findRuntime()
    const runtimes = openRuntimes(runtime, options.log)
    const build = await compile(folder.nonce, runtime)
    undo.add(() => build.remove())
    const supervisor = await startSupervisor(runtime.command, build.supervisor, folder)
    undo.add(() => supervisor.close())
    const cpus = allowedCpus()
    undo.add(() => pinHarness(cpus))
    const keys = await build.makeKeys()
    const quotas = quotaSupport(folder)
    const ground = { options, folder, runtime, runtimes, build, supervisor, keys, cpus, quotas, ...parts }
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
  readonly settable: readonly Setting[]
  readonly placement: Placement
  readonly #ground: Ground
  readonly #undo: Undo
  #trials = 0
  #current: Promise<RunningFleet> | undefined

  constructor(ground: Ground, undo: Undo) {
    this.#ground = ground
    this.#undo = undo
    this.placement = this.#place(1)
    const own: Setting[] = 'tool' in ground.redis ? ['redisTransport'] : []
    this.settable = [
      ...SERVER_SETTINGS,
      'sticky',
      'tls',
      'node',
      'proxyReuse',
      'proxyRedispatch',
      'proxyTimeoutMs',
      'redisRoundTripMs',
      ...own,
    ]
  }

  get parts() {
    const { redis, haproxy } = this.#ground
    return { redis: asPart('tool' in redis ? redis.tool : redis.part), haproxy: asPart(haproxy) }
  }

  get runtime() {
    return facts(this.#ground.runtime)
  }

  async otherRuntimes() {
    const others = Object.entries(await this.#ground.runtimes.others())
    return Object.fromEntries(others.map(([major, runtime]) => [major, runtime && facts(runtime)]))
  }

  async browserProblem() {
    try {
      await findChromium(this.#ground.options.log)
      return null
    } catch (error) {
      if (error instanceof AuthscaleError) return error.message
      throw error
    }
  }

  get quotaMethod() {
    return this.#ground.quotas().ground?.method ?? null
  }

  get quotaProblem() {
    return this.#ground.quotas().problem
  }

  get faultProblem() {
    const { redis, haproxy } = this.#ground
    if (!('tool' in redis)) return 'the Redis that REDIS_URL names is not ours to break'
    const contained = redis.tool.image !== null || haproxy.image !== null
    return contained ? 'Redis or HAProxy runs in a container, whose process is not ours to break' : null
  }

  /** One trial at a time. */
  async start(spec: FleetSpec): Promise<RunningFleet> {
    await this.#stopCurrent()
    const plain = this.#place(spec.replicas)
    const placement = spec.quotas ? placeUnderQuotas(plain, this.#ground.cpus, spec.quotas) : plain
    await pinHarness(placement.sharedCpus.generator)
    const nonce = `${this.#ground.folder.nonce}-${++this.#trials}`
    this.#current = startTrial(this.#ground, spec, placement, nonce)
    return await this.#current
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
      await this.#stopCurrent()
    } finally {
      await this.#undo.all()
    }
  }

  /** Also one that somebody no longer waits for: when it is up after all, nobody else ends it. */
  async #stopCurrent(): Promise<void> {
    const running = await this.#current?.catch(() => null)
    await running?.stop()
  }

  #place(replicas: number): Placement {
    const { cpus, options } = this.#ground
    return place(cpus, replicas, placementMethod(), options.generators)
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
function facts({ command: _, ...told }: Runtime): Environment['runtime'] {
  return told
}
function asPart({ version, source }: Part): Part {
  return { version, source }
}
