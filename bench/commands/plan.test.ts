/** `npm run plan` as a user meets it, on the published runs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../testing/cli.ts'

const plan = (...args: string[]) => run(['plan', ...args])

const load = ['--rps', '20000', '--users', '2000000', '--p99', '50', '--headroom', '0.3']

test('a plan as JSON: every figure with its range, and the trials that it rests on', async () => {
  const { code, stdout } = await plan('--scheme', 'session-redis', ...load, '--json')
  assert.equal(code, 0)
  const planned = JSON.parse(stdout)
  const figures = [
    'replicas',
    'redisPrimaries',
    'redisMemoryBytes',
    'proxyCores',
    'egressBytesPerSec',
    'p50Ms',
    'p99Ms',
  ]
  for (const name of figures) {
    const { value, lo, hi } = planned[name]
    assert.ok(lo <= value && value <= hi, name)
    assert.ok(planned.evidence[name].length > 0, name)
  }
  assert.ok(['replicas', 'redis', 'proxy'].includes(planned.bottleneck))
  assert.equal(planned.refused, null)
  assert.ok(planned.redisPrimaries.value >= 1 && planned.redisMemoryBytes.value > 2e6)
})

test('side by side, in 80 columns, with what the figures take for granted', async () => {
  const prices = ['--price', 'replica=30,redis=90,proxy-core=20,egress-gb=0.05']
  const { code, stdout } = await plan('--compare', 'session-redis,jwt-hs256', ...load, ...prices)
  assert.equal(code, 0)
  assert.match(stdout, /^session-redis +\d/m)
  assert.match(stdout, /^jwt-hs256 +\d/m)
  assert.match(stdout, /^note: /m)
  assert.ok(
    stdout.split('\n').every((line) => line.length <= 80 || line.includes('/')),
    stdout,
  )
})

test('a run that does not say what a larger state costs names the command that measures it', async () => {
  const from = ['--run', 'results/published/2026-11-23-amd-epyc-2-cores-3']
  const { code, stderr } = await plan('--scheme', 'jwt-cookie', ...load, '--payload', '1000', ...from)
  assert.equal(code, 1)
  assert.match(stderr, /larger state costs[\s\S]*--only cost,latency,users,payload[\s\S]*jwt-cookie/)
})

test('a refused plan has a reason, null for its figures, and exit code 1', async () => {
  const impossible = ['--scheme', 'session-redis', '--rps', '1000', '--users', '10', '--p99', '0.01']
  const said = await plan(...impossible)
  assert.equal(said.code, 1)
  assert.match(said.stderr, /no plan: already at .* p99 is above 0\.01 ms/)
  const { refused, replicas } = JSON.parse((await plan(...impossible, '--json')).stdout)
  assert.match(refused, /lowest rate measured/)
  assert.equal(replicas, null)
})

test('bad input is told what to type instead', async () => {
  const refused = async (pattern: RegExp, ...args: string[]) => {
    const { code, stdout, stderr } = await plan(...args)
    assert.notEqual(code, 0)
    assert.match(stderr, pattern)
    assert.equal(stdout, '')
  }
  await refused(/--scheme session-redis/, ...load)
  await refused(/There is no scheme 'cookies'/, '--scheme', 'cookies', ...load)
  await refused(/required option '--rps/, '--scheme', 'jwt-hs256', '--users', '1')
  await refused(/above 0/, '--scheme', 'jwt-hs256', '--rps', '0', '--users', '1')
  await refused(/from 0 to 0\.9/, '--scheme', 'jwt-hs256', '--rps', '1', '--users', '1', '--headroom', '1')
  await refused(/replica=30/, '--scheme', 'jwt-hs256', ...load, '--price', 'server=3')
  await refused(/leave out --run/, '--scheme', 'jwt-hs256', ...load, '--run', 'results', '--calibrate')
  await refused(
    /nowhere.* does not exist: name the folder of a run/,
    '--scheme',
    'jwt-hs256',
    ...load,
    '--run',
    'results/nowhere',
  )
})
