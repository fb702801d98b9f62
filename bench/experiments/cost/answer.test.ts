/** The first answer: it names the dearer of the two where they differ, and no winner where they were not told apart. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntheticRun } from '../../testing/synthetic-run.ts'
import { withTurns } from '../../testing/synthetic-turns.ts'
import { answerSoFar, taxesSoFar } from './answer.ts'

const COST: Record<string, number> = { none: 120, 'jwt-hs256': 200 }

function answered(sessionUs: number, blocks = 6): string {
  const schemes = ['none', 'session-redis', 'jwt-hs256']
  const { run, results } = syntheticRun({ experiments: ['cost'], blocks, schemes })
  const costUs = (scheme: string) => COST[scheme] ?? sessionUs
  const made = withTurns(results, costUs, { ratesPerSec: [100, 200, 500], handlerUs: [500], hostSd: 0.05 })
  return answerSoFar(run, made).replace(/\s+/g, ' ')
}

test('what differs is said with its interval, at the highest rate that all kept, and drawn at each', () => {
  const text = answered(400)
  assert.match(text, /At 500 requests\/s on one replica with 500 µs of work of its own in each/)
  assert.match(
    text,
    /session-redis adds \d+ µs \(\d+ to \d+\) of CPU to a request and jwt-hs256 \d+ µs \(\d+ to \d+\)\./,
  )
  assert.match(text, /session-redis takes \d+ µs \(\d+ to \d+\) more\.$/)
  for (const rate of ['100/s', '200/s', '500/s']) assert.equal(text.split(`${rate} █`).length, 3, rate)
  assert.match(answered(140), /jwt-hs256 takes \d+ µs \(\d+ to \d+\) more\.$/)
})

test('two that cost alike have no winner; too few turns have no answer', () => {
  const text = answered(200)
  assert.match(text, /The two were not told apart \(−\d+ to \d+ µs\)\.$/)
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
