/** A harness for tests to kill: starts a fleet, prints what runs, and waits. */
import { schemes } from '../../../servers/scheme.ts'
import { openLocalFleet } from '../local/local.ts'

const fleet = await openLocalFleet({ log: (line) => console.error(line) })
const { traits } = (await schemes['session-redis']()).scheme
const running = await fleet.start({ scheme: 'session-redis', traits, replicas: 2, users: 10 })
const servers = [running.redis?.pid, running.proxy.pid, ...running.replicas.map(({ pid }) => pid)]
console.log(JSON.stringify(servers))
setInterval(() => {}, 60_000)
