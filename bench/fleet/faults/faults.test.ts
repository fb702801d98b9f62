/** Each way to break a fleet, done to a real one: what its users are answered before, meanwhile and afterwards. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SchemeName } from '../../../servers/scheme.ts'
import { type Client, type Login, openClient } from '../../observe/client.ts'
import type { FaultId } from '../../record/types.ts'
import { fleetForTests } from '../../testing/fleet.ts'
import { linuxProcesses } from '../../testing/needs.ts'
import { traits } from '../../traits.ts'
import type { RunningFleet } from '../fleet.ts'
import { identify } from '../processes/identity.ts'
import { Frozen } from './frozen.ts'

const fleet = fleetForTests('faults')
const LIMIT_MS = 2_000
const PROCESSES = 4

interface Broken {
  running: RunningFleet
  client: Client
  /** What the proxy answers to an old login's read, to a new login, and to the logout of another login. */
  look(): Promise<[use: Status, login: Status, logout: Status]>
  /** Reads of one old login, several times through the proxy. */
  reads(login: Login): Promise<Status[]>
  old: Login
}
type Status = number | 'lost' | 'hang'

/** Starts a fleet that can be broken so, and ends it whatever happens. */
async function onFleet(fault: FaultId, scheme: SchemeName, use: (broken: Broken) => Promise<void>) {
  const running = await fleet().start({ scheme, traits: traits[scheme], replicas: 2, users: 50, fault })
  const client = openClient(traits[scheme], LIMIT_MS)
  const proxy = { id: 'proxy', url: running.url }
  const status = (operation: { status: number | null; end: string }) =>
    (operation.status ?? operation.end) as Status
  try {
    const old = (await client.login(0, proxy)).login
    const spare: Login[] = []
    for (let user = 1; user <= 6; user++) spare.push((await client.login(user, proxy)).login)
    await use({
      running,
      client,
      old,
      reads: async (login) => {
        const seen: Status[] = []
        for (let i = 0; i < 4; i++) seen.push(status(await client.use(login, proxy)))
        return seen
      },
      look: async () => {
        const leaving = spare.pop() ?? assert.fail('too many looks')
        return [
          status(await client.use(old, proxy)),
          status((await client.login(10, proxy)).operation),
          status(await client.revoke(leaving, 'logout', proxy)),
        ]
      },
    })
  } finally {
    client.close()
    await running.stop()
  }
}

const WELL: [Status, Status, Status] = [200, 200, 204]
const DOWN: [Status, Status, Status] = [503, 503, 503]

/** Servers connect to Redis again within their longest pause, which is a second. */
const BACK_WITHIN_MS = 3_000

/** The first answers that are no sign of an outage any more. */
async function afterOutage(reads: () => Promise<Status[]>): Promise<Status[]> {
  const deadline = performance.now() + BACK_WITHIN_MS
  for (;;) {
    const seen = await reads()
    if (!seen.includes(503) || performance.now() > deadline) return seen
    await sleep(50)
  }
}

const table: { fault: FaultId; scheme: SchemeName; meanwhile: [Status, Status, Status]; after?: Status }[] = [
  { fault: 'redis-killed-snapshots', scheme: 'session-redis-tuned', meanwhile: DOWN, after: 401 },
  { fault: 'redis-full', scheme: 'session-redis', meanwhile: [200, 503, 204] },
  { fault: 'redis-read-only', scheme: 'session-redis', meanwhile: [200, 503, 503] },
  { fault: 'redis-read-only', scheme: 'session-redis-tuned', meanwhile: DOWN },
  { fault: 'redis-busy', scheme: 'session-redis-tuned', meanwhile: DOWN },
  { fault: 'redis-loading', scheme: 'session-redis', meanwhile: DOWN },
  { fault: 'logins-expired', scheme: 'session-redis-tuned', meanwhile: [401, 200, 401], after: 401 },
  { fault: 'proxy-killed', scheme: 'none', meanwhile: ['lost', 'lost', 'lost'] },
]

describe('faults that all of a fleet feels', () => {
  for (const { fault, scheme, meanwhile, after = 200 } of table) {
    test(`${fault} under ${scheme}`, async () => {
      await onFleet(fault, scheme, async ({ running, look, old, reads }) => {
        assert.deepEqual(await look(), WELL)
        await running.injector?.inject()
        assert.deepEqual(await look(), meanwhile)
        await running.injector?.heal()
        // From every replica, so that the next look finds them all back.
        assert.deepEqual(await afterOutage(() => reads(old)), Array(4).fill(after))
        if (after === 200) assert.deepEqual(await look(), WELL)
      })
    })
  }
})

describe('faults that some feel', () => {
  test('a failover under a partition forgets a logout that was acknowledged, and keeps what was copied', async () => {
    await onFleet('failover', 'session-redis', async ({ running, client, old, reads }) => {
      const proxy = { id: 'proxy', url: running.url }
      const early = (await client.login(20, proxy)).login
      assert.equal((await client.revoke(early, 'logout', proxy)).status, 204)
      const late = (await client.login(21, proxy)).login
      // Replication takes a moment; the standby is asked for nothing meanwhile.
      await sleep(300)
      await running.injector?.inject()
      assert.equal((await client.revoke(late, 'logout', proxy)).status, 204)
      assert.deepEqual(await reads(late), [401, 401, 401, 401])
      await running.injector?.heal()
      assert.deepEqual(await afterOutage(() => reads(late)), [200, 200, 200, 200], 'the logout is lost')
      assert.deepEqual(await reads(early), [401, 401, 401, 401])
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
    })
  })

  test('a guarded primary refuses logouts once it knows that nobody copies them', async () => {
    await onFleet('failover-guarded', 'session-redis', async ({ running, look }) => {
      await running.injector?.inject()
      await sleep(3_000)
      assert.deepEqual(await look(), [200, 503, 503])
    })
  })

  test('another replica’s keys: half of the requests are refused, and none as an error', async () => {
    await onFleet('replica-other-keys', 'jwt-hs256', async ({ running, old, reads }) => {
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
      await running.injector?.inject()
      assert.deepEqual((await reads(old)).toSorted(), [200, 200, 401, 401])
      await running.injector?.heal()
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
    })
  })

  test('a clock a minute ahead: its new tokens are from the future to the others, until it is set back', async () => {
    await onFleet('replica-clock-ahead', 'jwt-hs256', async ({ running, client, old, reads }) => {
      const [near, ahead] = running.replicas
      assert.ok(near && ahead)
      await running.injector?.inject()
      const { login } = await client.login(20, ahead)
      assert.equal((await client.use(login, ahead)).status, 200)
      assert.equal((await client.use(login, near)).status, 401)
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
      await running.injector?.heal()
      const later = await client.login(21, ahead)
      assert.equal((await client.use(later.login, near)).status, 200)
    })
  })

  test('a replica that is drained: the other serves everything, and then both do', async () => {
    await onFleet('replica-drained', 'jwt-hs256', async ({ running, old, reads }) => {
      await running.injector?.inject()
      const before = await running.proxyCounts()
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
      const meanwhile = await running.proxyCounts()
      assert.equal((meanwhile?.r1 ?? 0) - (before?.r1 ?? 0), 4)
      await running.injector?.heal()
      assert.deepEqual(await reads(old), [200, 200, 200, 200])
      assert.equal(((await running.proxyCounts())?.r2 ?? 0) - (meanwhile?.r2 ?? 0), 2)
    })
  })

  test('a replica that is killed and comes back is no death of the fleet, one that then dies by itself is', async () => {
    await onFleet('replica-killed', 'session-memory', async ({ running }) => {
      await running.injector?.inject()
      assert.equal(await Promise.race([running.died, sleep(300, 'silent')]), 'silent')
      await running.injector?.heal()
      const url = running.replicas[1]?.url
      const { pid } = (await (await fetch(`${url}/healthz`)).json()) as { pid: number }
      process.kill(pid, 'SIGKILL')
      assert.match(await running.died, /^r2 ended/)
    })
  })
})

describe('nothing stays stopped', { skip: linuxProcesses }, () => {
  const stateOf = (pid: number) => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  /** A signal takes effect a moment after it was sent. */
  const untilStopped = async (pids: readonly number[]) => {
    const deadline = performance.now() + 5_000
    while (!pids.some((pid) => stateOf(pid) === 'T')) {
      assert.ok(performance.now() < deadline, 'nothing is stopped')
      await sleep(5)
    }
  }

  for (const fault of ['redis-stopped', 'replica-stopped'] as const) {
    test(`${fault}: a fleet that is stopped in the middle is gone at once`, async () => {
      const scheme = 'session-redis'
      const running = await fleet().start({ scheme, traits: traits[scheme], replicas: 2, users: 5, fault })
      await running.injector?.inject()
      const pid = (fault === 'redis-stopped' ? running.redis?.pid : running.replicas[1]?.pid) ?? assert.fail()
      await untilStopped([pid])
      const pids = [running.redis?.pid, running.proxy.pid, ...running.replicas.map((one) => one.pid)]
      const startMs = performance.now()
      await running.stop()
      // A stopped process hears no SIGTERM: without being let go on first, it would be waited for and then killed.
      const graceMs = fault === 'redis-stopped' ? 3_000 : 5_000
      assert.ok(performance.now() - startMs < graceMs, `${performance.now() - startMs} ms`)
      assert.deepEqual(
        pids.map((one) => one && identify(one)),
        Array(PROCESSES).fill(null),
      )
      await assert.rejects(running.injector?.heal() ?? assert.fail(), /is being stopped/)
    })

    test(`${fault}: a harness that is killed in the middle leaves nothing`, async () => {
      const fixture = join(import.meta.dirname, 'frozen-harness.fixture.ts')
      const harness = spawn(process.execPath, ['--import', 'tsx', fixture, fault], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [line] = await once(harness.stdout, 'data')
      const pids = JSON.parse(String(line)) as number[]
      assert.equal(pids.filter((pid) => identify(pid)).length, PROCESSES)
      await untilStopped(pids)
      harness.kill('SIGKILL')
      const deadline = Date.now() + 5_000
      while (pids.some((pid) => identify(pid)) && Date.now() < deadline) await sleep(20)
      assert.deepEqual(
        pids.filter((pid) => identify(pid)),
        [],
      )
    })
  }

  test('a process that ended meanwhile is left alone, whoever has its pid', async () => {
    const child = spawn('sleep', ['60'])
    await once(child, 'spawn')
    const frozen = new Frozen()
    frozen.freeze(child.pid ?? 0)
    await untilStopped([child.pid ?? 0])
    child.kill('SIGKILL')
    await once(child, 'exit')
    frozen.thaw()
    assert.throws(() => frozen.freeze(child.pid ?? 0), /no process/)
  })
})
