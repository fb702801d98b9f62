/** What state costs and where schemes refuse it, in a made-up run where both are known. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { trialResultSchema } from '../../record/schema/trial.ts'
import { renderReport } from '../../report/index.ts'
import { summarySchema } from '../../report/schema.ts'
import { summarize } from '../../report/summarize.ts'
import { planOptions } from '../../testing/plan-options.ts'
import {
  PER_KB,
  RECEIVED_PER_KB,
  REDIS_BYTES_PER_KB,
  syntheticPayload,
} from '../../testing/synthetic-axes.ts'

const options = await planOptions({ profile: 'full', trials: 5 })
const { run, results } = syntheticPayload(options)
const summary = summarize(run, results)
const report = renderReport(run, summary)
const of = (scheme: string) => summary.payload.find((entry) => entry.scheme === scheme) ?? assert.fail(scheme)

const near = (value: number | undefined, expected: number, tolerance: number) =>
  assert.ok(value !== undefined && Math.abs(value - expected) <= tolerance, `${value}, not ${expected}`)

test('finds what each KB adds, over the sizes that a scheme takes, whatever it costs without any', () => {
  for (const [scheme, { replicaUs, redisUs, sent }] of Object.entries(PER_KB)) {
    const { perKb } = of(scheme)
    near(perKb.replicaCpuUs?.value, replicaUs, scheme === 'jwt-cookie' ? 1.5 : 0.3)
    near(perKb.redisCpuUs?.value, redisUs, 1e-6)
    near(perKb.proxyCpuUs?.value, 0, 0.01)
    near(perKb.sentBytes?.value, sent, 1e-6)
    near(perKb.receivedBytes?.value, RECEIVED_PER_KB, 1e-6)
    assert.equal(perKb.servingCpuUs?.n, 5)
  }
  near(of('session-redis').perKb.redisBytesPerUser?.value, REDIS_BYTES_PER_KB, 1)
  assert.equal(of('session-memory').perKb.redisBytesPerUser, null)
})

test('the limit is that of the search, also when a gate rejected its window', () => {
  assert.deepEqual(of('jwt-cookie').sizesBytes, [100, 1_000])
  assert.equal(of('jwt-cookie').limit?.acceptedBytes, 2_789)
  assert.equal(of('session-redis').limit?.refusedBytes, null)
  assert.equal(of('none').limit, null)
  const rejected = results.map((result) =>
    result.ok && result.trial.arm.largestState
      ? { ...result, ok: false as const, reason: 'rejected', rejectedBy: ['steal' as const] }
      : result,
  )
  const found = summarize(run, rejected).payload.find(({ scheme }) => scheme === 'jwt-cookie')
  assert.equal(found?.limit?.acceptedBytes, 2_789)
})

test('what a scheme refuses is not planned for, so that such a run is complete', () => {
  assert.equal(summary.trials.planned, results.length)
  assert.equal(summary.trials.ok, results.length)
  assert.ok(run.plan.length > results.length)
  assert.doesNotMatch(report['report.md'] ?? '', /Incomplete/)
})

test('each size is compared with the smallest of its scheme, and the ratio seen', () => {
  const large = summary.arms.find(({ arm }) => arm.id === 'payload/session-redis/16000b')
  assert.equal(large?.versus?.arm, 'payload/session-redis/100b')
  assert.ok(large.versus.throughputRatio?.detected)
  near(large.versus.cpuDifferenceUs?.estimate.value, (12 + 2) * 15.9, 4)
})

test('the section tells the limits, the answers that made them, and every size', () => {
  const text = report['report.md'] ?? ''
  assert.match(text, /## Payload/)
  assert.match(
    text,
    /`jwt-cookie` takes 2,789 bytes of state; at 2,790 `POST \/login answered 500: \{"error"/,
  )
  assert.match(text, /`jwt-hs256` takes 10,999 bytes of state; at 11,000 `GET \/me answered 431`/)
  assert.match(
    text,
    /`session-memory`, `session-redis` and `session-redis-tuned` took 65,536 bytes, the most/,
  )
  assert.match(text, /\| jwt-cookie \| 2,789 \(largest\) \|/)
  assert.doesNotMatch(text, /\| jwt-cookie \| 4,000 \|/)
  assert.doesNotMatch(text, /NaN|undefined/)
})

test('the chart names every scheme and the limits, and is left out where one size was measured', () => {
  const svg = report['charts/payload.svg'] ?? assert.fail('no chart')
  for (const word of ['jwt-denylist', '2,789', '10,999']) assert.ok(svg.includes(word), word)
  assert.doesNotMatch(svg, /NaN|undefined/)
  const one = (id: string) => /\/100b/.test(id)
  const plan = run.plan.filter(({ arm }) => one(arm.id))
  const few = results.filter(({ trial }) => one(trial.arm.id))
  assert.equal(renderReport(run, summarize({ ...run, plan }, few))['charts/payload.svg'], undefined)
})

test('records and summary are as their schemas have them', () => {
  for (const result of results.slice(0, 20)) assert.deepEqual(trialResultSchema.parse(result), result)
  assert.deepEqual(summarySchema.parse(summary), summary)
})
