/** What happens to a replica or to the proxy: they die, stand still, leave in good order, or disagree with the others. */
import type { Injector } from '../fleet.ts'
import { shiftClock } from './clock.ts'
import type { FleetFault, FleetParts } from './parts.ts'

/** The last one; there must be another, or nothing would be left to serve. */
function victimOf({ replicas: { handles } }: FleetParts) {
  const last = handles.at(-1)
  if (last === undefined || handles.length < 2) throw new Error('a replica is broken only beside another')
  return last
}

const ended =
  (how: 'kill' | 'drain') =>
  (parts: FleetParts): Injector => {
    const { id } = victimOf(parts)
    return { inject: () => parts.replicas[how](id), heal: () => parts.replicas.restart(id) }
  }

const stopped = (parts: FleetParts): Injector => {
  const { pid } = victimOf(parts)
  return { inject: async () => parts.frozen.freeze(pid), heal: async () => parts.frozen.thaw() }
}

/** The proxy is told first, as a deployment does it. */
async function takeOut({ proxy, replicas }: FleetParts, id: string): Promise<void> {
  await proxy.current.take(id, 'drain')
  await replicas.drain(id)
}

async function putBack({ proxy, replicas }: FleetParts, id: string, keys?: string): Promise<void> {
  await replicas.restart(id, keys)
  await proxy.current.take(id, 'ready')
}

const drained = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  return { inject: () => takeOut(parts, id), heal: () => putBack(parts, id) }
}

const otherKeys = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  const replace = async (keys?: string) => {
    await takeOut(parts, id)
    await putBack(parts, id, keys)
  }
  return { inject: async () => replace(await parts.makeKeys()), heal: () => replace() }
}

const clockAhead = (parts: FleetParts): Injector => {
  const { pid } = victimOf(parts)
  const shift = (to: 'ahead' | 'right') => shiftClock(pid, parts.clockMark, to)
  return { inject: () => shift('ahead'), heal: () => shift('right') }
}

const proxyKilled = ({ proxy }: FleetParts): Injector => ({
  inject: () => proxy.kill(),
  heal: () => proxy.restart(),
})

export const serverFaults = {
  'replica-killed': { on: ended('kill') },
  'replica-stopped': { on: stopped },
  /** SIGTERM alone: the proxy learns of it by failing. */
  'replica-terminated': { on: ended('drain') },
  'replica-drained': { on: drained },
  'replica-clock-ahead': { needs: { shiftingClock: true }, on: clockAhead },
  'replica-other-keys': { on: otherKeys },
  'proxy-killed': { on: proxyKilled },
} satisfies Record<string, FleetFault>
