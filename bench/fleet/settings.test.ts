/** What an arm's settings change about a fleet on this machine, and that nothing of it stays for the next one. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { Redis } from 'ioredis'
import { schemes } from '../../servers/scheme.ts'
import type { Settings } from '../record/types.ts'
import type { Fleet, FleetSpec, RunningFleet } from './fleet.ts'
import { openLocalFleet } from './local/local.ts'
import { serverEnv } from './server-env.ts'
import { startRedis } from './stores/redis.ts'

const temporary = await mkdtemp(join(tmpdir(), 'settings-'))
const formerTmpdir = process.env.TMPDIR
const quiet = { log: () => {} }

before(() => {
  process.env.TMPDIR = temporary
})
after(async () => {
  if (formerTmpdir === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = formerTmpdir
  await rm(temporary, { recursive: true })
})

async function spec(settings: Settings): Promise<FleetSpec> {
  const { traits } = (await schemes['session-redis']()).scheme
  return { scheme: 'session-redis', traits, replicas: 1, users: 10, settings }
}

/** What can be seen of a running fleet from outside. */
async function look(running: RunningFleet) {
  const health = (await (await fetch(`${running.url}/healthz`)).json()) as { node: string }
  const environ = readFileSync(`/proc/${running.replicas[0]?.pid}/environ`, 'utf8').split('\0')
  const client = new Redis(running.redis?.url ?? '')
  const clients = String(await client.client('LIST'))
  client.disconnect()
  const [folder = ''] = readdirSync(temporary).filter((name) => name.startsWith('authscale-'))
  const proxy = `proxy-${new URL(running.url).port}`
  const config = readFileSync(join(temporary, folder, proxy, 'haproxy.cfg'), 'utf8')
  return {
    node: health.node,
    threads: environ.filter((line) => line.startsWith('UV_THREADPOOL_SIZE=')),
    overSocket: clients.split('\n').filter((line) => /addr=[^ ]*redis\.sock/.test(line)).length,
    reuse: /http-reuse (\w+)/.exec(config)?.[1],
  }
}

test('what servers read is in their environment, switches as 1 and 0, and nothing that is not named', () => {
  assert.deepEqual(serverEnv({ touch: false, autoPipelining: true, keyForm: 'bytes', denylistCacheSec: 1 }), {
    TOUCH: '0',
    AUTO_PIPELINING: '1',
    KEY_FORM: 'bytes',
    DENYLIST_CACHE_SEC: '1',
  })
})

describe('settings of an arm', () => {
  let fleet: Fleet
  before(async () => {
    fleet = await openLocalFleet(quiet)
  })
  after(() => fleet.close())

  test('are in force for it, and for it alone', async () => {
    const others = await fleet.otherRuntimes()
    const [major] = Object.keys(others).filter((name) => others[name] !== null)
    const node = major === undefined ? {} : { node: major }
    const tuned = await fleet.start(
      await spec({ ...node, threadPool: 2, redisTransport: 'unix', proxyReuse: 'never' }),
    )
    const expected = major === undefined ? fleet.runtime : others[major]
    assert.deepEqual(await look(tuned), {
      node: `v${expected?.node}`,
      threads: ['UV_THREADPOOL_SIZE=2'],
      overSocket: 1,
      reuse: 'never',
    })
    await tuned.stop()
    const plain = await fleet.start(await spec({}))
    assert.deepEqual(await look(plain), {
      node: `v${fleet.runtime.node}`,
      threads: [],
      overSocket: 0,
      reuse: 'always',
    })
  })

  test('that nobody has are refused', async () => {
    await assert.rejects(fleet.start(await spec({ node: '4' })), { code: 'RUNTIME_UNKNOWN' })
  })
})

test('a Redis that the user names gets no socket', async () => {
  const theirs = await startRedis()
  process.env.REDIS_URL = theirs.url
  const fleet = await openLocalFleet(quiet)
  try {
    assert.ok(!fleet.settable.includes('redisTransport'))
    await assert.rejects(fleet.start(await spec({ redisTransport: 'unix' })), {
      code: 'SETTING_UNKNOWN_HERE',
    })
  } finally {
    delete process.env.REDIS_URL
    await fleet.close()
    await theirs.stop()
  }
})
