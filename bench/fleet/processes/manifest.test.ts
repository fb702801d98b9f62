/** The sweep, against real processes: it ends what was left behind, and nobody else. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { cpuQuotas } from '../../testing/needs.ts'
import { findQuotaMethod, openQuotas } from '../quota/quota.ts'
import { groupFolder, removeAbandoned } from '../quota/quota-group.ts'
import { identify } from './identity.ts'
import { openRunFolder, othersAtWork, sweep } from './manifest.ts'

const { ground } = findQuotaMethod()

let temporary: string
const formerTmpdir = process.env.TMPDIR

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), 'manifest-'))
  process.env.TMPDIR = temporary
})
afterEach(() => {
  rmSync(temporary, { recursive: true })
  if (formerTmpdir === undefined) delete process.env.TMPDIR
  else process.env.TMPDIR = formerTmpdir
})

/** A process that nothing ends but a signal, as HAProxy is where the kernel does not bind it to its parent. */
function stray() {
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' })
  return { pid: child.pid as number, exited: once(child, 'exit') as Promise<[number | null, string | null]> }
}

/** Makes the manifest say that its harness was a process that is gone. */
function abandon(
  folder: string,
  change: (manifest: { processes: { startTime: string }[] }) => void = () => {},
) {
  const file = join(folder, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.harness.startTime = 'another boot/1'
  change(manifest)
  writeFileSync(file, JSON.stringify(manifest))
}

test('the run folder is private and short enough for Unix sockets', () => {
  const folder = openRunFolder()
  assert.equal(statSync(folder.path).mode & 0o777, 0o700)
  assert.ok(`${folder.path.replace(temporary, '/tmp')}/proxy/stats.sock`.length < 60)
  folder.remove()
  assert.ok(!existsSync(folder.path))
})

test('a sweep ends what a dead harness left, and removes its folder', async () => {
  const folder = openRunFolder()
  const left = stray()
  folder.record(left.pid, 'redis')
  abandon(folder.path)
  const lines: string[] = []
  await sweep((line) => lines.push(line))
  assert.deepEqual(await left.exited, [null, 'SIGKILL'])
  assert.match(lines.join(), /ending redis/)
  assert.ok(!existsSync(folder.path))
})

test('a sweep removes a folder that had no name yet when its harness was killed', async () => {
  const folder = openRunFolder()
  abandon(folder.path)
  const unnamed = join(temporary, `.authscale-${folder.nonce}`)
  renameSync(folder.path, unnamed)
  await sweep(() => assert.fail('nothing to end'))
  assert.ok(!existsSync(unnamed))
})

test('a folder loses its manifest last, so that a sweep can go on with a removal that was cut short', async () => {
  const folder = openRunFolder()
  for (const name of ['a', 'pm2', 'proxy', 'redis.sock', 'z']) writeFileSync(join(folder.path, name), '')
  const watcher = watch(folder.path)
  const removed: (string | null)[] = []
  watcher.on('change', (_, name) => removed.push(String(name)))
  folder.remove()
  const deadline = Date.now() + 5_000
  while (!removed.includes('manifest.json') && Date.now() < deadline) await delay(10)
  watcher.close()
  assert.deepEqual(removed.slice(0, 6).sort(), ['a', 'manifest.json', 'pm2', 'proxy', 'redis.sock', 'z'])
  assert.equal(removed[5], 'manifest.json')

  mkdirSync(folder.path)
  await sweep(() => assert.fail('nothing to say'))
  assert.ok(!existsSync(folder.path))
})

test('a sweep leaves a folder alone that nothing tells the owner of', async () => {
  const folder = join(temporary, 'authscale-01234567')
  mkdirSync(folder)
  writeFileSync(join(folder, 'precious'), '')
  const lines: string[] = []
  await sweep((line) => lines.push(line))
  assert.match(lines.join(), /left alone: .*authscale-01234567 has no readable manifest; remove it by hand/)
  assert.ok(existsSync(join(folder, 'precious')))
  await sweep(() => assert.fail('it is said once'))
})

test('a folder that a mask once closed to its own user is swept like any other', async () => {
  const folder = openRunFolder()
  const left = stray()
  folder.record(left.pid, 'redis')
  abandon(folder.path)
  chmodSync(join(folder.path, 'manifest.json'), 0)
  chmodSync(folder.path, 0)
  await sweep(() => {})
  assert.ok(!existsSync(folder.path))
  assert.equal((await left.exited)[1], 'SIGKILL')
})

test('a sweep spares a process that only has the pid of one that was left', async () => {
  const folder = openRunFolder()
  const stranger = stray()
  folder.record(stranger.pid, 'redis')
  abandon(folder.path, ({ processes }) => {
    for (const process of processes) process.startTime += '0'
  })
  await sweep(() => assert.fail('nothing to end'))
  assert.ok(identify(stranger.pid))
  assert.ok(!existsSync(folder.path))
  process.kill(stranger.pid, 'SIGKILL')
  await stranger.exited
})

test('a harness knows of others that are at work, and not of itself or of one that is gone', async () => {
  const [own, other, gone] = [openRunFolder(), openRunFolder(), openRunFolder()]
  const harness = stray()
  const file = join(other.path, 'manifest.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  writeFileSync(file, JSON.stringify({ ...manifest, harness: identify(harness.pid) }))
  abandon(gone.path)
  assert.deepEqual(othersAtWork(), [harness.pid])
  process.kill(harness.pid, 'SIGKILL')
  await harness.exited
  assert.deepEqual(othersAtWork(), [])
  own.remove()
})

test('a sweep never touches a living harness', async () => {
  const folder = openRunFolder()
  const own = stray()
  folder.record(own.pid, 'redis')
  await sweep(() => assert.fail('nothing to end'))
  assert.ok(identify(own.pid))
  assert.ok(existsSync(folder.path))
  process.kill(own.pid, 'SIGKILL')
  await own.exited
})

/** A process under a quota, in a group of a harness with a run folder. Nothing of it outlives the test. */
function limited(t: TestContext) {
  assert.ok(ground)
  const folder = openRunFolder()
  folder.recordQuotaParent(ground.parent)
  const child = stray()
  openQuotas(ground, folder.nonce).limit('redis', child.pid, 0.1)
  const group = groupFolder(ground.parent, process.pid, folder.nonce)
  t.after(async () => {
    if (identify(child.pid)) process.kill(child.pid, 'SIGKILL')
    await child.exited
    await removeAbandoned(group)
  })
  return { folder, child, group }
}

test('a sweep removes the control groups of a dead harness', { skip: cpuQuotas() }, async (t) => {
  const { folder, child, group } = limited(t)
  folder.record(child.pid, 'redis')
  await sweep(() => assert.fail('it lives'))
  assert.deepEqual(
    readdirSync(group, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])),
    ['redis'],
  )
  abandon(folder.path)
  await sweep(() => {})
  assert.deepEqual(await child.exited, [null, 'SIGKILL'])
  assert.ok(!existsSync(group))
  assert.ok(!existsSync(folder.path))
})

test('a sweep leaves a group alone while a process of others is in it', {
  skip: cpuQuotas(),
}, async (t) => {
  const { folder, child, group } = limited(t)
  abandon(folder.path)
  const lines: string[] = []
  await sweep((line) => lines.push(line))
  assert.match(lines.join(), /left alone: .* holds processes that are not ours/)
  assert.ok(identify(child.pid))
  assert.ok(existsSync(group))
  process.kill(child.pid, 'SIGKILL')
  await child.exited
  await sweep(() => assert.fail('nothing to say'))
  assert.ok(!existsSync(group))
  assert.ok(!existsSync(folder.path))
})
