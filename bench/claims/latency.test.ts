/** The claim about small sites, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgedWithLadders } from '../testing/claims.ts'
import type { LadderOptions } from '../testing/synthetic-ladders.ts'
import { failedRecord } from '../testing/synthetic-run.ts'

const sites = (options: LadderOptions = {}) =>
  judgedWithLadders('small-sites', {
    schemes: ['session-redis', 'jwt-hs256'],
    ratesPerSec: [10, 100, 1_000],
    blocks: 12,
    ...options,
  })
const slow = (cpuUs: number) => ({ closed: { model: { 'session-redis': { cpuUs } } } })

test('supported where nobody waits noticeably longer; nothing below a millisecond is printed', () => {
  const { verdict, sentence, estimates, evidence } = sites()
  assert.equal(verdict, 'supported')
  assert.match(sentence, /by less than 1 ms \(12 blocks\) at 10 arrivals\/s, .* and less than 1 ms/)
  assert.equal(estimates.length, 3)
  assert.equal(evidence.length, 2 * 12)
})

test('refuted where all rates wait longer', () => {
  const { verdict, sentence } = sites({ floorUs: { 'session-redis': 20_000 } })
  assert.equal(verdict, 'refuted')
  assert.match(sentence, / by \+20\.\d ms \(12 blocks\) at 10 arrivals\/s/)
})

test('depends where only the highest rate does, and names the others', () => {
  const { verdict, boundary } = sites(slow(950))
  assert.equal(verdict, 'depends')
  assert.equal(boundary, 'the rate: within 5 ms at 10 and 100 arrivals/s, and not at the others')
})

test('inconclusive where server processes differ across the threshold', () => {
  const { verdict, sentence } = sites({ ...slow(1_150), noise: 0.3 })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /supported needs all of the interval ≤ 5 ms and refuted all of it > 5 ms/)
})

test('inconclusive with too few arrivals for a p99, whatever the interval', () => {
  const { verdict, sentence } = sites({ blocks: 5 })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /500 arrivals at 10\/s are too few for a p99, which takes 1,000/)
})

test('undecided on a ladder without those rates, and without one of the schemes', () => {
  const searched = sites({ ratesPerSec: [1_000, 2_000], blocks: 2 })
  assert.equal(searched.verdict, 'undecided')
  assert.match(searched.sentence, /no 10 and 100 arrivals\/s/)
  const alone = sites({ change: (result) => (/jwt/.test(result.trial.id) ? failedRecord(result) : result) })
  assert.equal(alone.verdict, 'undecided')
})
