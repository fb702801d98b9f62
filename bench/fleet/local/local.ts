/** A fleet on this machine: Redis, replicas under pm2 and HAProxy, all started fresh for each trial. */

import { AuthscaleError } from '../../errors.ts'
import { byCore } from '../../host/topology.ts'
import { thisMachine } from '../../host/tree.ts'
import { announced } from '../../load/in-time.ts'
import type { Environment, Part } from '../../record/types.ts'
import type { Fleet, FleetOptions, FleetSpec, RunningFleet } from '../fleet.ts'
import { freeProcesses } from '../limits.ts'
import { allowedCpus, pinHarness, place, placementMethod, placeUnderQuotas } from '../placement.ts'
import { environmentOf } from '../processes/child-environment.ts'
import { openRunFolder, othersAtWork, type RunFolder, sweep } from '../processes/manifest.ts'
import { wrapped } from '../processes/process.ts'
import { startSupervisor } from '../processes/supervised.ts'
import { allOrNone, Undo } from '../processes/undo.ts'
import { findQuotaMethod, type QuotaSupport } from '../quota/quota.ts'
import { requireReady } from '../readiness.ts'
import { SERVER_SETTINGS } from '../server-env.ts'
import { checkNamedRedis } from '../stores/redis.ts'
import { compile } from '../tools/build.ts'
import { openCommits } from '../tools/commits.ts'
import { openRuntimes } from '../tools/other-runtimes.ts'
import { openPackages } from '../tools/packages.ts'
import { findRuntime, type Runtime } from '../tools/runtime.ts'
import { findChromium, findHaproxy, findRedis } from '../tools/tools.ts'
import type { Ground } from './ground.ts'
import { startTrial } from './local-trial.ts'

/** More replicas than this on one machine measure its scheduler. */
const MAX_REPLICAS = 64

/** Sweeps what a killed run left, finds or fetches the parts, compiles the servers. @throws AuthscaleError */
export async function openLocalFleet(options: FleetOptions): Promise<Fleet> {
  const { log, out = null } = options
  await requireReady(out)
  await sweep(log)
  for (const pid of othersAtWork())
    log(
      `another authscale is at work here (process ${pid}): each takes CPU from the other, and gates reject what that spoils`,
    )
  const folder = openRunFolder()
  const undo = new Undo()
  undo.add(() => folder.remove())
  try {
    const parts = await announced('Redis and HAProxy', findParts(options), log)
    const runtime = await announced('Node to run', findRuntime(), log)
    const runtimes = openRuntimes(runtime, log)
    const build = await announced('the servers to compile', compile(folder.nonce, runtime), log)
    undo.add(() => build.remove())
    const supervisor = await startSupervisor(runtime.command, build.supervisor, folder)
    undo.add(() => supervisor.close())
    const cpus = allowedCpus()
    undo.add(() => pinHarness(cpus))
    const keys = await build.makeKeys()
    const quotas = quotaSupport(folder)
    const packages = openPackages(build, runtime, log)
    const commits = openCommits(build, log)
    const programs = { runtime, runtimes, build, packages, commits, supervisor }
    const kept = { cpus, cores: byCore(thisMachine, cpus), quotas, variables: { seen: null } }
    return fleetOn({ options, folder, ...programs, keys, ...kept, ...parts }, undo)
  } catch (error) {
    await undo.all()
    throw error
  }
}

async function findParts({ log }: FleetOptions): Promise<Pick<Ground, 'redis' | 'haproxy'>> {
  const url = process.env.REDIS_URL
  const findStore = async () =>
    url ? { url, part: await checkNamedRedis(url) } : { tool: await findRedis(log) }
  // Side by side, since each may have to be fetched; and none goes on when the other has failed.
  const [redis, haproxy] = await Promise.allSettled([findStore(), findHaproxy(log)])
  if (redis.status === 'rejected') throw redis.reason
  if (haproxy.status === 'rejected') throw haproxy.reason
  return { redis: redis.value, haproxy: haproxy.value }
}

function fleetOn(ground: Ground, undo: Undo): Fleet {
  const { options, folder, runtime, runtimes, build, packages, commits } = ground
  const { cpus, cores, redis, haproxy, quotas } = ground
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
    return await announced('servers to start', current, options.log)
  }
  return {
    placement: laidOut(1),
    maxReplicas: MAX_REPLICAS,
    settable: [
      ...SERVER_SETTINGS,
      ...([
        'sticky',
        'tls',
        'node',
        'packages',
        'commit',
        'proxyReuse',
        'proxyRedispatch',
        'proxyTimeoutMs',
      ] as const),
      'redisRoundTripMs',
      ...('tool' in redis ? (['redisTransport'] as const) : []),
    ],
    parts: { redis: asPart('tool' in redis ? redis.tool : redis.part), haproxy: asPart(haproxy) },
    runtime: facts(runtime),
    async otherRuntimes(majors) {
      const others = Object.entries(await runtimes.others(majors))
      return Object.fromEntries(others.map(([major, other]) => [major, other && facts(other)]))
    },
    async versionsFor({ node, commit, ...asked }) {
      if (commit !== undefined) {
        const exact = await commits.exact(commit)
        await commits.serverOf(exact)
        return { commit: exact }
      }
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
      env: environmentOf('measured'),
      processes: options.generators ?? 1,
    }),
    close: () => undo.all(),
  }
}

/** A replica, its Redis and its proxy with 1,000 users, and what else the machine needs; most processes are threads. */
const FLEET = { bytes: 200e6, processes: 20 }
const BESIDE = { bytes: 500e6, processes: 65 }

/** Also within the limits of a control group and of the user. */
function mostTogether(): number {
  const byMemory = (process.availableMemory() - BESIDE.bytes) / FLEET.bytes
  const byProcesses = (freeProcesses() - BESIDE.processes) / FLEET.processes
  return Math.max(1, Math.floor(Math.min(byMemory, byProcesses)))
}

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
