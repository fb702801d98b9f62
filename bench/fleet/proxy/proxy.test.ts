/** HAProxy for real: refused configurations, counts, cookies. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, createServer, get, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startProxyAt } from '../../testing/proxy.ts'
import { freePort } from '../ports.ts'
import { parseCounts, proxyConfig } from './proxy.ts'

test('a configuration that HAProxy refuses is reported in HAProxy’s own words', async () => {
  const path = mkdtempSync(join(tmpdir(), 'proxy-'))
  try {
    await assert.rejects(startProxyAt(path, 99_999), {
      code: 'HAPROXY_REFUSED',
      message: /^HAProxy did not start: \[ALERT\].*server.*r1.*port/,
    })
  } finally {
    rmSync(path, { recursive: true })
  }
})

test('a replica that ends before the proxy has met it is the reason, and nobody waits for it', async () => {
  const path = mkdtempSync(join(tmpdir(), 'proxy-'))
  try {
    const died = Promise.resolve('r1 ended')
    const startedMs = Date.now()
    await assert.rejects(startProxyAt(path, await freePort(), { died }), {
      code: 'REPLICA_FAILED',
      message: 'r1 ended',
    })
    assert.ok(Date.now() - startedMs < 5_000)
  } finally {
    rmSync(path, { recursive: true })
  }
})

test('requests through the proxy are counted by replica', async () => {
  const path = mkdtempSync(join(tmpdir(), 'proxy-'))
  const server = await listening((response) => response.end('{}'))
  const proxy = await startProxyAt(path, server.port)
  try {
    const before = (await proxy.counts()).r1 ?? 0
    for (let request = 0; request < 7; request++) await (await fetch(`${proxy.url}/`)).text()
    assert.equal(((await proxy.counts()).r1 ?? 0) - before, 7)
  } finally {
    await proxy.stop()
    server.close()
    rmSync(path, { recursive: true })
  }
})

test('cookies appear only where clients must come back', () => {
  const replicas = [{ id: 'r1', port: 1 }]
  assert.match(proxyConfig(80, { sticky: true, replicas }), /cookie SRV insert indirect nocache.*cookie r1/s)
  assert.doesNotMatch(proxyConfig(80, { sticky: false, replicas }), /cookie/)
})

test('a bound on requests is each replica’s own, and there is none unless it is asked for', () => {
  const replicas = [1, 2].map((n) => ({ id: `r${n}`, port: 3_000 + n }))
  const bounded = proxyConfig(80, { sticky: true, replicas, mostPerReplica: 128 })
  const servers = (text: string) => text.split('\n').filter((line) => line.startsWith('  server '))
  assert.ok(servers(bounded).every((line) => line.endsWith(' maxconn 128')))
  assert.ok(servers(proxyConfig(80, { sticky: true, replicas })).every((line) => !line.includes('maxconn')))
})

for (const [reuse, connections] of [
  ['always', 1],
  ['never', 3],
] as const)
  test(`connections to a replica are used again: ${reuse}`, async () => {
    const path = mkdtempSync(join(tmpdir(), 'proxy-'))
    const sockets = new Set<unknown>()
    const server = createServer((request, response) => {
      if (request.url === '/me') sockets.add(request.socket)
      response.end('{}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const proxy = await startProxyAt(path, (server.address() as AddressInfo).port, { proxyReuse: reuse })
    try {
      // A client's second request stays on its connection to the replica in any case.
      for (let client = 0; client < 3; client++) await visitTwice(proxy.url)
      assert.equal(sockets.size, connections)
    } finally {
      await proxy.stop()
      server.close()
      rmSync(path, { recursive: true })
    }
  })

async function visitTwice(url: string): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  for (let request = 0; request < 2; request++)
    await new Promise<void>((resolve, reject) => {
      get(`${url}/me`, { agent }, (response) => response.resume().on('end', resolve)).on('error', reject)
    })
  agent.destroy()
}

test('a request that finds no connection to a replica is tried at another one, unless the proxy is to stay at the first', async () => {
  const path = mkdtempSync(join(tmpdir(), 'proxy-'))
  const server = await listening((response) => response.end('{}'))
  const replicas = [
    { id: 'dead', port: await freePort() },
    { id: 'alive', port: server.port },
  ]
  const proxy = await startProxyAt(path, 0, { replicas, healthChecks: false })
  try {
    for (let request = 0; request < 6; request++) assert.equal((await fetch(proxy.url)).status, 200)
    assert.ok(((await proxy.counts()).alive ?? 0) >= 6)
    const faithful = proxyConfig(80, { sticky: false, replicas, proxyRedispatch: false })
    assert.doesNotMatch(faithful, /redispatch/)
  } finally {
    await proxy.stop()
    server.close()
    rmSync(path, { recursive: true })
  }
})

test('a replica that does not answer in time is given up with 504', async () => {
  const path = mkdtempSync(join(tmpdir(), 'proxy-'))
  const server = await listening((response, url) => url === '/healthz' && response.end('{}'))
  const proxy = await startProxyAt(path, server.port, { proxyTimeoutMs: 200 })
  try {
    assert.equal((await fetch(`${proxy.url}/me`)).status, 504)
  } finally {
    await proxy.stop()
    server.close()
    rmSync(path, { recursive: true })
  }
})

async function listening(answer: (response: ServerResponse, url: string | undefined) => void) {
  const server = createServer((request, response) => answer(response, request.url))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = () => {
    server.closeAllConnections()
    server.close()
  }
  return { port: (server.address() as AddressInfo).port, close }
}

test('counts are summed over reply classes, for servers alone', () => {
  const csv = [
    '# pxname,svname,stot,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,check_status',
    'front,FRONTEND,9,0,9,0,0,0,0,',
    'replicas,r1,5,0,4,0,1,0,0,L7OK',
    'replicas,r2,4,0,4,0,0,0,0,L7OK',
    'replicas,BACKEND,9,0,8,0,1,0,0,',
  ].join('\n')
  assert.deepEqual(parseCounts(csv), { r1: 5, r2: 4 })
})
