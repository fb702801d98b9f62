/** What happens between the replicas and Redis: distance, cut replies, a partition, a failover to the standby. */
import type { Injector } from '../fleet.ts'
import { withRedis } from '../stores/redis.ts'
import { type FleetFault, type FleetParts, given, redisOf } from './parts.ts'

const linkOf = (parts: FleetParts) => given(redisOf(parts).link, 'a link to Redis')

/** As far as another continent. */
const FAR_MS = 50

const far = (parts: FleetParts): Injector => {
  const link = linkOf(parts)
  return { inject: () => link.setRoundTrip(FAR_MS), heal: () => link.setRoundTrip(0) }
}

const partitioned = (parts: FleetParts): Injector => {
  const link = linkOf(parts)
  return { inject: () => link.hold(), heal: () => link.release() }
}

/** Long enough to connect and to ask a little in between. */
const CUT_EVERY_MS = 150

const cut = (parts: FleetParts): Injector => {
  const link = linkOf(parts)
  let timer: NodeJS.Timeout | undefined
  let last: Promise<void> = Promise.resolve()
  return {
    async inject() {
      await link.cut()
      timer = setInterval(() => {
        // The link answers one question at a time.
        last = last.then(() => link.cut())
        last.catch(() => clearInterval(timer))
      }, CUT_EVERY_MS)
    },
    async heal() {
      clearInterval(timer)
      await last
    },
  }
}

/**
 * The primary loses its standby and does not know; its clients do not either, and go on. Then the standby is promoted
 * and they are led to it: what the primary acknowledged meanwhile is lost.
 */
const failover = (parts: FleetParts): Injector => {
  const link = linkOf(parts)
  const standby = given(redisOf(parts).standby, 'a standby')
  return {
    inject: () => standby.link.hold(),
    async heal() {
      await withRedis(standby.redis.url, (client) => client.call('REPLICAOF', 'NO', 'ONE'), 'as it is')
      const { hostname, port } = new URL(standby.redis.url)
      await link.setTarget({ host: hostname, port: Number(port) })
    },
  }
}

export const networkFaults = {
  'redis-far': { needs: { link: true }, on: far },
  'redis-replies-cut': { needs: { link: true }, on: cut },
  'redis-partitioned': { needs: { link: true }, on: partitioned },
  failover: { needs: { link: true, standby: 'plain' }, on: failover },
  'failover-guarded': { needs: { link: true, standby: 'guarded' }, on: failover },
} satisfies Record<string, FleetFault>
