/** Journeys against a server with an account of its own: in good order, and under faults in mid-journey. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Traits } from '../../../servers/scheme.ts'
import type { Arrivals, Measurement } from '../../record/types.ts'
import { type JourneyServer, startJourneyServer } from '../../testing/journey-server.ts'
import { Credentials } from '../credentials.ts'
import { startGenerator } from '../generator.ts'
import type { LoadReport } from '../job.ts'
import { mergeShares } from '../merge.ts'
import { journeysOf } from './journey-plan.ts'
import { runScheduled } from './scheduled.ts'

type Journeys = NonNullable<Measurement['journeys']>
type Loaded = LoadReport & { arrivals: Arrivals; journeys: Journeys }

const shape = {
  loop: 'journey' as const,
  connections: 20,
  journeysPerSec: 60,
  reads: 3,
  thinkMs: 10,
  seed: 5,
}
const WHOLE_JOURNEY = 6

interface Options extends Partial<typeof shape> {
  transport?: Traits['transport']
  users?: number
  warmupSec?: number
  timeoutMs?: number
}

async function travel(server: JourneyServer, options: Options = {}): Promise<Loaded> {
  const { transport = 'bearer', users = 60, warmupSec = 0, timeoutMs = 10_000, ...over } = options
  const load = { ...shape, ...over }
  const job = { url: server.url, load, warmupSec, measureSec: 1, drainSec: 2, verifyEvery: 4 }
  const { signal } = new AbortController()
  const credentials = new Credentials(transport, users)
  const share = await runScheduled(job, credentials, () => {}, { signal, timeoutMs })
  const report = mergeShares(load, [share])
  assert.ok(report.arrivals && report.journeys)
  const { arrivals, journeys } = report
  const { scheduled, ok, error, timeout, lost, inFlight } = arrivals.account
  assert.equal(scheduled, ok + error + timeout + lost + inFlight, 'the account closes')
  const samples = Object.values(journeys.steps).reduce((sum, { count }) => sum + count, 0)
  assert.equal(samples, scheduled - lost, 'every step but the lost is a sample of its kind')
  const { before, inside } = begun(load, warmupSec)
  assert.equal(journeys.started, inside, 'nothing of the schedule is missing')
  assert.ok(journeys.underWayAtOpen <= before)
  assert.ok(journeys.finished + journeys.failed <= journeys.underWayAtOpen + journeys.started)
  return { ...report, arrivals, journeys }
}

/** Counted from the plan itself, without a clock. */
function begun(load: typeof shape, warmupSec: number) {
  const next = journeysOf(load)
  let [before, inside] = [0, 0]
  for (let { atUs } = next(); atUs < (warmupSec + 1) * 1e6; { atUs } = next())
    if (atUs < warmupSec * 1e6) before++
    else inside++
  return { before, inside }
}

const complete = ({ journeys }: JourneyServer) => journeys.filter((steps) => steps.includes('logout 204'))

for (const transport of ['none', 'cookie', 'bearer'] as const) {
  test(`every journey is made in its order, with what each reply hands out (${transport})`, async (t) => {
    const server = await startJourneyServer(t, transport)
    const { journeys, arrivals, ...report } = await travel(server, { transport })
    assert.deepEqual([journeys.failed, report.errors, report.wrongAnswers], [0, 0, 0])
    assert.equal(arrivals.account.ok, arrivals.account.scheduled)
    assert.equal(server.journeys.length, journeys.started)
    for (const steps of complete(server)) {
      assert.deepEqual([steps.length, steps[0], steps.at(-2)], [WHOLE_JOURNEY, 'login 200', 'read 200'])
      assert.equal(steps.filter((step) => step === 'write 200').length, 1)
    }
    // Inside the drain nothing new is due, so only what was waited for at the end can come after the window.
    assert.ok(complete(server).length - journeys.finished <= shape.connections)
    assert.ok(journeys.finished > 0.7 * journeys.started)
    assert.equal(server.mostAtOnce, 1, 'no user is on two journeys')
    assert.ok(report.verifiedBodies > journeys.finished, 'at least one read of each, the one after its write')
    assert.equal(arrivals.perSec, shape.journeysPerSec * WHOLE_JOURNEY)
  })
}

test('journeys of the warm-up are counted as under way, and none of their early steps', async (t) => {
  const server = await startJourneyServer(t, 'bearer')
  const { journeys, arrivals } = await travel(server, { warmupSec: 0.5, thinkMs: 60 })
  const steps = server.journeys.flat().length
  assert.ok(journeys.underWayAtOpen > 5, `${journeys.underWayAtOpen}`)
  assert.ok(arrivals.account.scheduled < steps)
  assert.equal(server.journeys.length - journeys.started, begun({ ...shape }, 0.5).before)
})

test('thinks lie between a reply and the next step, and are no latency', async (t) => {
  const server = await startJourneyServer(t, 'bearer', 'slow')
  const { journeys } = await travel(server, {
    users: 200,
    thinkMs: 400,
    warmupSec: 1,
    reads: 1,
    journeysPerSec: 15,
  })
  for (const { latencyUs } of Object.values(journeys.steps))
    assert.ok(latencyUs.p50 >= 199_000 && latencyUs.p50 < 400_000, `${latencyUs.p50}`)
})

test('a step without a free connection waits, and its latency says so', async (t) => {
  const server = await startJourneyServer(t, 'bearer', 'slow')
  const { arrivals, latencyUs } = await travel(server, { connections: 2, journeysPerSec: 20 })
  assert.ok(arrivals.backlogMax > 5)
  assert.ok(latencyUs.p90 > 2 * arrivals.uncorrectedUs.p90)
})

test('a connection that ends after each reply holds no journey up', async (t) => {
  const server = await startJourneyServer(t, 'bearer', 'hanging-up')
  const { journeys, arrivals } = await travel(server)
  assert.deepEqual([journeys.failed, arrivals.account.ok], [0, arrivals.account.scheduled])
  assert.ok(journeys.finished > 0.7 * journeys.started)
})

test('a reply that is lost, or is a 500, or never comes, ends its journey as failed', async (t) => {
  for (const [fault, kept] of [
    ['closing', 'lost'],
    ['failing', 'error'],
    ['hanging', 'timeout'],
  ] as const) {
    const server = await startJourneyServer(t, 'bearer', fault)
    const { journeys, arrivals, wrongAnswers } = await travel(server, { timeoutMs: 150 })
    const { account } = arrivals
    assert.ok(journeys.failed > 5, `${fault}: ${journeys.failed}`)
    // A fault of the last moments ends its journey after the window.
    assert.ok(
      account[kept] >= journeys.failed && account[kept] <= journeys.failed + 15,
      `${fault}: ${account[kept]}`,
    )
    assert.ok(journeys.finished > journeys.failed, `${fault}: the others go on`)
    assert.equal(
      wrongAnswers > 0,
      fault === 'failing',
      'a wrong status is a wrong answer, a missing reply none',
    )
    assert.ok(server.journeys.every((steps) => !steps.includes('write 500') || steps.at(-1) === 'write 500'))
  }
})

test('a read that does not show the write is a wrong answer, without a credential in its example', async (t) => {
  const server = await startJourneyServer(t, 'cookie', 'forgetting')
  const { journeys, wrongAnswers, wrongExamples } = await travel(server, { transport: 'cookie' })
  assert.equal(journeys.failed, wrongAnswers)
  assert.ok(journeys.failed > 20 && journeys.finished === 0)
  assert.match(wrongExamples[0] ?? '', /^user\d+ does not find what it wrote$/)
})

test('a login that hands out nothing ends its journey', async (t) => {
  const server = await startJourneyServer(t, 'bearer', 'empty-handed')
  const { journeys, wrongExamples } = await travel(server)
  assert.ok(journeys.failed > 20 && journeys.finished === 0)
  assert.match(wrongExamples[0] ?? '', /hands out nothing/)
})

test('a server that is not there fails no journey twice and hangs nothing', async () => {
  const nowhere = { url: 'http://127.0.0.1:9', journeys: [], mostAtOnce: 0 }
  const { journeys, arrivals, requests } = await travel(nowhere, { timeoutMs: 300 })
  assert.deepEqual([requests, journeys.finished, arrivals.account.ok], [0, 0, 0])
  assert.ok(journeys.failed > 10 && journeys.failed <= journeys.started)
})

test('too few users for so many journeys is refused, not measured', async (t) => {
  const server = await startJourneyServer(t, 'bearer', 'slow')
  await assert.rejects(travel(server, { users: 3 }), { code: 'TOO_FEW_USERS', message: /All 3 users/ })
})

test('two processes share the journeys, and report as one', async (t) => {
  const server = await startJourneyServer(t, 'bearer')
  const main = fileURLToPath(new URL('../main.ts', import.meta.url))
  const command = [process.execPath, '--import', 'tsx', main]
  const generator = await startGenerator({ command, env: process.env, processes: 2 })
  t.after(() => generator.close())
  await generator.login({ url: server.url, transport: 'bearer', users: 60, concurrency: 4 })
  server.journeys.length = 0
  const job = { url: server.url, load: shape, warmupSec: 0, measureSec: 1, verifyEvery: 4 }
  const { journeys, arrivals } = await generator.load(job, () => {})
  assert.ok(journeys && arrivals)
  assert.deepEqual([journeys.started, journeys.failed], [server.journeys.length, 0])
  assert.equal(journeys.perSec, shape.journeysPerSec)
  assert.ok(Math.abs(journeys.started - shape.journeysPerSec) < 4 * Math.sqrt(shape.journeysPerSec))
  const steps = server.journeys.flat().length
  // At the end of the window the replies of the last steps may still be on their way.
  assert.ok(Math.abs(arrivals.account.scheduled - steps) <= 2)
})

test('an aborted job ends at once', async (t) => {
  const server = await startJourneyServer(t, 'bearer')
  const job = { url: server.url, load: shape, warmupSec: 0, measureSec: 60, verifyEvery: 4 }
  const run = runScheduled(job, new Credentials('bearer', 60), () => {}, { signal: AbortSignal.timeout(200) })
  await assert.rejects(run, { name: 'AbortError' })
})
