/** The generator as a process: its jobs, its death, and its leaving. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeHistogram } from '../stats/histogram.ts'
import { compiled } from '../testing/compiled.ts'
import { startServer } from '../testing/load-server.ts'
import { startGenerator } from './generator.ts'

const main = await compiled(new URL('./main.ts', import.meta.url))
const load = { loop: 'closed' as const, connections: 2 }

async function start(t: TestContext, processes = 1) {
  const generator = await startGenerator({ command: main, env: process.env, processes })
  t.after(() => generator.close())
  return generator
}

/** A program that passes for a generator until it does what the test is about. */
const program = (code: string) => [process.execPath, '-e', `process.send({ type: 'ready' }); ${code}`]

test('logs in, sends load, and says when the window opens and closes', async (t) => {
  const server = await startServer(t)
  const generator = await start(t)
  const { url } = server
  assert.equal((await generator.login({ url, transport: 'cookie', users: 9, concurrency: 3 })).count, 9)
  const edges: string[] = []
  const job = { url, load, warmupSec: 0.1, measureSec: 0.3, verifyEvery: 2 }
  const report = await generator.load(job, (edge) => edges.push(edge))
  assert.deepEqual(edges, ['open', 'close'])
  assert.deepEqual(report.statusCounts, { 200: report.requests })
  assert.equal(report.distinctUsers, 9)
  assert.ok(report.windowSec >= 0.299, `${report.windowSec}`)
})

test('an error in a job is an answer, and the process goes on', async (t) => {
  const server = await startServer(t, 'unknown-user')
  const generator = await start(t)
  const { url } = server
  const logIn = (users: number) => generator.login({ url, transport: 'bearer', users, concurrency: 2 })
  const send = () => generator.load({ url, load, warmupSec: 0, measureSec: 0.1, verifyEvery: 1 }, () => {})
  await assert.rejects(send(), { code: 'NOT_LOGGED_IN' })
  assert.equal((await logIn(7)).count, 7)
  assert.ok((await send()).requests > 0)
  await assert.rejects(logIn(8), { code: 'LOGIN_FAILED', message: /user7.* 401/ })
  await assert.rejects(send(), { code: 'NOT_LOGGED_IN' }, 'the users of an earlier login are gone')
})

test('users of several servers stay logged in beside each other, and are asked of their own', async (t) => {
  const [first, second] = await Promise.all([startServer(t), startServer(t)])
  const generator = await start(t)
  const users = { [first.url]: 5, [second.url]: 7 }
  for (const [url, count] of Object.entries(users))
    await generator.login({ url, transport: 'cookie', users: count, concurrency: 2, beside: true })
  for (const [url, count] of Object.entries(users)) {
    const job = { url, load, warmupSec: 0, measureSec: 0.2, verifyEvery: 1 }
    const report = await generator.load(job, () => {})
    assert.deepEqual([report.distinctUsers, report.wrongAnswers], [count, 0])
  }
  await generator.login({ url: first.url, transport: 'cookie', users: 5, concurrency: 2 })
  const gone = { url: second.url, load, warmupSec: 0, measureSec: 0.1, verifyEvery: 1 }
  await assert.rejects(
    generator.load(gone, () => {}),
    { code: 'NOT_LOGGED_IN' },
  )
})

test('a second job is refused while one is under way, and does not disturb it', async (t) => {
  const server = await startServer(t)
  const generator = await start(t)
  const job = { url: server.url, transport: 'none' as const, users: 200, concurrency: 2 }
  const first = generator.login(job)
  await assert.rejects(generator.login(job), /one job at a time/)
  assert.equal((await first).count, 200)
  assert.equal((await server.account()).logins.user0, 1)
})

test('a generator that is killed rejects the job under way, and every later one', async (t) => {
  const server = await startServer(t)
  const generator = await start(t)
  const { url } = server
  await generator.login({ url, transport: 'none', users: 2, concurrency: 2 })
  const job = { url, load, warmupSec: 30, measureSec: 1, verifyEvery: 1 }
  const sending = generator.load(job, () => {})
  process.kill(generator.pids[0] ?? 0, 'SIGKILL')
  await assert.rejects(sending, { code: 'GENERATOR_DIED', message: /was ended by SIGKILL/ })
  await assert.rejects(
    generator.load(job, () => {}),
    { code: 'GENERATOR_DIED' },
  )
})

test('the reason of a death has the exit code and the last words', async () => {
  const command = program("process.on('message', () => { console.error('no room'); process.exit(3) })")
  const generator = await startGenerator({ command, env: process.env, processes: 1 })
  const job = { url: 'http://127.0.0.1:9', transport: 'none' as const, users: 1, concurrency: 1 }
  await assert.rejects(generator.login(job), { code: 'GENERATOR_DIED', message: /exit code 3: no room/ })
  await generator.close()
})

test('a command that cannot be run is a death as well', async () => {
  await assert.rejects(startGenerator({ command: ['/nonexistent/node'], env: process.env, processes: 2 }), {
    code: 'GENERATOR_DIED',
    message: /could not be started: .*ENOENT/,
  })
})

test('an interrupt ends one that stands still before it is ready', { timeout: 30_000 }, async () => {
  const interrupt = new AbortController()
  const command = [process.execPath, '-e', "process.kill(process.pid, 'SIGSTOP')"]
  const starting = startGenerator({ command, env: process.env, processes: 1 }, interrupt.signal)
  setTimeout(() => interrupt.abort(new Error('interrupted')), 500)
  await assert.rejects(starting, /^Error: interrupted$/)
})

test('close waits until the process is gone, also one that stays', async () => {
  const command = program("process.on('disconnect', () => {}); setInterval(() => {}, 1000)")
  const generator = await startGenerator({ command, env: process.env, processes: 1 })
  await generator.close()
  assert.throws(() => process.kill(generator.pids[0] ?? 0, 0), { code: 'ESRCH' })
})

const open = {
  loop: 'open' as const,
  arrivalsPerSec: 400,
  spacing: 'even' as const,
  connections: 5,
  seed: 1,
}

test('three processes share users, connections and arrivals, and report as one', async (t) => {
  const server = await startServer(t)
  const generator = await start(t, 3)
  assert.equal(new Set(generator.pids).size, 3)
  const { url } = server
  assert.equal((await generator.login({ url, transport: 'cookie', users: 10, concurrency: 4 })).count, 10)
  const { logins, connections: loginConnections } = await server.account()
  assert.deepEqual(Object.values(logins), Array(10).fill(1), 'each user logs in once')

  const edges: string[] = []
  const job = { url, load: open, warmupSec: 0, measureSec: 1, verifyEvery: 4 }
  const report = await generator.load(job, (edge) => edges.push(edge))
  assert.deepEqual(edges, ['open', 'close'])
  const { perUser, connections } = await server.account()
  assert.equal(connections - loginConnections, 5)
  assert.ok(report.arrivals)
  const { account, histogram, perSec } = report.arrivals
  assert.deepEqual([account.scheduled, account.ok, perSec], [400, 400, 400])
  assert.equal(
    Object.values(perUser).reduce((sum, n) => sum + n),
    400,
  )
  assert.equal(decodeHistogram(histogram).totalCount, 400)
  assert.deepEqual([report.distinctUsers, report.errors, report.wrongAnswers], [10, 0, 0])
  assert.deepEqual(report.statusCounts, { 200: report.requests })

  const closed = await generator.load({ ...job, load: { loop: 'closed', connections: 4 } }, () => {})
  assert.deepEqual([closed.distinctUsers, closed.errors, closed.arrivals], [10, 0, null])
})

test('what one process cannot do fails the job, ends it in the others, and the next job is possible', async (t) => {
  const server = await startServer(t, 'unknown-user')
  const generator = await start(t, 2)
  const { url } = server
  const logIn = (users: number) => generator.login({ url, transport: 'bearer', users, concurrency: 2 })
  await assert.rejects(logIn(20_000), { code: 'LOGIN_FAILED', message: /user7.* 401/ })
  assert.ok(Object.keys((await server.account()).logins).length < 10_000, 'the other process stopped early')
  assert.equal((await logIn(4)).count, 4)
})

for (const load of [open, { loop: 'closed' as const, connections: 4 }]) {
  test(`one process that dies ends the ${load.loop} loop of the others`, async (t) => {
    const server = await startServer(t)
    const generator = await start(t, 2)
    const { url } = server
    await generator.login({ url, transport: 'none', users: 4, concurrency: 2 })
    const sending = generator.load({ url, load, warmupSec: 0, measureSec: 60, verifyEvery: 1 }, (edge) => {
      if (edge === 'open') process.kill(generator.pids[1] ?? 0, 'SIGKILL')
    })
    await assert.rejects(sending, { code: 'GENERATOR_DIED' })
    const { length } = (await server.account()).repliesAtNs
    await sleep(200)
    assert.equal((await server.account()).repliesAtNs.length, length, 'nobody sends any more')
  })
}

test('more processes than users or connections are refused', async (t) => {
  const generator = await start(t, 2)
  const url = 'http://127.0.0.1:9'
  await assert.rejects(generator.login({ url, transport: 'none', users: 1, concurrency: 1 }), {
    code: 'TOO_FEW_TO_SHARE',
    message: /1 users .* 2 load generator processes/,
  })
  const load = { ...open, connections: 1 }
  await assert.rejects(
    generator.load({ url, load, warmupSec: 0, measureSec: 1, verifyEvery: 1 }, () => {}),
    { code: 'TOO_FEW_TO_SHARE' },
  )
})

test('it leaves by itself when the harness goes, even in the middle of a job', async (t) => {
  const server = await startServer(t)
  const [file = '', ...args] = main
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  await once(child, 'message')
  child.send({ type: 'login', job: { url: server.url, transport: 'none', users: 2, concurrency: 1 } })
  await once(child, 'message')
  const job = { url: server.url, load, warmupSec: 0, measureSec: 60, verifyEvery: 1 }
  child.send({ type: 'load', job })
  await once(child, 'message')
  const gone = once(child, 'exit')
  child.disconnect()
  assert.deepEqual(await gone, [0, null])
})
