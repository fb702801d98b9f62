/** Each fault in a few words, for tables and charts. */
import type { FaultId } from '../../record/types.ts'
import type { Summary } from './schema.ts'

type Entry = Summary['faults'][number]

const WORDS: Readonly<Record<FaultId, string>> = {
  'redis-killed-log': 'Redis killed, kept a log (AOF)',
  'redis-killed-snapshots': 'Redis killed, kept snapshots (RDB)',
  'redis-stopped': 'Redis stands still (SIGSTOP)',
  'redis-flushed': 'Redis forgets all (FLUSHALL)',
  'redis-full': 'Redis full, noeviction',
  'redis-evicting': 'Redis full, evicts (LRU)',
  'redis-read-only': 'Redis read-only (READONLY)',
  'redis-busy': 'Redis busy with a script (BUSY)',
  'redis-loading': 'Redis loads its data (LOADING)',
  'redis-far': 'Redis 50 ms further away',
  'redis-replies-cut': 'Redis’s replies cut in their middle',
  'redis-partitioned': 'Redis cut off, silently',
  failover: 'failover, standby was cut off',
  'failover-guarded': 'failover, min-replicas-to-write 1',
  'logins-expired': 'all sessions expire at once',
  'replica-killed': 'a replica killed',
  'replica-stopped': 'a replica stands still',
  'replica-terminated': 'a replica told to leave (SIGTERM)',
  'replica-drained': 'a replica drained, then told to leave',
  'replica-clock-ahead': 'a replica’s clock 60 s ahead',
  'replica-other-keys': 'a replica with other keys',
  'proxy-killed': 'proxy killed',
  'login-storm': '600 logins/s besides',
  'hostile-requests': 'malformed, slow and huge requests',
}

/** What the proxy does with a replica that it cannot reach, where an arm says so; its default has changed. */
const REDISPATCH = { true: '; proxy tries another', false: '; proxy tries no other' }

/** With what else is unlike the stack as it is. */
export function faultWords({ fault, settings }: Entry): string {
  const { proxyRedispatch, proxyTimeoutMs } = settings
  const tries = proxyRedispatch === undefined ? '' : REDISPATCH[`${proxyRedispatch}`]
  const waits = proxyTimeoutMs === undefined ? '' : `; proxy waits ${proxyTimeoutMs / 1_000} s`
  return `${WORDS[fault]}${tries}${waits}`
}

/** The scheme, with the mode in which it is not as by default. */
export function schemeWords({ scheme, settings }: Entry): string {
  return settings.denylistDown === 'open' ? `${scheme}, open` : scheme
}
