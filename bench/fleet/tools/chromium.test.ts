/** The browser keeps to test hosts on loopback, and never outlives the process that opened it. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { linuxProcesses } from '../../testing/needs.ts'
import { openBrowser } from './chromium.ts'

const folder = mkdtempSync(join(tmpdir(), 'chromium-test-'))
after(() => rmSync(folder, { recursive: true }))

async function listen(host: string) {
  const server = createServer((_req, res) => res.end('here'))
  server.listen(0, host)
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, close: () => server.close() }
}

/** Of Chromium's own log of the network. */
interface NetLog {
  constants: { logEventTypes: Record<string, number> }
  events: { type: number; params?: { address?: string; host?: string } }[]
}

test('test hosts are on loopback; nothing else has an address, and nothing is sent elsewhere', async () => {
  const netLog = join(folder, 'net.json')
  const [near, elsewhere] = await Promise.all([listen('127.0.0.1'), listen('127.0.0.2')])
  const browser = await openBrowser({ netLog })
  try {
    const page = await (await browser.newContext()).newPage()
    const reply = await page.goto(`http://app.test:${near.port}/`)
    assert.equal(await reply?.text(), 'here')
    for (const host of ['outside.example', 'localhost', '127.0.0.2'])
      await assert.rejects(page.goto(`http://${host}:${elsewhere.port}/`), /ERR_NAME_NOT_RESOLVED/, host)
  } finally {
    await browser.close()
    near.close()
    elsewhere.close()
  }
  const { constants, events } = JSON.parse(readFileSync(netLog, 'utf8')) as NetLog
  const of = (name: string) => events.filter(({ type }) => type === constants.logEventTypes[name])
  const reached = of('TCP_CONNECT_ATTEMPT').flatMap(({ params }) => params?.address ?? [])
  assert.deepEqual([...new Set(reached)], [`127.0.0.1:${near.port}`])
  // A socket is made to learn whether there is a route for IPv6; no packet ever leaves it.
  assert.ok(constants.logEventTypes.UDP_BYTES_SENT !== undefined)
  assert.deepEqual(of('UDP_BYTES_SENT'), [])
})

/** Pids of the processes whose command line has this text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(text)
    } catch {
      return false
    }
  })
}

test('the browser leaves when who opened it is killed', { skip: linuxProcesses }, async () => {
  const mark = join(folder, 'killed.json')
  const fixture = join(import.meta.dirname, 'open-browser.fixture.ts')
  const opener = spawn(process.execPath, ['--import', 'tsx', fixture, mark], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(opener.stdout, 'data')
  const isBrowser = (pid: string) => pid !== String(opener.pid)
  assert.notEqual(processesWith(mark).filter(isBrowser).length, 0, 'it is open')
  opener.kill('SIGKILL')
  for (let waited = 0; processesWith(mark).length > 0 && waited < 10_000; waited += 50) await delay(50)
  assert.deepEqual(processesWith(mark), [])
})
