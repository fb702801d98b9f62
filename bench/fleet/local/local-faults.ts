/** Breaks a fleet on this machine as its spec asks, one step at a time, and leaves nothing standing still. */
import { join } from 'node:path'
import { clockPreload } from '../faults/clock.ts'
import { Frozen } from '../faults/frozen.ts'
import { networkFaults } from '../faults/network-faults.ts'
import type { FleetFault, FleetFaultId, FleetParts, Needs } from '../faults/parts.ts'
import { redisFaults } from '../faults/redis-faults.ts'
import { serverFaults } from '../faults/server-faults.ts'
import type { FleetSpec, Injector } from '../fleet.ts'
import type { Link } from '../link/link.ts'
import type { Undo } from '../processes/undo.ts'
import type { Ground } from './ground.ts'
import type { TrialRedis } from './local-redis.ts'

const fleetFaults: Readonly<Record<FleetFaultId, FleetFault>> = {
  ...redisFaults,
  ...networkFaults,
  ...serverFaults,
}

/** Null where nothing is going to be done to the fleet. */
export function needsOf({ fault }: FleetSpec): Needs | null {
  return isOfFleet(fault) ? (fleetFaults[fault].needs ?? {}) : null
}

function isOfFleet(fault: FleetSpec['fault']): fault is FleetFaultId {
  return fault !== undefined && Object.hasOwn(fleetFaults, fault)
}

/** What the last replica loads before its own code; undefined where nothing of the kind is asked for. */
export function preloadFor({ build, folder }: Ground, needs: Needs | null): string | undefined {
  return needs?.shiftingClock && clockPreload(build.clock, clockMark(folder))
}

const clockMark = ({ path }: Ground['folder']) => join(path, 'clock')

/**
 * Null where nothing is going to be done to the fleet. When all is undone, a step that is under way is waited for, what stands
 * still is let go on, and nothing is broken any more.
 */
export function openInjector(
  { build, folder }: Ground,
  { fault }: FleetSpec,
  running: Pick<FleetParts, 'replicas' | 'proxy'> & { redis: TrialRedis | null; link: Link | null },
  undo: Undo,
): Injector | null {
  if (!isOfFleet(fault)) return null
  const { redis, link, ...others } = running
  const frozen = new Frozen()
  undo.add(() => frozen.thaw())
  const parts = {
    ...others,
    redis: redis?.breakable ? { ...redis.breakable, link } : null,
    frozen,
    clockMark: clockMark(folder),
    makeKeys: build.makeKeys,
  }
  return inTurn(fleetFaults[fault].on(parts), undo)
}

function inTurn(injector: Injector, undo: Undo): Injector {
  let isOver = false
  let last: Promise<void> = Promise.resolve()
  const step = (take: () => Promise<void>) => {
    last = last.then(async () => {
      if (isOver) throw new Error('the fleet is being stopped')
      await take()
    })
    return last
  }
  undo.add(async () => {
    isOver = true
    // The caller of the step hears of its failure.
    await last.catch(() => {})
  })
  return { inject: () => step(injector.inject), heal: () => step(injector.heal) }
}
