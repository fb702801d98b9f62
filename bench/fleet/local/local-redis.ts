/** The Redis of one trial on this machine: as it is, or such that it can be broken and mended. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { AuthscaleError } from '../../errors.ts'
import type { Placement } from '../../record/types.ts'
import type { Needs, RedisParts } from '../faults/parts.ts'
import { Restartable } from '../faults/restartable.ts'
import type { FleetSpec } from '../fleet.ts'
import { type Link, startLink } from '../link/link.ts'
import type { LinkTarget } from '../link/link-relay.ts'
import type { Undo } from '../processes/undo.ts'
import { type RedisOptions, type RunningRedis, startRedis, useNamedRedis } from '../stores/redis.ts'
import type { Ground } from './ground.ts'

export interface TrialRedis extends RunningRedis {
  /** Whether others use it too. */
  shared: boolean
  /** Null where nothing is going to be broken. */
  breakable: Omit<RedisParts, 'link'> | null
}

/** What a trial's Redis depends on. */
interface Wanted {
  ground: Ground
  spec: FleetSpec
  placement: Placement
  keyPrefix: string
  /** Null where nothing is going to be broken. */
  needs: Needs | null
}

/** Null for a scheme that keeps nothing there. Added to `undo` as soon as it runs. */
export async function startRedisFor(wanted: Wanted, undo: Undo): Promise<TrialRedis | null> {
  const { ground, spec, placement, keyPrefix, needs } = wanted
  const { redis, folder } = ground
  if (!spec.traits.state.includes('redis')) return null
  const wantsSocket = spec.settings?.redisTransport === 'unix'
  if ('url' in redis) {
    if (wantsSocket) throw new AuthscaleError('SETTING_UNKNOWN_HERE', NO_SOCKET)
    return undo.stopping({ ...useNamedRedis(redis.url, keyPrefix), shared: true, breakable: null })
  }
  const place = { tool: redis.tool, folder, cpus: placement.sharedCpus.redis }
  if (needs) return startBreakable(wanted, place, needs, undo)
  const own = await startRedis({
    ...place,
    socket: wantsSocket ? join(folder.path, 'redis.sock') : undefined,
  })
  return undo.stopping({ ...own, shared: false, breakable: null })
}

const NO_SOCKET = 'the Redis that REDIS_URL names cannot be given a Unix socket: unset REDIS_URL'

/** A primary that finds its data again when it is started again, and a standby where one is needed. */
async function startBreakable(
  wanted: Wanted,
  place: RedisOptions,
  needs: Needs,
  undo: Undo,
): Promise<TrialRedis> {
  /** For what a Redis keeps during one trial. */
  const folderFor = (name: string) => {
    const path = join(wanted.ground.folder.path, `redis-${name}`)
    mkdirSync(path, { mode: 0o700 })
    undo.add(() => rmSync(path, { recursive: true }))
    return path
  }
  const options = {
    ...place,
    kept: needs.kept && { how: needs.kept, folder: folderFor('primary') },
    more: needs.standby ? FEEDING[needs.standby] : [],
  }
  const first = await startRedis(options)
  const port = Number(new URL(first.url).port)
  let slow: string[] = []
  const again = () => startRedis({ ...options, port, more: [...options.more, ...slow] })
  const primary = undo.stopping(new Restartable(first, again))
  const standby = needs.standby ? await startStandby(wanted, place, port, folderFor('standby'), undo) : null
  return {
    ...first,
    ended: Promise.race([primary.ended, ...(standby ? [standby.redis.ended, standby.link.ended] : [])]),
    stop: () => primary.stop(),
    shared: false,
    breakable: {
      primary,
      standby,
      slowLoading(usPerKey) {
        // Answers while it loads after each so many bytes; by default after 2 MB.
        slow = ['--key-load-delay', String(usPerKey), '--loading-process-events-interval-bytes', '1024']
      },
    },
  }
}

/** A standby gets its copy at once, instead of after the 5 s in which others might ask for one too. */
const AT_ONCE = ['--repl-diskless-sync-delay', '0']
const FEEDING = {
  plain: AT_ONCE,
  // The shortest lag that it can be told: the standby reports once a second.
  guarded: [...AT_ONCE, '--min-replicas-to-write', '1', '--min-replicas-max-lag', '1'],
} as const

/** @param data a full copy lands in a file, and must not replace that of the primary */
async function startStandby(wanted: Wanted, place: RedisOptions, port: number, data: string, undo: Undo) {
  const to = { host: '127.0.0.1', port }
  const link = undo.stopping(await openLink(wanted, to, 'replication link'))
  const more = ['--replicaof', to.host, String(link.port)]
  const redis = await startRedis({ ...place, kept: { how: 'snapshots', folder: data }, more })
  return { redis: undo.stopping(redis), link }
}

/** Without delay as yet. On the generator's CPUs, where nothing is that a scheme is judged by. */
function openLink({ ground, placement }: Wanted, to: LinkTarget, name: string): Promise<Link> {
  const { runtime, build, folder } = ground
  return startLink({
    command: [runtime.command, build.link],
    to,
    cpus: placement.sharedCpus.generator,
    onPid: (pid) => folder.record(pid, name),
  })
}

/** A link between the replicas and Redis, on whose address the replicas find their Redis. */
export interface Distance {
  link: Link
  /** The same Redis as seen through the link. */
  redisUrl: string
  /** Begins with no delay, so that logins and warm-up take no longer than without; from here on there is one. */
  engage(): Promise<void>
}

/** Null where none is asked for. Added to `undo` as soon as it runs. @throws AuthscaleError LINK_FAILED */
export async function startDistance(wanted: Wanted, redisUrl: string, undo: Undo): Promise<Distance | null> {
  // 0 leaves what the relay itself takes, which is the base of every comparison.
  const roundTripMs = wanted.spec.settings?.redisRoundTripMs ?? (wanted.needs?.link ? 0 : undefined)
  if (roundTripMs === undefined) return null
  // Password and database stay.
  const url = new URL(redisUrl)
  const to = { host: url.hostname, port: Number(url.port || 6379) }
  const link = undo.stopping(await openLink(wanted, to, 'link'))
  url.hostname = '127.0.0.1'
  url.port = String(link.port)
  return { link, redisUrl: url.href, engage: () => link.setRoundTrip(roundTripMs) }
}
