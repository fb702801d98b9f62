/** The claim about memory of logged-in users, for each outcome. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judged, near } from '../testing/claims.ts'
import { failedRecord, type SyntheticOptions } from '../testing/synthetic-run.ts'

const memory = (options: SyntheticOptions = {}) =>
  judged('memory-per-user', { experiments: ['users'], ...options })

test('supported, with the bytes that were put in; two blocks are enough for something or nothing', () => {
  for (const blocks of [5, 2]) {
    const { verdict, estimates, evidence, sentence } = memory({ blocks })
    assert.equal(verdict, 'supported')
    near(estimates[0]?.estimate.value, 1_150)
    near(estimates[1]?.estimate.value, 420)
    assert.equal(evidence.length, 3 * 3 * blocks)
    assert.match(sentence, /with `jwt-hs256` it is .* bytes .*, and growth would be seen from 16 on/)
  }
})

test('refuted where a token takes memory too', () => {
  assert.equal(memory({ model: { 'jwt-hs256': { userBytes: 300 } } }).verdict, 'refuted')
})

test('refuted where a session takes none, by three blocks at least', () => {
  const model = { 'session-memory': { userBytes: 0 } }
  assert.equal(memory({ model }).verdict, 'refuted')
  assert.equal(memory({ model, blocks: 2 }).verdict, 'inconclusive')
})

test('one block decides nothing', () => {
  const { verdict, sentence } = memory({ blocks: 1 })
  assert.equal(verdict, 'inconclusive')
  assert.match(sentence, /one block decides nothing$/)
})

test('undecided over fewer users than the claim is about', () => {
  const { verdict, sentence } = memory({
    change: (result) => (result.trial.arm.users > 10_000 ? failedRecord(result) : result),
  })
  assert.equal(verdict, 'undecided')
  assert.match(sentence, /from 1,000 to 10,000/)
})
