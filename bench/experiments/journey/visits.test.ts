/** What a report says of logins and journeys, against records whose costs were put in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderReport } from '../../report/index.ts'
import { summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { HASH_US, LOGIN_US, PROXY_US, STEP_US, syntheticVisits } from '../../testing/visits.ts'
import { login } from '../login/plan.ts'
import { journey } from './plan.ts'

type Options = Parameters<typeof syntheticVisits>[0]

async function report(options: Options = {}) {
  const { run, results } = await syntheticVisits(options)
  const summary = summarize(run, results)
  return { summary, files: renderReport(run, summary) }
}

const near = (value: number | undefined, truth: number, share = 0.01) =>
  assert.ok(Math.abs((value ?? 0) / truth - 1) < share, `${value} instead of ${truth}`)
const section = (text: string | undefined, title: string) =>
  (text ?? '').split('\n## ').find((part) => part.startsWith(title)) ?? ''

test('the summary is of the published format', async () => {
  const { summary } = await report()
  assert.doesNotThrow(() => summarySchema.parse(JSON.parse(JSON.stringify(summary))))
})

test('the share of the hash is what hashing added, and issuing what the scheme adds without it', async () => {
  const { hashedLogins, arms } = (await report()).summary
  assert.deepEqual(
    hashedLogins.map(({ scheme }) => scheme),
    ['none', 'session-redis', 'jwt-hs256'],
  )
  for (const { scheme, cpuUs, hashShare } of hashedLogins) {
    const plain = (LOGIN_US[scheme] ?? 0) + PROXY_US + (scheme === 'session-redis' ? 30 : 0)
    near(cpuUs.value, HASH_US + plain)
    near(1 - (hashShare?.value ?? 0), plain / (HASH_US + plain), 0.05)
  }
  const issuing = arms.find(({ arm }) => arm.id === 'login/session-redis')
  near(issuing?.authTaxUs?.estimate.value, 150 + 30, 0.02)
  assert.equal(issuing?.authTaxUs?.detected, true, 'the second control is the error that it is held against')
})

test('one sentence says what the choice of a scheme changes about a hashed login', async () => {
  const text = section((await report()).files['report.md'], 'Logins')
  assert.match(text, /the hash is at least 99\.8 % of a login’s CPU/)
  assert.match(text, /at most 0\.09\d+ % of it \(session-redis\): a login costs the same with every scheme\./)
  const cheap = section((await report({ hashUs: 500 })).files['report.md'], 'Logins')
  assert.match(
    cheap,
    /at most 3\d\.\d % of it \(session-redis\): the choice of scheme can change that much\./,
  )
  const unhashed = await report({ plan: { settable: [] } })
  assert.doesNotMatch(section(unhashed.files['report.md'], 'Logins'), /whichever|can change/)
  assert.match(unhashed.files['report.md'] ?? '', /cannot tell its servers to hash them/)
})

test('a journey costs its steps, and its tax is against the controls of its block', async () => {
  const { journeys } = (await report()).summary
  assert.deepEqual(
    journeys.map(({ arm }) => arm),
    ['journey/none', 'journey/none/twin', 'journey/session-redis', 'journey/jwt-hs256'],
  )
  const [control, , session, token] = journeys
  near(control?.cpuUs.total?.value, 11 * ((STEP_US.none ?? 0) + PROXY_US))
  assert.equal(control?.taxUs, null)
  near(session?.taxUs?.estimate.value, 11 * 130, 0.02)
  near(token?.taxUs?.estimate.value, 11 * 50, 0.02)
  near(session?.redisCommands?.value, 11 * 1.5)
  assert.deepEqual([session?.taxUs?.detected, token?.redisCommands], [true, null])
})

test('failed journeys are counted over all blocks, and stand in the table', async () => {
  const { summary, files } = await report({ failed: 3 })
  assert.deepEqual(
    summary.journeys.map(({ failed, finished }) => [failed, finished]),
    new Array(4).fill([15, 5 * 1_197]),
  )
  assert.match(section(files['report.md'], 'Journeys'), /\| 15 of 6000 \|/)
})

test('each step has its p50 and p99, with the busy share beside them', async () => {
  const text = section((await report()).files['report.md'], 'Journeys')
  assert.match(text, /\| session-redis \| 40 % \| < 1 \/ 4\.20 \(4\.20 to 4\.20\) \|/)
  assert.match(text, /reads 8 times, changes something once in between, and logs out/)
})

test('the chart names its finding, every arm, and what each adds', async () => {
  const svg = (await report()).files['charts/journey.svg'] ?? ''
  const title = /<title>(.*?)<\/title>/.exec(svg)?.[1]
  assert.match(
    title ?? '',
    /^Auth adds 0\.5\d+ ms \(jwt-hs256\) to 1\.4\d ms \(session-redis\) of CPU to a whole journey$/,
  )
  for (const words of ['none (again)', 'session-redis', '8 reads', 'CPU ms per journey', '+1.4'])
    assert.ok(svg.includes(words), words)
  const equal = await report({ noise: 5 })
  assert.match(equal.files['charts/journey.svg'] ?? '', /<title>CPU of a whole journey: /)
})

test('a run without them says nothing of logins and journeys', async () => {
  const { files } = await report({ experiments: [login] })
  assert.equal(files['charts/journey.svg'], undefined)
  assert.doesNotMatch(files['report.md'] ?? '', /## Journeys/)
  assert.doesNotMatch((await report({ experiments: [journey] })).files['report.md'] ?? '', /## Logins/)
})
