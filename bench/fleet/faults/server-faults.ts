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

const killed = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  return {
    inject: () => parts.replicas.kill(id),
    heal: async () => void (await parts.replicas.restart(id)),
  }
}

const stopped = (parts: FleetParts): Injector => {
  const { pid } = victimOf(parts)
  return { inject: async () => parts.frozen.freeze(pid), heal: async () => parts.frozen.thaw() }
}

/** SIGTERM alone: the proxy learns of it by failing. */
const terminated = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  return {
    inject: () => parts.replicas.drain(id),
    heal: async () => void (await parts.replicas.restart(id)),
  }
}

/** The proxy is told first, as a deployment does it. */
const drained = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  const { replicas, proxy } = parts
  return {
    async inject() {
      await proxy.current.take(id, 'drain')
      await replicas.drain(id)
    },
    async heal() {
      await replicas.restart(id)
      await proxy.current.take(id, 'ready')
    },
  }
}

const otherKeys = (parts: FleetParts): Injector => {
  const { id } = victimOf(parts)
  const { replicas, proxy, makeKeys } = parts
  const replace = async (keys?: string) => {
    await proxy.current.take(id, 'drain')
    await replicas.drain(id)
    await replicas.restart(id, keys)
    await proxy.current.take(id, 'ready')
  }
  return { inject: async () => replace(await makeKeys()), heal: () => replace() }
}

const clockAhead = (parts: FleetParts): Injector => {
  const { pid } = victimOf(parts)
  return {
    inject: () => shiftClock(pid, parts.clockMark, 'ahead'),
    heal: () => shiftClock(pid, parts.clockMark, 'right'),
  }
}

const proxyKilled = ({ proxy }: FleetParts): Injector => ({
  inject: () => proxy.kill(),
  heal: () => proxy.restart(),
})

export const serverFaults = {
  'replica-killed': { on: killed },
  'replica-stopped': { on: stopped },
  'replica-terminated': { on: terminated },
  'replica-drained': { on: drained },
  'replica-clock-ahead': { needs: { shiftingClock: true }, on: clockAhead },
  'replica-other-keys': { on: otherKeys },
  'proxy-killed': { on: proxyKilled },
} satisfies Record<string, FleetFault>
