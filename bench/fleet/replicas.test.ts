/** Replicas under pm2 for real: their identity, stolen ports, servers that refuse to start. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { schemes } from '../../servers/scheme.ts'
import { freePort } from './ports.ts'
import { identify } from './processes/identity.ts'
import { openRunFolder, type RunFolder } from './processes/manifest.ts'
import { type Supervisor, startSupervisor } from './processes/supervised.ts'
import { type ReplicaPlan, startReplicas } from './replicas.ts'
import { type Build, compile } from './tools/build.ts'
import { findRuntime, type Runtime } from './tools/runtime.ts'

describe('replicas', () => {
  const temporary = mkdtempSync(join(tmpdir(), 'replicas-'))
  const formerTmpdir = process.env.TMPDIR
  let folder: RunFolder
  let runtime: Runtime
  let build: Build
  let supervisor: Supervisor
  let keys: string
  let trials = 0

  before(async () => {
    process.env.TMPDIR = temporary
    folder = openRunFolder()
    runtime = await findRuntime()
    build = await compile(folder.nonce, runtime)
    supervisor = await startSupervisor(runtime.command, build.supervisor, folder)
    keys = await build.makeKeys()
  })
  after(async () => {
    await supervisor.close()
    await build.remove()
    if (formerTmpdir === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = formerTmpdir
    rmSync(temporary, { recursive: true })
  })

  async function plan(changes: Partial<ReplicaPlan>): Promise<ReplicaPlan> {
    const { traits } = (await schemes.none()).scheme
    return {
      runtime,
      script: build.server,
      spec: { scheme: 'none', traits, replicas: 1, users: 10 },
      nonce: `trial-${++trials}`,
      keys,
      redisUrl: undefined,
      keyPrefix: '',
      cpus: [[0]],
      supervisor,
      folder,
      ...changes,
    }
  }

  /** A server on a port that a replica is told to take, answering like one of another trial. */
  async function squatter(health: object): Promise<{ port: number; server: Server }> {
    const server = createServer((_, response) => response.end(JSON.stringify(health)))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { port: (server.address() as AddressInfo).port, server }
  }

  test('the pid is the server’s own, on the pinned runtime and on its CPU', async () => {
    const running = await startReplicas(await plan({}))
    const [replica] = running.handles
    const health = (await (await fetch(`${replica?.url}/healthz`)).json()) as Record<string, unknown>
    assert.equal(health.pid, replica?.pid)
    assert.equal(String(health.node).replace('v', ''), runtime.node)
    const heap = await (await fetch(`${replica?.url}/metrics?gc=1`)).text()
    assert.match(heap, /nodejs_heap_size_used_bytes \d+/)
    await running.stop()
    assert.equal(identify(replica?.pid ?? 0), null)
  })

  test('a port stolen in the last moment: another one is tried', async () => {
    const { port, server } = await squatter({ nonce: 'another', scheme: 'none', replica: 'r1' })
    const ports = [port, port, await freePort()]
    try {
      const running = await startReplicas(await plan({ choosePort: async () => ports.shift() as number }))
      assert.notEqual(running.handles[0]?.port, port)
      assert.deepEqual(ports, [], 'both stolen ports were given up')
      await running.stop()
    } finally {
      server.close()
    }
  })

  test('ports that are always stolen: a clear error after a bounded number of tries', async () => {
    const { port, server } = await squatter({ nonce: 'another' })
    let tries = 0
    const choosePort = async () => {
      tries++
      return port
    }
    try {
      await assert.rejects(startReplicas(await plan({ choosePort })), {
        code: 'REPLICA_FAILED',
        message: /replica r1 of none did not start: .*(EADDRINUSE|another server answers)/,
      })
      assert.equal(tries, 5)
    } finally {
      server.close()
    }
  })

  test('a server on another Node than the one that is recorded is refused', async () => {
    await assert.rejects(startReplicas(await plan({ runtime: { ...runtime, node: '1.2.3' } })), {
      code: 'REPLICA_FAILED',
      message: /replica r1 of none did not start: Node v\d.* runs it, not 1\.2\.3/,
    })
  })

  test('a server that refuses to start is quoted, and the others are ended', async () => {
    const { spec } = await plan({})
    await assert.rejects(
      startReplicas(await plan({ keys: '{}', spec: { ...spec, replicas: 2 }, cpus: [] })),
      {
        code: 'REPLICA_FAILED',
        message: /replica r\d of none did not start: .*KEYS/,
      },
    )
  })
})
