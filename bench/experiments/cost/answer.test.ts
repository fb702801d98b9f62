/** The first answer: it names the dearer of the two where they differ, and no winner where they were not told apart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { costCurves } from '../../figures/curves.ts'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { withTurns } from '../../testing/synthetic-turns.ts'
import { answerSoFar, firstAnswer, taxesSoFar } from './answer.ts'

const COST: Record<string, number> = { none: 120, 'jwt-hs256': 200 }

function answered(sessionUs: number, blocks = 6, hostSd = 0.05): string {
  const schemes = ['none', 'session-redis', 'jwt-hs256']
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks, schemes })
  const costUs = (scheme: string) => COST[scheme] ?? sessionUs
  const made = withTurns(results, costUs, { ratesPerSec: [100, 200, 500], handlerUs: [500], hostSd })
  return answerSoFar(run, made).replace(/\s+/g, ' ')
}

test('what differs is said with its interval, at the highest rate that all kept, and drawn at each', () => {
  const text = answered(400)
  assert.match(text, /At 500 requests\/s on one replica with 500 µs of work of its own in each/)
  assert.match(
    text,
    /session-redis adds \d+ µs \(\d+ to \d+\) of CPU to a request and jwt-hs256 \d+ µs \(\d+ to \d+\)\./,
  )
  assert.match(
    text,
    /session-redis takes \d+ µs \(\d+ to \d+\) more\. The speed of this machine varied by \d+ %/,
  )
  for (const rate of ['100/s', '200/s', '500/s']) assert.equal(text.split(`${rate} █`).length, 3, rate)
  assert.match(answered(140), /jwt-hs256 takes \d+ µs \(\d+ to \d+\) more\. The speed/)
})

test('two that cost alike have no winner; too few turns have no answer', () => {
  const text = answered(200)
  assert.match(text, /The two were not told apart \(−\d+ to \d+ µs\)\. The speed/)
  assert.doesNotMatch(text, /takes \d/)
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks: 1 })
  assert.equal(
    answerSoFar(
      run,
      withTurns(results, () => 100, { passes: 2 }),
    ),
    '',
  )
  assert.equal(answerSoFar(run, results), '')
})

test('what stands on the screen after each pass is the same in half a line', () => {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    schemes: ['none', 'session-redis', 'jwt-hs256'],
  })
  const made = withTurns(results, (scheme) => COST[scheme] ?? 400, {
    ratesPerSec: [100, 500],
    handlerUs: [500],
  })
  assert.match(
    taxesSoFar(run, made),
    /^at 500\/s session-redis \+\d+ µs \(\d+ to \d+\), jwt-hs256 \+\d+ µs \(\d+ to \d+\)$/,
  )
  assert.equal(taxesSoFar(run, results), '')
})

test('a host so uneven that nothing can be told is named, with what to do; a calm one only by its figures', () => {
  assert.doesNotMatch(answered(400), /too much/)
  assert.match(answered(400), /varied by \d+ % .* two equal arms side by side by \d+ %\.$/)
  assert.match(answered(150, 1, 1), /That is too much for the values above.*close what else runs.*--trials 6/)
})

test('a run whose rates were all too high says so, and what to ask for', () => {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    schemes: ['none', 'session-redis', 'jwt-hs256'],
  })
  const full = withTurns(results, () => 2_000, { ratesPerSec: [1_000], handlerUs: [500] })
  assert.equal(answerSoFar(run, full), '')
  assert.match(firstAnswer(costCurves(run, full)), /^No scheme has four turns .*\(--rates\)/s)
})

test('on one CPU the answer says that all shared it', () => {
  const { run, results } = syntheticRun({
    experiments: ['cost'],
    blocks: 6,
    schemes: ['none', 'session-redis', 'jwt-hs256'],
  })
  const made = withTurns(results, (scheme) => COST[scheme] ?? 400, {
    ratesPerSec: [100, 500],
    handlerUs: [500],
  })
  const shared = made.map((result) =>
    result.ok
      ? { ...result, measurement: { ...result.measurement, warnings: ['replicas-share-cores' as const] } }
      : result,
  )
  assert.doesNotMatch(answerSoFar(run, made), /shared a CPU/)
  assert.match(answerSoFar(run, shared).replace(/\s+/g, ' '), /shared a CPU.* take a machine with two\.$/)
})
