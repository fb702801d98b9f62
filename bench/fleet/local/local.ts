/** A fleet on this machine: Redis, replicas under pm2 and HAProxy, all started fresh for each trial. */
import { AuthscaleError } from '../../errors.ts'
import { byCore } from '../../host/topology.ts'
import { thisMachine } from '../../host/tree.ts'
import type { Environment, Part } from '../../record/types.ts'
import type { Fleet, FleetOptions, FleetSpec, RunningFleet } from '../fleet.ts'
import { allowedCpus, pinHarness, place, placementMethod, placeUnderQuotas } from '../placement.ts'
import { openRunFolder, type RunFolder, sweep } from '../processes/manifest.ts'
import { wrapped } from '../processes/process.ts'
import { startSupervisor } from '../processes/supervised.ts'
import { allOrNone, Undo } from '../processes/undo.ts'
import { findQuotaMethod, type QuotaSupport } from '../quota/quota.ts'
import { SERVER_SETTINGS } from '../server-env.ts'
import { checkNamedRedis } from '../stores/redis.ts'
import { compile } from '../tools/build.ts'
import { openRuntimes } from '../tools/other-runtimes.ts'
import { openPackages } from '../tools/packages.ts'
import { cleanEnvironment, findRuntime, type Runtime } from '../tools/runtime.ts'
import { findChromium, findHaproxy, findRedis } from '../tools/tools.ts'
import type { Ground } from './ground.ts'
import { startTrial } from './local-trial.ts'

/** More replicas than this on one machine measure its scheduler. */
const MAX_REPLICAS = 64

/** Sweeps what a killed run left, finds or fetches the parts, compiles the servers. @throws AuthscaleError */
export async function openLocalFleet(options: FleetOptions): Promise<Fleet> {
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
    const packages = openPackages(build, runtime, options.log)
    const programs = { runtime, runtimes, build, packages, supervisor }
    const kept = { cpus, cores: byCore(thisMachine, cpus), quotas, variables: { seen: null } }
    return fleetOn({ options, folder, ...programs, keys, ...kept, ...parts }, undo)
  } catch (error) {
    await undo.all()
    throw error
  }
}

async function findParts({ log }: FleetOptions): Promise<Pick<Ground, 'redis' | 'haproxy'>> {
  const url = process.env.REDIS_URL
  const redis = url ? { url, part: await checkNamedRedis(url) } : { tool: await findRedis(log) }
  return { redis, haproxy: await findHaproxy(log) }
}

function fleetOn(ground: Ground, undo: Undo): Fleet {
  const { options, folder, runtime, runtimes, build, packages, cpus, cores, redis, haproxy, quotas } = ground
  const laidOut = (replicas: number) => place(cpus, replicas, placementMethod(), options.generators, cores)
  let trials = 0
  let current: Promise<RunningFleet[]> | undefined
  /** Also those that somebody no longer waits for: when they are up after all, nobody else ends them. */
  const stopCurrent = async () => {
    const running = await current?.catch(() => [])
    await Promise.all((running ?? []).map((one) => one.stop()))
  }
  undo.add(stopCurrent)
  /** In place of those before. */
  const startAll = async (specs: readonly FleetSpec[]) => {
    await stopCurrent()
    const placed = specs.map((spec) => {
      const plain = laidOut(spec.replicas)
      return { spec, placement: spec.quotas ? placeUnderQuotas(plain, cpus, spec.quotas) : plain }
    })
    await pinHarness((placed[0]?.placement ?? laidOut(1)).sharedCpus.generator)
    const begin = ({ spec, placement }: (typeof placed)[number], i: number) => {
      // A port that the user wants is that of the first.
      const own = i === 0 ? ground : { ...ground, options: { ...options, port: undefined } }
      return startTrial(own, spec, placement, `${folder.nonce}-${++trials}`)
    }
    current = allOrNone(placed.map(begin), (one) => one.stop())
    return await current
  }
  return {
    placement: laidOut(1),
    maxReplicas: MAX_REPLICAS,
    settable: [
      ...SERVER_SETTINGS,
      ...(['sticky', 'tls', 'node', 'packages', 'proxyReuse', 'proxyRedispatch', 'proxyTimeoutMs'] as const),
      'redisRoundTripMs',
      ...('tool' in redis ? (['redisTransport'] as const) : []),
    ],
    parts: { redis: asPart('tool' in redis ? redis.tool : redis.part), haproxy: asPart(haproxy) },
    runtime: facts(runtime),
    async otherRuntimes(majors) {
      const others = Object.entries(await runtimes.others(majors))
      return Object.fromEntries(others.map(([major, other]) => [major, other && facts(other)]))
    },
    async versionsFor({ node, ...asked }) {
      if (node !== undefined) await runtimes.of(node)
      const exact = Object.entries(asked).map(
        async ([name, version]) => [name, await packages.exact(name, version)] as const,
      )
      const versions = Object.fromEntries(await Promise.all(exact))
      await packages.serverWith(versions)
      return {
        ...(node === undefined ? {} : { node }),
        ...(Object.keys(versions).length > 0 ? { packages: versions } : {}),
      }
    },
    async browserProblem() {
      try {
        await findChromium(options.log)
        return null
      } catch (error) {
        if (error instanceof AuthscaleError) return error.message
        throw error
      }
    },
    get quotaProblem() {
      return quotas().problem
    },
    faultProblem: faultProblemOf(ground),
    async start(spec) {
      const [running] = await startAll([spec])
      if (!running) throw new Error('a fleet that started is not there')
      return running
    },
    together: { most: mostTogether(), start: startAll },
    serverVariables: () => ground.variables.seen,
    generatorFor: (replicas) => ({
      command: wrapped([runtime.command, build.generator], laidOut(replicas).sharedCpus.generator),
      env: cleanEnvironment(),
      processes: options.generators ?? 1,
    }),
    close: () => undo.all(),
  }
}

/** A replica, its Redis and its proxy with 1,000 users, and what else the machine needs. */
const FLEET_BYTES = 200e6
const KEPT_FREE_BYTES = 500e6

/** Also within the limit of a control group. */
const mostTogether = () =>
  Math.max(1, Math.floor((process.availableMemory() - KEPT_FREE_BYTES) / FLEET_BYTES))

function faultProblemOf({ redis, haproxy }: Ground): string | null {
  if (!('tool' in redis)) return 'the Redis that REDIS_URL names is not ours to break'
  const contained = redis.tool.image !== null || haproxy.image !== null
  return contained ? 'Redis or HAProxy runs in a container, whose process is not ours to break' : null
}

/** Found out once, and not before somebody asks: it makes a control group, which a run without quotas needs not. */
function quotaSupport(folder: RunFolder): () => QuotaSupport {
  let support: QuotaSupport | undefined
  return () => {
    if (support) return support
    support = findQuotaMethod()
    if (support.ground) folder.recordQuotaParent(support.ground.parent)
    return support
  }
}

const facts = ({ command: _, ...told }: Runtime): Environment['runtime'] => told
const asPart = ({ version, source }: Part): Part => ({ version, source })
