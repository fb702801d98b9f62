/** The command line as a user meets it: real processes, their exit codes, and what they leave behind. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { assertRefused, processesOf, quick, run, start } from '../testing/cli.ts'
import { HARNESS } from '../verify/kills/command-line.ts'

const scratch = await mkdtemp(path.join(os.tmpdir(), 'authscale-cli-'))
after(() => rm(scratch, { recursive: true }))

const refusals: [string, string[], RegExp[]][] = [
  ['unknown scheme', ['--schemes', 'jwt-hs257'], [/no scheme 'jwt-hs257'/, /choose from: none, /]],
  ['a package that no server loads', ['--arm', 'none@redis=5'], [/No server loads 'redis'/, /connect-redis/]],
  ['a version in words', ['--arm', 'none@express=next'], [/'--arm <arm>'/, /node=22/]],
  ['arms beside schemes', ['--arm', 'none@express=4', '--schemes', 'none'], [/leave out --schemes/]],
  ['an arm that changes nothing', ['--arm', 'none'], [/--arm asks for no other version/]],
  ['arms that nobody names', ['--only', 'upgrades'], [/name one, e.g. --arm/]],
  ['unknown experiment', ['--only', 'costs'], [/no experiment 'costs'/, /choose from: cost, /]],
  ['unknown profile', ['--profile', 'brief'], [/no profile 'brief'/, /quick, smoke, standard, full/]],
  ['unknown option', ['--replica', '1'], [/unknown option '--replica'/]],
  ['unknown command', ['benchmark'], [/unknown command 'benchmark'/, /list/]],
  ['no users', ['--users', '0'], [/'--users <n>'/, /from 1 to 1000000/]],
  ['rate without arrivals', ['--rates', '1000,0'], [/'--rates <list>'/, /from 1 to 1000000/]],
  ['SLO without a unit', ['--slo', 'p99<=50'], [/'--slo <bounds>'/, /p99<=50ms,errors<=0.1%/]],
  ['SLO twice', ['--slo', 'p99<=50ms,p50<=1ms'], [/It takes a bound such as/]],
  ['SLO of nothing', ['--slo', 'p98<=50ms'], [/quantiles are p50, p90, p99 and p99.9/]],
  ['precision without a unit', ['--precision', '0.05'], [/a share, from 0.1% to 50%/]],
  ['precision of nothing', ['--precision', '0%'], [/a share, from 0.1% to 50%/]],
  ['no generator', ['--generators', '0'], [/from 1 to 16/]],
  ['words for a number', ['--trials', 'many'], [/whole number from 1 to 1000/]],
  ['a window of no length', ['--duration', '0'], [/from 0.2 to 3600/]],
  ['resume with a new plan', ['--resume', 'nowhere', '--users', '5'], [/leave out --users/]],
  ['resume of nothing', ['--resume', 'nowhere'], [/nowhere.*does not exist/]],
  ['report of nothing', ['report', 'nowhere'], [/nowhere.*does not exist/]],
]
for (const [name, args, says] of refusals) {
  test(`refused: ${name}`, async () => assertRefused(await run(args), ...says))
}

for (const [name, args, says] of refusals.slice(0, 1)) {
  test(`refused as a user starts it: ${name}`, async () =>
    assertRefused(await run(args, { harness: HARNESS }), ...says))
}

test('refused: a result file of a newer version, and one that is none', async () => {
  const newer = await mkdtemp(path.join(scratch, 'newer-'))
  await writeFile(path.join(newer, 'run.json'), JSON.stringify({ schemaVersion: 99 }))
  await writeFile(path.join(newer, 'trials.jsonl'), '')
  assertRefused(await run(['report', newer]), /newer authscale \(schema 99/, /update authscale/)
  await writeFile(path.join(newer, 'run.json'), '<html>')
  assertRefused(await run(['report', newer]), /run\.json: not JSON/)
})

test('refused: a port that is taken', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const out = path.join(scratch, 'taken')
  const ending = await run([...quick, '--port', String(port), '--out', out])
  taken.close()
  assertRefused(ending, new RegExp(`port ${port} is taken`), /--port/)
})

test('refused: a REDIS_URL that does not answer', async () => {
  const secret = 'planted-8f2c1d'
  const env = { REDIS_URL: `redis://${secret}:${secret}@127.0.0.1:1`, AUTHSCALE_PLANTED: secret }
  const ending = await run([...quick, '--out', path.join(scratch, 'no-redis')], { env })
  assertRefused(ending, /REDIS_URL/, /does not answer/)
  assert.ok(![ending.stdout, ending.stderr].join().includes(secret))
})

test('refused: too few file descriptors', async () => {
  const args = [...quick, '--connections', '5000', '--users', '5000', '--out', path.join(scratch, 'few')]
  assertRefused(await run(args, { shell: 'ulimit -n 1024' }), /open files/, /ulimit -n/)
})

test('refused: a folder that holds something already', async () => {
  const full = await mkdtemp(path.join(scratch, 'full-'))
  await writeFile(path.join(full, 'precious'), 'kept')
  assertRefused(await run([...quick, '--out', full]), /is not empty/)
  assert.equal(await readFile(path.join(full, 'precious'), 'utf8'), 'kept')
})

test('list names schemes, experiments and profiles, as a user starts it, and the same as tests do', async () => {
  const { code, stdout } = await run(['list'], { harness: HARNESS })
  assert.equal(code, 0)
  for (const name of ['none', 'session-redis-tuned', 'jwt-denylist', 'cost', 'users', 'smoke']) {
    assert.match(stdout, new RegExp(`^ {2}${name} `, 'm'))
  }
  assert.equal((await run(['list'])).stdout, stdout)
})

test('SIGTERM ends a run with 143 and nothing running', async () => {
  const { child, ended, prints } = start([...quick, '--out', path.join(scratch, 'terminated')])
  await prints(/trials into/)
  child.kill('SIGTERM')
  assert.equal((await ended).code, 143)
  assert.deepEqual(processesOf(child.pid as number), [])
})
