/** The claim about connect-redis, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrialResult } from '../record/types.ts'
import { judged, judgedWithLadders, near } from '../testing/claims.ts'
import type { LadderOptions } from '../testing/synthetic-ladders.ts'

const BOTH = ['session-memory', 'session-redis']

/** Ladders that are searched, so that capacities are found; `cpuUs` of a session in Redis against 61 in memory. */
const faster = (cpuUs: number, options: LadderOptions = {}) =>
  judgedWithLadders('redis-faster', {
    schemes: BOTH,
    blocks: 5,
    ...options,
    closed: { model: { 'session-redis': { cpuUs, redisUs: 5 } } },
  })

test('refuted and supported by the capacity at the SLO, with the trials of both ladders', () => {
  const { verdict, estimates, evidence, sentence } = faster(122)
  assert.equal(verdict, 'refuted')
  near(estimates[0]?.estimate.value, 0.5, 0.1)
  assert.equal(evidence.length, 2 * 5)
  assert.match(
    sentence,
    /^within the SLO one replica takes 0\.\d+ times .* as many requests\/s with `session-redis` as with `session-memory`; p99 is /,
  )
  assert.equal(faster(30).verdict, 'supported')
})

test('inconclusive where the two end within what the search cannot tell apart, and with two blocks', () => {
  const { verdict, sentence } = faster(66)
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /two equal arms of this run may differ by as much$/)
  assert.match(faster(122, { blocks: 2 }).sentence, /; 2 blocks decide nothing/)
})

test('a capacity that is a lower bound proves only what it still can', () => {
  // Of the memory's ladder nothing is known beyond 4,000/s.
  const change = (result: TrialResult): TrialResult =>
    result.ok && result.trial.arm.scheme === 'session-memory'
      ? { ...result, rungs: result.rungs.filter(({ arrivalsPerSec }) => arrivalsPerSec <= 4_000) }
      : result
  assert.equal(faster(500, { change }).verdict, 'refuted', 'the other would take more still')
  const { verdict, sentence } = faster(122, { change })
  assert.equal(verdict, 'inconclusive')
  assert.match(
    sentence,
    /; but with `session-memory` the capacity is only known to be as much at least, so the ratio is not that of the schemes$/,
  )
})

test('depends where p99 says another thing than the capacity', () => {
  const { verdict, boundary, estimates } = faster(122, { floorUs: { 'session-memory': 20_000 } })
  assert.equal(verdict, 'depends')
  assert.match(boundary ?? '', /^what faster means: by the capacity it is refuted, by p99 supported$/)
  assert.ok((estimates[1]?.estimate.lo ?? 0) > 1.05)
})

test('a run without ladders has only saturation, which decides nothing; without either nothing is said', () => {
  const { verdict, sentence } = judged('redis-faster', { experiments: ['cost'] })
  assert.equal(verdict, 'undecided')
  assert.match(
    sentence,
    /^this run has no capacity of both at the SLO, and saturation, .*: there one replica serves 0\.41/,
  )
  assert.match(
    judged('redis-faster', { experiments: ['users'] }).sentence,
    /nothing from the experiment `latency`/,
  )
})

test('undecided where no block has a capacity of both', () => {
  const change = (result: TrialResult): TrialResult =>
    result.ok ? { ...result, rungs: result.rungs.slice(0, 1) } : result
  assert.equal(faster(122, { change }).verdict, 'undecided')
})
