/** What the proofs are carried out with: the compiled generator, servers on CPUs of their own, and a clean end. */

import type { Fleet, RunningFleet } from '../fleet/fleet.ts'
import { openLocalFleet } from '../fleet/local/local.ts'
import { allowedCpus, pinHarness, place, placementMethod } from '../fleet/placement.ts'
import { environmentOf } from '../fleet/processes/child-environment.ts'
import { openRunFolder, sweep } from '../fleet/processes/manifest.ts'
import { wrapped } from '../fleet/processes/process.ts'
import { compile } from '../fleet/tools/build.ts'
import { findRuntime } from '../fleet/tools/runtime.ts'
import { byCore } from '../host/topology.ts'
import { thisMachine } from '../host/tree.ts'
import type { GeneratorOptions } from '../load/job.ts'
import { type HeldServer, type Server, startServer } from './server.ts'
import type { Behaviour } from './server-log.ts'

export interface TestBed {
  /** Servers and generator on different CPUs where there are two. */
  readonly placement: RunningFleet['placement']
  /** Starts the same program, in the same Node, as in a trial. */
  readonly generator: GeneratorOptions
  /** The Node that runs the generator: its program, and what it says of itself. */
  readonly node: string
  /** `bare-main.ts`, compiled. */
  readonly bareSockets: string
  readonly runtime: Fleet['runtime']
  /** Aborts when the user wants to stop. */
  readonly signal: AbortSignal
  /** Says what takes long. */
  log(line: string): void
  /** A server that listens. */
  serve(behaviour?: Behaviour): Promise<Server>
  /** A server that is up and waits to be told where to listen. */
  hold(behaviour?: Behaviour): Promise<HeldServer>
  /** With the fleet of a run on this machine, which is closed at the end. */
  withFleet<T>(action: (fleet: Fleet) => Promise<T>): Promise<T>
  /** Ends every server that is still running. */
  stopServers(): Promise<void>
  /** The same, and removes temporary files. */
  close(): Promise<void>
}

const OWN = { proofServer: 'bench/verify/server-main', bareSockets: 'bench/verify/bare-main' }

/** Compiles the generator and its counterparts, and moves the harness away from the servers' CPU. */
export async function openTestBed({ signal, log }: Pick<TestBed, 'signal' | 'log'>): Promise<TestBed> {
  await sweep(log)
  const folder = openRunFolder()
  const runtime = await findRuntime()
  const build = await compile(folder.nonce, runtime, OWN)
  const cpus = allowedCpus()
  const placement = place(cpus, 1, placementMethod(), 1, byCore(thisMachine, cpus))
  await pinHarness(placement.sharedCpus.generator)
  const { command, ...facts } = runtime
  const servers: HeldServer[] = []
  let fleets: Promise<unknown> = Promise.resolve()

  const hold = async (behaviour: Behaviour = {}) => {
    signal.throwIfAborted()
    const server = await startServer(build.proofServer, placement.replicaCpus[0] ?? [], behaviour, (pid) =>
      folder.record(pid, 'server of the proofs'),
    )
    servers.push(server)
    return server
  }
  const stopServers = async () => {
    await Promise.all(servers.splice(0).map((server) => server.stop()))
  }
  const withFleet = async <T>(action: (fleet: Fleet) => Promise<T>) => {
    // A fleet lays itself out over the CPUs that the harness may use.
    await pinHarness(cpus)
    const fleet = await openLocalFleet({ log })
    try {
      return await action(fleet)
    } finally {
      await fleet.close()
      await pinHarness(placement.sharedCpus.generator)
    }
  }

  return {
    placement,
    runtime: facts,
    node: command,
    bareSockets: build.bareSockets,
    generator: {
      command: wrapped([command, build.generator], placement.sharedCpus.generator),
      env: environmentOf('measured'),
      processes: 1,
    },
    signal,
    log,
    hold,
    serve: async (behaviour) => (await hold(behaviour)).listen(),
    withFleet(action) {
      const result = withFleet(action)
      fleets = Promise.allSettled([fleets, result])
      return result
    },
    stopServers,
    async close() {
      // An interrupted proof is not waited for, but its fleet is.
      await fleets
      await stopServers()
      await pinHarness(cpus)
      await build.remove()
      folder.remove()
    },
  }
}
