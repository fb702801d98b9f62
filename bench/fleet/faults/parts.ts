/** What faults are made of: the parts of one fleet, each of which can be broken and mended. */
import type { FaultId } from '../../record/types.ts'
import type { Injector } from '../fleet.ts'
import type { Link } from '../link/link.ts'
import type { RunningProxy } from '../proxy/proxy.ts'
import type { RunningReplicas } from '../replicas.ts'
import type { Persistence, RunningRedis } from '../stores/redis.ts'
import type { Frozen } from './frozen.ts'
import type { Restartable } from './restartable.ts'

/** Those that are done to the fleet, not by its clients. */
export type FleetFaultId = Exclude<FaultId, 'login-storm' | 'hostile-requests'>

/** What a fleet must have besides to be broken so. */
export interface Needs {
  /** What Redis keeps beyond its process; default: nothing. */
  kept?: Persistence
  /** A link between the replicas and Redis. */
  link?: true
  /** A second Redis that replicates the first, over a link of its own; `guarded`: the first writes only while it does. */
  standby?: 'plain' | 'guarded'
  /** The last replica can be told to shift its clock. */
  shiftingClock?: true
}

export interface RedisParts {
  primary: Restartable<RunningRedis>
  /** Null without that need. */
  link: Link | null
  standby: { redis: RunningRedis; link: Link } | null
  /** How long Redis takes to load each key when it is started again; it answers LOADING meanwhile. */
  slowLoading(usPerKey: number): void
}

export interface FleetParts {
  /** Null where the scheme keeps nothing there. */
  redis: RedisParts | null
  replicas: RunningReplicas
  proxy: Restartable<RunningProxy>
  frozen: Frozen
  /** Where a server tells how its clock was set. */
  clockMark: string
  /** Another ring than that of the fleet. */
  makeKeys(): Promise<string>
}

export interface FleetFault {
  needs?: Needs
  /** Throws where the fleet lacks the part. */
  on(parts: FleetParts): Injector
}

/** Throws for a scheme that keeps nothing in Redis: its fleet has none to break. */
export function redisOf({ redis }: FleetParts): RedisParts {
  if (redis === null) throw new Error('a fleet without Redis has none to break')
  return redis
}

export function given<T>(part: T | null, name: string): T {
  if (part === null) throw new Error(`the fleet was started without ${name}`)
  return part
}
