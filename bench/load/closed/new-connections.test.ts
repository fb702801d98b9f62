/** A connection for each request: against a server that keeps its own account, and through a proxy that speaks TLS. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import type { TlsVersion } from '../../fleet/proxy/proxy.ts'
import { namedUsers, startServer, type TestServer } from '../../testing/load-server.ts'
import { startProxyAt } from '../../testing/proxy.ts'
import type { Credentials } from '../credentials.ts'
import type { Load, LoadReport } from '../job.ts'
import { logIn } from '../login.ts'
import { mergeShares } from '../merge.ts'
import { runClosedLoop } from './closed-loop.ts'

const CONNECTIONS = 4

interface Options {
  reuse?: 'new' | 'resumed'
  credentials?: Credentials
  signal?: AbortSignal
  warmupSec?: number
}

interface Loaded extends LoadReport {
  openedAtNs: number
  closedAtNs: number
}

async function load(url: string, options: Options = {}): Promise<Loaded> {
  const { reuse = 'new', credentials = namedUsers(25), signal = new AbortController().signal } = options
  const { warmupSec = 0.3 } = options
  const edges: number[] = []
  const load = { loop: 'closed', connections: CONNECTIONS, reuse } satisfies Load
  const share = await runClosedLoop(
    { url, load, warmupSec, measureSec: 0.6, verifyEvery: 1 },
    credentials,
    () => edges.push(Number(process.hrtime.bigint())),
    signal,
  )
  return { ...mergeShares(load, [share]), openedAtNs: edges[0] ?? 0, closedAtNs: edges[1] ?? 0 }
}

/** The test server behind a real proxy. */
async function behindTls(t: TestContext, server: TestServer, tls: TlsVersion): Promise<string> {
  const path = mkdtempSync(join(tmpdir(), 'new-connections-'))
  const proxy = await startProxyAt(path, Number(new URL(server.url).port), { tls })
  t.after(async () => {
    await proxy.stop()
    rmSync(path, { recursive: true })
  })
  return proxy.url
}

test('each request comes over a connection of its own, all users rotate, and the server counts the same', async (t) => {
  const server = await startServer(t)
  const report = await load(server.url)
  const { perUser, repliesAtNs, connections } = await server.account()
  const requests = Object.values(perUser).reduce((sum, n) => sum + n, 0)
  assert.ok(connections - requests <= CONNECTIONS && connections >= requests, `${connections}, ${requests}`)
  const inWindow = repliesAtNs.filter((at) => at >= report.openedAtNs && at <= report.closedAtNs).length
  assert.ok(Math.abs(inWindow - report.requests) <= CONNECTIONS, `${inWindow}, ${report.requests}`)
  assert.ok(inWindow < repliesAtNs.length, 'the warm-up sent requests too')
  assert.equal(report.distinctUsers, 25)
  assert.deepEqual(report.statusCounts, { 200: report.requests })
  assert.deepEqual([report.errors, report.wrongAnswers, report.wrongExamples], [0, 0, []])
  assert.ok(report.verifiedBodies >= report.requests - CONNECTIONS)
  assert.equal(report.handshakes, null)
})

test('no connection stays open behind the request that it was made for', async (t) => {
  const open = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
  const before = open()
  await load((await startServer(t)).url)
  await new Promise((resolve) => setTimeout(resolve, 300))
  assert.ok(open() <= before + CONNECTIONS, `${open()} sockets, ${before} before`)
})

test('bytes are those that the server read and wrote', async (t) => {
  const server = await startServer(t)
  const report = await load(server.url, { credentials: namedUsers(10) })
  const { requestBytes, replyBytes } = await server.account()
  assert.deepEqual([requestBytes.length, replyBytes.length], [1, 1])
  assert.equal(report.bytesSent, report.requests * (requestBytes[0] ?? 0))
  assert.equal(report.bytesReceived, report.requests * (replyBytes[0] ?? 0))
})

test('latency is all of the connection’s time: mean × throughput is the number of slots', async (t) => {
  const { requests, windowSec, latencyUs } = await load((await startServer(t, 'slow')).url)
  assert.ok(latencyUs.p50 >= 20_000, `${latencyUs.p50}`)
  const inFlight = (requests / windowSec) * (latencyUs.mean / 1e6)
  assert.ok(Math.abs(inFlight / CONNECTIONS - 1) < 0.15, `${inFlight} in flight`)
})

test('a reply that does not come, or is another user’s, is counted', async (t) => {
  const dropped = async (mode: 'hanging-up' | 'resetting') => {
    const report = await load((await startServer(t, mode)).url)
    assert.ok(report.errors > 0 && report.requests > report.errors, `${mode}: ${report.errors}`)
    assert.match(report.wrongExamples[0] ?? '', /ended before the reply|ECONNRESET/)
  }
  const mixedUp = async () => assert.ok((await load((await startServer(t, 'mixed-up')).url)).wrongAnswers > 0)
  const silent = async () => {
    // Long enough that each slot has met its unanswered request before the window opens.
    const { errors } = await load((await startServer(t, 'hanging')).url, { warmupSec: 2 })
    assert.equal(errors, CONNECTIONS, 'a slot that heard nothing all through the window')
  }
  await Promise.all([
    silent(),
    dropped('hanging-up')
      .then(() => dropped('resetting'))
      .then(mixedUp),
  ])
})

describe('through a proxy', { concurrency: 2 }, () => {
  for (const tls of ['1.2', '1.3'] as const) {
    test(`TLS ${tls}: new connections shake hands in full, resumed ones do not`, async (t) => {
      const server = await startServer(t)
      const url = await behindTls(t, server, tls)
      // Credentials that the server has to recognize: they went through the proxy too.
      const job = { url, transport: 'bearer' as const, users: 25, concurrency: 4 }
      const { credentials } = await logIn(job)
      for (const reuse of ['new', 'resumed'] as const) {
        const report = await load(url, { reuse, credentials })
        assert.deepEqual([report.errors, report.wrongAnswers, report.wrongExamples], [0, 0, []])
        assert.equal(report.distinctUsers, 25)
        const { full = 0, resumed = 0 } = report.handshakes ?? {}
        assert.ok(Math.abs(full + resumed - report.requests) <= CONNECTIONS, `${full} + ${resumed}`)
        assert.equal(reuse === 'new' ? resumed : full, 0)
      }
    })
  }
})

test('sessions cannot be resumed without TLS', async (t) => {
  const { url } = await startServer(t)
  await assert.rejects(load(url, { reuse: 'resumed' }), { code: 'RESUMES_NOTHING' })
})

test('a job that is ended early sends nothing more', async (t) => {
  const server = await startServer(t)
  const ended = new AbortController()
  const loading = load(server.url, { signal: ended.signal })
  setTimeout(() => ended.abort(), 100)
  await assert.rejects(loading, { name: 'AbortError' })
  const { connections } = await server.account()
  await new Promise((resolve) => setTimeout(resolve, 300))
  const later = (await server.account()).connections - connections
  assert.ok(later <= CONNECTIONS, `${later} more, when those that were under way are ${CONNECTIONS}`)
})
