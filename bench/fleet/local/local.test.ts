/** Whole fleets of real processes: what they serve, and that nothing of them stays, however they end. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { type SchemeName, schemes } from '../../../servers/scheme.ts'
import { processCpuUs } from '../../probe/proc.ts'
import { cpuQuotas } from '../../testing/needs.ts'
import type { FleetSpec } from '../fleet.ts'
import type { Pacer } from '../pace.ts'
import { freePort, isFree } from '../ports.ts'
import { identify } from '../processes/identity.ts'
import { sweep } from '../processes/manifest.ts'
import { findQuotaMethod } from '../quota/quota.ts'
import { startRedis } from '../stores/redis.ts'
import { openLocalFleet } from './local.ts'

/** A killed harness's servers must be gone within this time. */
const GONE_WITHIN_MS = 5000

const quiet = { log: () => {} }
const temporary = mkdtempSync(join(tmpdir(), 'fleet-'))
const formerTmpdir = process.env.TMPDIR

before(() => {
  // Run folders of other tests are none of this test's business.
  process.env.TMPDIR = temporary
})
after(() => {
  if (formerTmpdir === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = formerTmpdir
  rmSync(temporary, { recursive: true })
})

async function spec(scheme: SchemeName, replicas: number): Promise<FleetSpec> {
  return { scheme, traits: (await schemes[scheme]()).scheme.traits, replicas, users: 10 }
}

/** Requests that each pacer has done, as soon as they are more than some. */
async function workOf(pacers: readonly Pacer[], than: readonly number[] = []): Promise<number[]> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const works = await Promise.all(pacers.map((one) => one.work()))
    const counts = works.map((work) => work?.requests ?? 0)
    if (counts.every((count, i) => count > (than[i] ?? 0))) return counts
    assert.ok(Date.now() < deadline, `pacers do not work: ${counts}`)
    await delay(50)
  }
}

const alive = (pids: readonly (number | null | undefined)[]) => pids.filter((pid) => pid && identify(pid))
const runFolders = () => readdirSync(temporary).filter((name) => name.startsWith('authscale-'))

async function untilGone(pids: readonly number[]): Promise<void> {
  const deadline = Date.now() + GONE_WITHIN_MS
  while (alive(pids).length > 0 && Date.now() < deadline) await delay(20)
  assert.deepEqual(alive(pids), [])
}

/**
 * A free port below the range from which the kernel takes those of outgoing connections: one of these could have
 * become anybody's by the time the proxy binds it.
 */
async function quietPort(): Promise<number> {
  for (let port = 20_000 + (process.pid % 10_000); ; port++) if (await isFree(port)) return port
}

/** Which replica answers each of a client's requests. */
async function visits(url: string, count: number): Promise<string[]> {
  const seen: string[] = []
  let cookie = ''
  for (let request = 0; request < count; request++) {
    const response = await fetch(`${url}/healthz`, { headers: cookie ? { cookie } : {} })
    cookie = response.headers.get('set-cookie')?.split(';')[0] ?? cookie
    seen.push(((await response.json()) as { replica: string }).replica)
  }
  return seen
}

describe('a fleet on this machine', () => {
  test('starts, serves in turn, counts per replica, and leaves nothing behind', async () => {
    const fleet = await openLocalFleet(quiet)
    const running = await fleet.start(await spec('session-redis', 2))
    const pids = [running.redis?.pid, running.proxy.pid, ...running.replicas.map(({ pid }) => pid)]
    assert.equal(alive(pids).length, 4)

    const before = await running.proxyCounts()
    const seen = await visits(running.url, 10)
    assert.deepEqual(seen.toSorted(), [...Array(5).fill('r1'), ...Array(5).fill('r2')])
    const counts = await running.proxyCounts()
    for (const id of ['r1', 'r2']) assert.equal((counts?.[id] ?? 0) - (before?.[id] ?? 0), 5)

    await running.stop()
    assert.deepEqual(alive(pids), [])
    await fleet.close()
    await fleet.close()
    assert.deepEqual(runFolders(), [])
  })

  test('keeps a client at its replica where the state lives in the process', async () => {
    const fleet = await openLocalFleet(quiet)
    try {
      const running = await fleet.start(await spec('session-memory', 2))
      const clients = await Promise.all([
        visits(running.url, 6),
        visits(running.url, 6),
        visits(running.url, 6),
      ])
      for (const client of clients) assert.equal(new Set(client).size, 1, client.join())
      assert.equal(new Set(clients.flat()).size, 2, 'different clients still come to different replicas')
      assert.equal(running.redis, null)
    } finally {
      await fleet.close()
    }
  })

  test('tells when a part ends, but not when it is stopped', async () => {
    const fleet = await openLocalFleet(quiet)
    try {
      const first = await fleet.start(await spec('none', 2))
      process.kill(first.replicas[1]?.pid ?? 0, 'SIGKILL')
      assert.match(await first.died, /^r2 ended/)
      await first.stop()

      const again = await fleet.start(await spec('none', 2))
      process.kill(again.replicas[1]?.pid ?? 0, 'SIGKILL')
      assert.match(await again.died, /^r2 ended/)
      await again.stop()

      const second = await fleet.start(await spec('none', 1))
      process.kill(second.proxy.pid ?? 0, 'SIGKILL')
      assert.match(await second.died, /^haproxy ended \(SIGKILL\)/)

      const third = await fleet.start(await spec('none', 1))
      await third.stop()
      assert.equal(await Promise.race([third.died, delay(300, 'silent')]), 'silent')
    } finally {
      await fleet.close()
    }
  })

  test('a port that is taken is named, and nothing keeps running', async () => {
    const port = await freePort()
    const squatter = createServer().listen(port, '127.0.0.1')
    await once(squatter, 'listening')
    const fleet = await openLocalFleet({ ...quiet, port })
    try {
      await assert.rejects(fleet.start(await spec('none', 1)), {
        code: 'PORT_TAKEN',
        message: new RegExp(`port ${port} is taken.*--port`),
      })
    } finally {
      await fleet.close()
      squatter.close()
    }
    assert.deepEqual(runFolders(), [])
  })

  test('uses the port that the user wants', async () => {
    const port = await quietPort()
    const fleet = await openLocalFleet({ ...quiet, port })
    try {
      for (let trial = 0; trial < 2; trial++) {
        const running = await fleet.start(await spec('none', 1))
        assert.equal(running.url, `http://127.0.0.1:${port}`)
        await visits(running.url, 2)
        await running.stop()
      }
    } finally {
      await fleet.close()
    }
  })
})

describe('a fleet under CPU quotas', { skip: cpuQuotas() }, () => {
  const quotas = { replicaCores: 0.2, redisCores: 0.1, proxyCores: 0.3, ballastCores: 0.5 }
  // Now: a harness with a fleet keeps to the CPUs of the generator.
  const cpus = availableParallelism()

  test('has each process in a group of its own while it runs, and none afterwards', async () => {
    const { ground } = findQuotaMethod()
    assert.ok(ground)
    // Other harnesses may have groups there too.
    const own = () =>
      readdirSync(ground.parent).filter((name) => name.startsWith(`authscale-${process.pid}-`))
    const fleet = await openLocalFleet(quiet)
    try {
      assert.equal(fleet.quotaProblem, null)
      for (let trial = 0; trial < 2; trial++) {
        const running = await fleet.start({ ...(await spec('session-redis', 2)), quotas })
        await running.constrain()
        const { ballast = [], pacers = [] } = running
        assert.deepEqual([ballast.length, pacers.length], [cpus, cpus], 'one on each CPU')
        const numbered = (name: string) => ballast.map((_, i) => `${name}${i + 1}`)
        const parts = [...running.replicas, running.redis, running.proxy].map((part) => part?.pid)
        const pids = [...parts, ...ballast, ...pacers.map(({ pid }) => pid)]
        const groups = pids.map(
          (pid) => /\/authscale-\S+$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[0],
        )
        assert.deepEqual(
          groups.map((group) => group?.split('/').at(-1)),
          ['r1', 'r2', 'redis', 'proxy', ...['ballast', 'pacer'].flatMap(numbered)],
        )
        assert.deepEqual((await visits(running.url, 4)).toSorted(), ['r1', 'r1', 'r2', 'r2'])
        // Limited as soon as they were started, they take seconds to come up.
        const requests = await workOf(pacers)
        const later = await workOf(pacers, requests)
        assert.ok(later.every((count, i) => count > (requests[i] ?? 0)))
        assert.equal(own().length, 1)
        await running.stop()
        assert.deepEqual(own(), [])
        assert.ok(
          [...ballast, ...pacers.map(({ pid }) => pid)].every((pid) => !existsSync(`/proc/${pid}`)),
          'ballast or a pacer outlived its fleet',
        )
      }
      const running = await fleet.start(await spec('none', 1))
      const cgroup = readFileSync(`/proc/${running.proxy.pid}/cgroup`, 'utf8')
      assert.doesNotMatch(cgroup, /authscale/, 'without quotas there are no groups')
    } finally {
      await fleet.close()
    }
  })

  test('sends requests to those in rotation alone, and is free of quotas until it is constrained again', async () => {
    const quotaOf = (pid: number | null) => {
      const group = /^\d+:(?:.*,)?cpu(?:,[^:]*)?:(.*)$/m.exec(
        readFileSync(`/proc/${pid}/cgroup`, 'utf8'),
      )?.[1]
      return Number(readFileSync(`/sys/fs/cgroup/cpu${group}/cpu.cfs_quota_us`, 'utf8'))
    }
    const isVersion1 = findQuotaMethod().ground?.method === 'cgroup-v1'
    const fleet = await openLocalFleet(quiet)
    try {
      const running = await fleet.start({
        ...(await spec('none', 3)),
        quotas: { ...quotas, replicaCores: 0.1 },
      })
      await running.constrain()
      await running.rotate?.(['r2'])
      assert.deepEqual(await visits(running.url, 6), Array(6).fill('r2'))
      const pid = running.replicas[1]?.pid ?? null
      if (isVersion1) assert.equal(quotaOf(pid), cpus * 100_000)
      const other = { ...quotas, replicaCores: 0.1, proxyCores: 0.2, ballastCores: 0.4 }
      await running.constrain(other)
      if (isVersion1) {
        assert.equal(quotaOf(pid), 10_000)
        assert.equal(quotaOf(running.proxy.pid), 20_000)
        for (const one of running.ballast ?? []) assert.equal(quotaOf(one), Math.round(40_000 / cpus))
      }
      await running.rotate?.(['r1', 'r3'])
      assert.deepEqual((await visits(running.url, 4)).toSorted(), ['r1', 'r1', 'r3', 'r3'])
      await assert.rejects(running.constrain({ ...other, replicaCores: 0.001 }), { code: 'QUOTA_TOO_SMALL' })
    } finally {
      await fleet.close()
    }
  })

  test('that is stopped while it is constrained leaves nothing beside it', async () => {
    const fleet = await openLocalFleet(quiet)
    try {
      const running = await fleet.start({ ...(await spec('none', 1)), quotas })
      const constrained = running.constrain()
      await running.stop()
      await constrained.catch(() => {})
      const beside = [...(running.ballast ?? []), ...(running.pacers ?? []).map(({ pid }) => pid)]
      assert.equal(beside.length, 2 * cpus)
      assert.ok(beside.every((pid) => !existsSync(`/proc/${pid}`)))
    } finally {
      await fleet.close()
    }
    assert.deepEqual(runFolders(), [])
  })

  test('that the kernel or the machine cannot grant does not start, and nothing of it stays', async () => {
    const fleet = await openLocalFleet(quiet)
    try {
      const start = async (change: object) =>
        fleet.start({ ...(await spec('none', 1)), quotas: { ...quotas, ...change } })
      await assert.rejects(start({ replicaCores: 0.001 }), {
        code: 'QUOTA_TOO_SMALL',
        message: /^r1 would get 0.001/,
      })
      await assert.rejects(start({ proxyCores: 1000 }), { code: 'QUOTAS_TOO_LARGE' })
    } finally {
      await fleet.close()
    }
    assert.deepEqual(runFolders(), [])
  })

  test('does not start with a Redis whose process is not ours to limit', async () => {
    const theirs = await startRedis()
    process.env.REDIS_URL = theirs.url
    const fleet = await openLocalFleet(quiet)
    try {
      await assert.rejects(fleet.start({ ...(await spec('session-redis', 1)), quotas }), {
        code: 'QUOTA_UNSEEN',
        message: /process of redis .* unset REDIS_URL/,
      })
    } finally {
      delete process.env.REDIS_URL
      await fleet.close()
      await theirs.stop()
    }
  })
})

test('a Redis that the user names is used under a prefix and left as it was', async () => {
  const theirs = await startRedis()
  const client = new Redis(theirs.url)
  await client.set('user:1', 'kept')
  process.env.REDIS_URL = theirs.url
  const fleet = await openLocalFleet(quiet)
  try {
    assert.equal(fleet.parts.redis?.source, 'named')
    const running = await fleet.start(await spec('session-redis', 1))
    const login = await fetch(`${running.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
      body: JSON.stringify({ username: 'user1', password: 'password-1' }),
    })
    assert.equal(login.status, 200)
    const keys = (await client.keys('*')).toSorted()
    assert.equal(keys.length, 2)
    assert.match(keys[0] ?? '', /^authscale:[0-9a-f]{8}-1:/)
    await running.stop()
    assert.deepEqual(await client.keys('*'), ['user:1'])
  } finally {
    delete process.env.REDIS_URL
    await fleet.close()
    client.disconnect()
    await theirs.stop()
  }
})

describe('a harness that is killed', () => {
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    test(`by ${signal}: its servers leave by themselves, and the next start removes the rest`, async () => {
      const harness = spawn(
        process.execPath,
        ['--import', 'tsx', join(import.meta.dirname, '../processes/harness.fixture.ts')],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      )
      const servers = await firstLine(harness)
      assert.equal(alive(servers).length, 4)
      assert.equal(runFolders().length, 1)

      await sweep(() => assert.fail('the folder of a living harness was touched'))
      assert.equal(alive(servers).length, 4)
      assert.equal(runFolders().length, 1)

      harness.kill(signal)
      await once(harness, 'exit')
      try {
        await untilGone(servers)
      } finally {
        await sweep(() => {})
      }
      assert.deepEqual(runFolders(), [])
    })
  }
})

async function firstLine(child: ChildProcess): Promise<number[]> {
  for await (const chunk of child.stdout ?? []) return JSON.parse(String(chunk)) as number[]
  throw new Error('the harness ended before its fleet was up')
}

test('fleets that are up together: one that rests takes no CPU and answers nobody; it wakes, and all are ended', async () => {
  const fleet = await openLocalFleet(quiet)
  const pids: (number | null | undefined)[] = []
  try {
    const specs = [await spec('session-redis', 1), await spec('jwt-hs256', 1)]
    const both = (await fleet.together?.start(specs)) ?? assert.fail()
    assert.equal(both.length, 2)
    for (const { replicas, redis, proxy } of both)
      pids.push(replicas[0]?.pid, proxy.pid, ...(redis ? [redis.pid] : []))
    const [first, second] = both.map(({ url }) => url)
    const health = async (url = '') => (await (await fetch(`${url}/healthz`)).json()) as { scheme: string }
    assert.deepEqual(
      [(await health(first)).scheme, (await health(second)).scheme],
      ['session-redis', 'jwt-hs256'],
    )
    both[0]?.rest?.()
    // A thread that runs on the other CPU is stopped when it next comes to the kernel.
    await delay(50)
    const own = pids.slice(0, 3).map((pid) => processCpuUs(pid ?? 0) ?? Number.NaN)
    assert.equal((await health(second)).scheme, 'jwt-hs256')
    const late = fetch(`${first}/healthz`, { signal: AbortSignal.timeout(400) })
    await assert.rejects(late, { name: 'TimeoutError' })
    assert.deepEqual(
      pids.slice(0, 3).map((pid) => processCpuUs(pid ?? 0)),
      own,
    )
    both[0]?.wake?.()
    assert.equal((await health(first)).scheme, 'session-redis')
    both[0]?.rest?.()
  } finally {
    await fleet.close()
  }
  assert.equal(pids.length, 5)
  assert.deepEqual(alive(pids), [], 'also those that rested')
})
