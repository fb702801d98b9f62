/** All that tests of servers take from the harness: a Redis that it has fetched, the Node that it measures with, and quick starts. */
export { type RunningRedis, startRedis } from '../../bench/fleet/stores/redis.ts'
export { findRuntime } from '../../bench/fleet/tools/runtime.ts'
export { quickStarting } from '../../bench/testing/programs.ts'
