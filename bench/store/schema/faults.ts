/** What is asked of a trial under a fault, and what it saw. */
import { z } from 'zod'

export const faultIdSchema = z.enum([
  'redis-killed-snapshots',
  'redis-killed-log',
  'redis-stopped',
  'redis-flushed',
  'redis-full',
  'redis-evicting',
  'redis-read-only',
  'redis-busy',
  'redis-loading',
  'redis-far',
  'redis-replies-cut',
  'redis-partitioned',
  'failover',
  'failover-guarded',
  'logins-expired',
  'replica-killed',
  'replica-stopped',
  'replica-terminated',
  'replica-drained',
  'replica-clock-ahead',
  'replica-other-keys',
  'proxy-killed',
  'login-storm',
  'hostile-requests',
])
