/** The claim about indexing by secrets, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { summarize } from '../report/summarize.ts'
import { syntheticRun } from '../testing/synthetic-run.ts'
import { syntheticTiming } from '../testing/synthetic-timing.ts'

async function judged(options: Parameters<typeof syntheticTiming>[0] = {}) {
  const { run, results } = await syntheticTiming(options)
  return summarize(run, results).claims.find(({ id }) => id === 'index-by-secret') ?? assert.fail('no claim')
}

test('no leak: it depends, with the bound in the sentence, and safe is not said', async () => {
  const { verdict, sentence, boundary, evidence } = await judged()
  assert.equal(verdict, 'depends')
  assert.match(
    sentence,
    /^no leak was seen above \d+ ns at Redis and above \d+ ns over HTTP; hashing .* takes 900 ns of CPU$/,
  )
  assert.match(boundary ?? '', /does not prove that it cannot; a reader of the store/)
  assert.doesNotMatch(`${sentence}${boundary}`, /\bsafe\b/)
  assert.deepEqual(evidence, ['timing/session-redis@0'])
})

test('a leak supports it', async () => {
  const { verdict, sentence } = await judged({ leakNs: 50 })
  assert.equal(verdict, 'supported')
  assert.match(sentence, /^at Redis and over HTTP the time of a lookup tells how much of a guess was right; /)
})

test('where the deliberate leak is not seen, nothing follows from seeing none', async () => {
  const { verdict, sentence } = await judged({ deliberateNs: { direct: 0, http: 0 } })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /blind/)
  const far = await judged({ deliberateNs: { http: 0 } })
  assert.equal(far.verdict, 'depends')
  assert.match(
    far.sentence,
    /^no leak was seen above \d+ ns at Redis \(over HTTP a deliberate one was not seen either\)/,
  )
})

test('where two equal classes differ, a difference between others is none', async () => {
  assert.equal((await judged({ twinNs: 2_000, leakNs: 100 })).verdict, 'inconclusive')
})

test('the auth taxes stand beside it where they were measured', async () => {
  const made = syntheticRun({ experiments: ['cost'], noise: 0.004 })
  // What the table of made-up costs has for one session in Redis serves for another.
  const renamed = JSON.parse(
    JSON.stringify(made)
      .replaceAll('session-redis"', 'session-redis-hashed"')
      .replaceAll('session-redis@', 'session-redis-hashed@'),
  )
  const beside = renamed as typeof made
  const { sentence, estimates } = await judged({ beside })
  assert.match(
    sentence,
    /and the auth tax is .* µs .* with `session-redis-hashed` and .* with `session-redis-tuned`$/,
  )
  assert.equal(estimates.filter(({ label }) => label.startsWith('auth tax')).length, 2)
})

test('undecided without the experiment, and on smoke runs', async () => {
  const { run, results } = syntheticRun({ experiments: ['cost'] })
  const without = summarize(run, results).claims.find(({ id }) => id === 'index-by-secret')
  assert.equal(without?.verdict, 'undecided')
  assert.equal((await judged({ profile: 'smoke' })).verdict, 'undecided')
})
