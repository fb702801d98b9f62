/** pm2 for real: when it dies or falls silent, whoever asks it hears why, in time, and nothing of it goes on running. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { type Build, compile } from '../tools/build.ts'
import { findRuntime } from '../tools/runtime.ts'
import { identify } from './identity.ts'
import { openRunFolder } from './manifest.ts'
import { wrapped } from './process.ts'
import { startSupervisor } from './supervised.ts'

/** pm2 with one app, which says that it is ready and stays. */
async function withApp(t: TestContext) {
  const formerTmpdir = process.env.TMPDIR
  const temporary = mkdtempSync(join(tmpdir(), 'supervised-'))
  process.env.TMPDIR = temporary
  t.after(() => {
    if (formerTmpdir === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = formerTmpdir
    rmSync(temporary, { recursive: true })
  })
  const folder = openRunFolder()
  const runtime = await findRuntime()
  const build: Build = await compile(folder.nonce, runtime)
  t.after(() => build.remove())
  const supervisor = await startSupervisor(runtime.command, build.supervisor, folder)
  t.after(() => supervisor.close())
  const code =
    "process.send('ready'); process.on('disconnect', () => process.exit()); setInterval(() => {}, 1e3)"
  const line = wrapped([runtime.command, '-e', code], [], supervisor.pid)
  const [script = '', ...args] = line
  const app = { name: 'app', script, args, interpreter: 'none', autorestart: false, wait_ready: true }
  const ended = supervisor.ended('app')
  const pid = await supervisor.start(app)
  assert.ok(identify(pid))
  return { supervisor, ended, pid, start: () => supervisor.start({ ...app, name: 'another' }) }
}

async function assertGone(...pids: number[]): Promise<void> {
  const deadline = Date.now() + 5_000
  while (pids.some(identify) && Date.now() < deadline) await delay(20)
  assert.deepEqual(pids.filter(identify), [])
}

test('a supervisor that is killed takes its apps along, and is not asked any more', async (t) => {
  const { supervisor, ended, pid, start } = await withApp(t)
  process.kill(supervisor.pid, 'SIGKILL')
  assert.equal(await ended, 'lost its supervisor: pm2 ended (SIGKILL)')
  await assertGone(pid)
  await assert.rejects(start(), {
    code: 'SUPERVISOR_FAILED',
    message: /^pm2 ended \(SIGKILL\); every finished trial is kept, go on with --resume$/,
  })
  await supervisor.stop('app')
})

test('a supervisor that falls silent is given up after 20 s, with its apps', async (t) => {
  const { supervisor, ended, pid, start } = await withApp(t)
  process.kill(supervisor.pid, 'SIGSTOP')
  const askedMs = Date.now()
  await supervisor.stop('app')
  assert.ok(Date.now() - askedMs < 30_000)
  assert.match(await ended, /^lost its supervisor: pm2 gave no answer for 20 s$/)
  await assertGone(pid, supervisor.pid)
  await assert.rejects(start(), { code: 'SUPERVISOR_FAILED', message: /^pm2 gave no answer/ })
})
