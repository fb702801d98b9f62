/** All that tests of servers take from the harness: a Redis that it has fetched, and how programs are started quickly. */
export { type RunningRedis, startRedis } from '../../bench/fleet/stores/redis.ts'
export { quickStarting } from '../../bench/testing/programs.ts'
