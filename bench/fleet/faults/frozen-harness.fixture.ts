/** A harness for tests to kill while a part of its fleet is stopped: prints what runs, breaks it, says so, and waits. */
import type { FaultId } from '../../record/types.ts'
import { traits } from '../../traits.ts'
import { openLocalFleet } from '../local/local.ts'

const fault = process.argv[2] as FaultId
const scheme = 'session-redis'
const fleet = await openLocalFleet({ log: (line) => console.error(line) })
const running = await fleet.start({ scheme, traits: traits[scheme], replicas: 2, users: 10, fault })
await running.injector?.inject()
console.log(
  JSON.stringify([running.redis?.pid, running.proxy.pid, ...running.replicas.map(({ pid }) => pid)]),
)
setInterval(() => {}, 60_000)
