/** Whole runs in which each trial has to be valid at its first attempt: another test beside them could get one rejected. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import { test } from 'node:test'
import { freePort } from '../fleet/ports.ts'
import { readRun } from '../record/run-dir.ts'
import {
  assertCompleted,
  assertNothingLeft,
  assertRefused,
  homeFor,
  oneByOne,
  processesOf,
  quick,
  run,
  start,
} from '../testing/cli.ts'
import { HARNESS } from '../verify/kills/command-line.ts'

const SECRET = 'planted-8f2c1d'
/** In the environment of the harness, also where it hands the variable on to servers. */
const planted = {
  AUTHSCALE_PLANTED: SECRET,
  HOME: `/tmp/${SECRET}`,
  LANG: SECRET,
  MALLOC_ARENA_MAX: SECRET,
  NODE_ENV: SECRET,
  NODE_OPTIONS: `--title=${SECRET}`,
  PATH: `${process.env.PATH}:/opt/${SECRET}/bin`,
}

test('a run ends with its records, its report and whether all of it works, and report makes the same again', async (t) => {
  const out = path.join(homeFor(t), 'whole')
  // As a user starts it; report is started as tests do, and what it makes has to be the same.
  const { code, stdout, stderr } = await run([...quick, '--seed', '1', '--out', out], {
    harness: HARNESS,
    env: planted,
  })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /Everything works here: 1 experiment, 2 schemes, 3 trials\./)
  const { run: record, results } = await readRun(out)
  assert.deepEqual(new Set(results.map(({ trial }) => trial.id)), new Set(record.plan.map(({ id }) => id)))
  assert.ok(results.every(({ ok }) => ok))
  assert.notEqual(record.finishedAt, null)
  assert.match(stdout, /whole\/report\.html in a browser/)
  const files = ['summary.json', 'report.md', 'report.html', 'charts/throughput.svg']
  const contents = () => Promise.all(files.map((file) => readFile(path.join(out, file), 'utf8')))
  const before = await contents()
  assert.equal((await run(['report', out])).code, 0)
  assert.deepEqual(await contents(), before)

  const { host, source, cores, serverVariables } = record.environment
  assert.equal(host?.allowedCpus.length, cores)
  assert.match(source?.version ?? '', /^\d+\.\d+\.\d+$/)
  assert.ok(serverVariables)
  assert.ok(serverVariables.names.includes('KEYS') && serverVariables.names.includes('HOME'))
  assert.ok(!serverVariables.names.includes('AUTHSCALE_PLANTED'), 'servers get what any program needs alone')
  assert.deepEqual(serverVariables.values, { NODE_ENV: ['production'], PLAIN_HTTP: ['1'] })
  const written = readdirSync(out, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  assert.ok(written.length >= files.length + 2)
  for (const { parentPath, name } of written)
    assert.ok(!readFileSync(path.join(parentPath, name)).includes(SECRET), name)
  assert.ok(![stdout, stderr].join().includes(SECRET))
})

test('a port that is stolen between two trials ends the run with one line; freed, it is gone on with', async (t) => {
  const home = homeFor(t)
  const out = path.join(home, 'run')
  const port = await freePort()
  const started = start([...oneByOne(4), '--port', String(port), '--out', out], { home })
  await started.prints(/\[1\/4.*: /)
  const thief = createServer()
  // Taken as soon as the proxy of the next trial has left it, if it was that quick.
  thief.on('error', () => setTimeout(() => thief.listen(port, '127.0.0.1'), 1))
  thief.listen(port, '127.0.0.1')
  assertRefused(await started.ended, new RegExp(`^error: port ${port} is taken; .*--port`))
  thief.close()
  const { results } = await readRun(out)
  assert.ok(results.length >= 1 && results.length < 4 && results.every(({ ok }) => ok))
  await assertNothingLeft(home)
  await assertCompleted(out, home, ['--port', String(port)])
})

test('Ctrl-C keeps what is finished and leaves nothing running; resume completes the same plan, as --json too', async (t) => {
  const out = path.join(homeFor(t), 'stopped')
  const { child, ended, prints } = start([...oneByOne(4), '--out', out])
  await prints(/\[2\/4.*requests\/s/)
  const started = processesOf(child.pid as number).map(({ pid }) => pid)
  assert.ok(started.length > 0, 'the harness has noted what it runs')
  child.kill('SIGINT')
  const { code, stderr } = await ended
  assert.equal(code, 130, stderr)
  for (const pid of started) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })

  const stopped = await readRun(out)
  assert.ok(stopped.results.length >= 2 && stopped.results.length < 4, `${stopped.results.length} kept`)
  assert.equal(stopped.run.finishedAt, null)

  const resumed = await run(['--resume', out, '--json'])
  assert.equal(resumed.code, 0, resumed.stderr)
  // The summary and nothing else on standard output, progress on the other.
  const summary = await readFile(path.join(out, 'summary.json'), 'utf8')
  assert.deepEqual(JSON.parse(resumed.stdout), JSON.parse(summary))
  assert.match(resumed.stderr, /aa: \d trials[\s\S]*requests\/s/)
  const whole = await readRun(out)
  assert.deepEqual(whole.run.plan, stopped.run.plan)
  assert.deepEqual(whole.results.slice(0, stopped.results.length), stopped.results)
  assert.deepEqual(
    new Set(whole.results.map(({ trial }) => trial.id)),
    new Set(whole.run.plan.map(({ id }) => id)),
  )
})
